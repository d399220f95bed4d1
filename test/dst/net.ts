/** The way to a venue and back: slow, lossy, squeezed; what the client gave up on may still arrive. */
import { exp } from '../../src/numerics/elementary.ts'
import type { Random } from '../../src/numerics/random.ts'
import type { NetFaults } from './faults.ts'
import type { Life } from './life.ts'
import type { Scheduler } from './scheduler.ts'

export type Reply<T> =
  | { readonly kind: 'answer'; readonly value: T }
  /** The venue did not look at it. */
  | { readonly kind: 'limited'; readonly retryAfter: number }
  /** Before or after it was carried out. */
  | { readonly kind: 'error' }
  | { readonly kind: 'timeout' }

export interface Net {
  /**
   * @param arrive what the venue does when the request gets there, and says; `age` is how long ago it was made
   */
  request<T>(life: Life, what: string, arrive: (age: number) => T): Promise<Reply<T>>
  /** One way, in milliseconds. */
  latency(): number
  /** From now on everything arrives, soon and once. */
  heal(): void
}

const LATENCY_MOST = 3_000
/** One request in fifty hangs on its way, longer than anybody waits for its answer. */
const STALLS = 0.02
const STALL_MS = [3_000, 9_000] as const
const CALM: NetFaults = {
  requestLoss: 0,
  responseLoss: 0,
  serverError: 0,
  latency: 15,
  spread: 0.2,
  stalls: false,
  timeout: 5_000,
  restLag: 0,
  squeezes: [],
}

export function createNet(scheduler: Scheduler, random: Random, drawn: NetFaults): Net {
  let faults = drawn
  const latency = (): number => Math.min(LATENCY_MOST, Math.ceil(faults.latency * exp(faults.spread * random.normal())))
  const wayThere = (): number =>
    faults.stalls && happens(STALLS) ? random.integer(STALL_MS[0], STALL_MS[1]) : latency()
  const happens = (chance: number): boolean => chance > 0 && random.uniform() < chance

  function squeezed(): number | null {
    const span = faults.squeezes.find(({ from, until }) => scheduler.now >= from && scheduler.now < until)
    return span === undefined ? null : Math.min(10_000, Math.max(200, span.until - scheduler.now))
  }

  return {
    latency,
    heal() {
      faults = CALM
    },
    request: (life, what, arrive) =>
      life.ask(what, (done) => {
        const began = scheduler.now
        // Whoever asked hears nothing; what was asked for may be done all the same.
        if (happens(faults.mute ?? 0)) {
          if (happens(0.5)) scheduler.after(wayThere(), `${what} arrived`, () => void arrive(scheduler.now - began))
          return
        }
        const giveUp = scheduler.after(faults.timeout, `${what} timed out`, () => done({ kind: 'timeout' }))
        const forget = life.onDeath(giveUp)
        const answer = (reply: Parameters<typeof done>[0]): void => {
          if (happens(faults.responseLoss)) return
          scheduler.after(latency(), `${what} answered ${reply.kind}`, () => {
            giveUp()
            forget()
            done(reply)
          })
        }
        if (happens(faults.requestLoss)) return
        scheduler.after(wayThere(), `${what} arrived`, () => {
          const retryAfter = squeezed()
          if (retryAfter !== null) {
            answer({ kind: 'limited', retryAfter })
            return
          }
          const fails = happens(faults.serverError)
          if (fails && random.uniform() < 0.5) {
            answer({ kind: 'error' })
            return
          }
          const value = arrive(scheduler.now - began)
          answer(fails ? { kind: 'error' } : { kind: 'answer', value })
        })
      }),
  }
}
