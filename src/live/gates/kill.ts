import type { Runtime } from '../../engine/runtime.ts'

/** The kill switch: once tripped it stays, and not being able to tell counts as tripped. */
export interface KillLatch {
  /** Why nothing may leave; empty: it was not tripped. */
  readonly reason: string
  /** From this call on nothing leaves. True where it was not tripped before: then it is to be written down. */
  trip(reason: string): boolean
  /** Asks whether it was used: an answer that is a reason trips it, and so does an error. */
  ask(read: () => string): boolean
  /** As `ask`, of a source that takes its time. */
  askLater(read: () => Promise<string>): Promise<boolean>
  /** Only after the kernel was revived, and that was written down. */
  release(): void
}

export function killLatch(): KillLatch {
  let reason = ''
  const trip = (why: string): boolean => {
    if (reason !== '') return false
    reason = why === '' ? 'no reason was given' : why
    return true
  }
  const unable = (error: unknown): boolean =>
    trip(`whether it was used cannot be told: ${error instanceof Error ? error.message : String(error)}`)
  return {
    get reason() {
      return reason
    },
    trip,
    ask(read) {
      try {
        const found = read()
        return found === '' ? false : trip(found)
      } catch (error) {
        return unable(error)
      }
    },
    async askLater(read) {
      try {
        const found = await read()
        return found === '' ? false : trip(found)
      } catch (error) {
        return unable(error)
      }
    },
    release() {
      reason = ''
    },
  }
}

/** The switch was used, and the kernel does not know of it yet: what it knows, its gates say. */
export function isAhead(latch: { readonly reason: string } | undefined, { state }: Runtime): boolean {
  if ((latch?.reason ?? '') === '') return false
  return state.gates?.shut.some(({ gate }) => gate === 'alive') !== true
}
