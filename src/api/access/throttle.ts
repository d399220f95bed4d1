/**
 * Slows down whoever guesses, and locks nobody out: an account that is guessed at from elsewhere stays open to its owner.
 * Counted by account and network together, and by network alone for one that tries many names. A browser that has signed
 * in by that name before is counted by itself: whoever guesses beside it, behind the same address, does not slow it down.
 */
import type { Throttle } from '../../domain/access.ts'
import type { Instant } from '../../domain/units.ts'
import { networkOf } from './networks.ts'

/** Tries of one account from one address before the first wait. */
const TRIES = 3
const TRIES_OF_ADDRESS = 20
const WAIT_MS = 30_000
const WAIT_MOST_MS = 15 * 60_000
const FORGET_MS = 60 * 60_000

/** Who tries to get in. */
export interface Guesser {
  readonly name: string
  readonly address: string
  /** Hash of what a browser holds that has signed in by this name before; null: it is not known. */
  readonly device: string | null
}

export interface LoginThrottle {
  /** Milliseconds before anything is looked at; 0: now. */
  wait(guesser: Guesser, now: number): Promise<number>
  /** One more failure; tries left before a wait. */
  failed(guesser: Guesser, now: number): Promise<number>
  passed(guesser: Guesser): Promise<void>
  /** Tries of one address one after another: many at once are no more tries than those that waited for each other. */
  inTurn<T>(guesser: Guesser, run: () => Promise<T>): Promise<T>
}

export function loginThrottle(counters: Throttle): LoginThrottle {
  const turns = new Map<string, Promise<unknown>>()
  return {
    async wait(guesser, now) {
      const found = await counters.attempts(keysOf(guesser))
      return Math.max(0, ...found.map(({ blockedUntil }) => (blockedUntil ?? now) - now))
    },
    async failed(guesser, now) {
      const [account, all] = keysOf(guesser)
      const at = now as Instant
      const one = await counters.countFailure(account!, at, FORGET_MS, (count) => blockedUntil(count, TRIES, now))
      if (all !== undefined)
        await counters.countFailure(all, at, FORGET_MS, (count) => blockedUntil(count, TRIES_OF_ADDRESS, now))
      return Math.max(0, TRIES - one.count)
    },
    async passed(guesser) {
      await counters.forgive([keysOf(guesser)[0]!])
    },
    async inTurn({ address, device }, run) {
      const line = device ?? networkOf(address)
      const before = turns.get(line) ?? Promise.resolve()
      const own = before.then(run, run)
      turns.set(line, own)
      try {
        return await own
      } finally {
        if (turns.get(line) === own) turns.delete(line)
      }
    },
  }
}

/** The account first. */
function keysOf({ name, address, device }: Guesser): readonly string[] {
  const account = `account ${name.toLowerCase()}`
  if (device !== null) return [`${account} by ${device}`]
  return [`${account} from ${networkOf(address)}`, `address ${networkOf(address)}`]
}

/** Each failure beyond the free ones doubles the wait. */
function blockedUntil(count: number, free: number, now: number): Instant | null {
  if (count < free) return null
  return (now + Math.min(WAIT_MS * 2 ** (count - free), WAIT_MOST_MS)) as Instant
}
