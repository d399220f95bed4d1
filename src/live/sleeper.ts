import type { Clock } from '../domain/clock.ts'

/** What ends a wait; made once, because an exception is dear. */
const WOKEN = new Error('woken')

/** Turns of the process after which a promise that was kept before has been heard of. */
const TURNS = 4

/** Whatever has happened by now is heard of. */
export async function happenedBefore(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve()
}

/** Sleeps until it is woken, or for some time. */
export class Sleeper {
  readonly #clock: Clock | null
  #wake: () => void = () => {}

  /** @param clock null: it sleeps until it is woken only */
  constructor(clock: Clock | null) {
    this.#clock = clock
  }

  wake(): void {
    this.#wake()
  }

  /** @param milliseconds null: until it is woken */
  async sleep(milliseconds: number | null): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    if (milliseconds === null || this.#clock === null) return woken
    const waiting = new AbortController()
    await Promise.race([woken, this.#clock.wait(Math.max(0, milliseconds), waiting.signal)])
    waiting.abort(WOKEN)
  }
}
