/** What a venue has to say, kept until somebody listens. */
import type { BrokerEvent } from '../../../domain/broker.ts'

/** Unheard events beyond this are dropped: who listens then is told of a gap and asks for executions instead. */
const UNHEARD_MOST = 100_000

interface Listener {
  readonly heard: BrokerEvent[]
  wake(): void
}

export class BrokerEvents {
  readonly #listeners = new Set<Listener>()
  #unheard: BrokerEvent[]
  #isOver = false

  constructor(unheard: readonly BrokerEvent[] = []) {
    this.#unheard = [...unheard]
  }

  get isHeard(): boolean {
    return this.#listeners.size > 0
  }

  say(event: BrokerEvent): void {
    if (this.#isOver) return
    if (this.#listeners.size === 0) {
      if (this.#unheard.length === UNHEARD_MOST)
        this.#unheard = [{ kind: 'gap', evidence: `nobody listened to ${UNHEARD_MOST} events` }]
      this.#unheard.push(event)
      return
    }
    for (const listener of this.#listeners) {
      listener.heard.push(event)
      listener.wake()
    }
  }

  /** What nobody has listened to, once. */
  take(): readonly BrokerEvent[] {
    const taken = this.#unheard
    this.#unheard = []
    return taken
  }

  unheard(): readonly BrokerEvent[] {
    return [...this.#unheard]
  }

  /** From now on, what was unheard first, until the signal or the end. */
  async *listen(signal: AbortSignal): AsyncGenerator<BrokerEvent, void, undefined> {
    let wake = (): void => {}
    const listener: Listener = { heard: [...this.take()], wake: () => wake() }
    const stop = (): void => wake()
    this.#listeners.add(listener)
    signal.addEventListener('abort', stop)
    try {
      while (!signal.aborted) {
        const event = listener.heard.shift()
        if (event !== undefined) yield event
        else if (this.#isOver) return
        else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    } finally {
      signal.removeEventListener('abort', stop)
      this.#listeners.delete(listener)
    }
  }

  end(): void {
    this.#isOver = true
    for (const listener of this.#listeners) listener.wake()
  }
}
