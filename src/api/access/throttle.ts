/**
 * Slows down whoever guesses, and locks nobody out: an account that is guessed at from elsewhere stays open to its owner.
 * Counted by account and address together, and by address alone for one that tries many names.
 */
import type { Throttle } from '../../domain/access.ts'
import type { Instant } from '../../domain/units.ts'

/** Tries of one account from one address before the first wait. */
const TRIES = 3
const TRIES_OF_ADDRESS = 20
const WAIT_MS = 30_000
const WAIT_MOST_MS = 15 * 60_000
const FORGET_MS = 60 * 60_000

export interface LoginThrottle {
  /** Milliseconds before anything is looked at; 0: now. */
  wait(name: string, address: string, now: number): Promise<number>
  /** One more failure; tries left before a wait. */
  failed(name: string, address: string, now: number): Promise<number>
  passed(name: string, address: string): Promise<void>
  /** Tries of one address one after another: many at once are no more tries than those that waited for each other. */
  inTurn<T>(address: string, run: () => Promise<T>): Promise<T>
}

export function loginThrottle(counters: Throttle): LoginThrottle {
  const turns = new Map<string, Promise<unknown>>()
  return {
    async wait(name, address, now) {
      const found = await counters.attempts(keysOf(name, address))
      return Math.max(0, ...found.map(({ blockedUntil }) => (blockedUntil ?? now) - now))
    },
    async failed(name, address, now) {
      const [account, all] = keysOf(name, address) as [string, string]
      const at = now as Instant
      const one = await counters.countFailure(account, at, FORGET_MS, (count) => blockedUntil(count, TRIES, now))
      await counters.countFailure(all, at, FORGET_MS, (count) => blockedUntil(count, TRIES_OF_ADDRESS, now))
      return Math.max(0, TRIES - one.count)
    },
    async passed(name, address) {
      await counters.forgive([keysOf(name, address)[0]!])
    },
    async inTurn(address, run) {
      const before = turns.get(address) ?? Promise.resolve()
      const own = before.then(run, run)
      turns.set(address, own)
      try {
        return await own
      } finally {
        if (turns.get(address) === own) turns.delete(address)
      }
    },
  }
}

function keysOf(name: string, address: string): readonly string[] {
  return [`account ${name.toLowerCase()} from ${address}`, `address ${address}`]
}

/** Each failure beyond the free ones doubles the wait. */
function blockedUntil(count: number, free: number, now: number): Instant | null {
  if (count < free) return null
  return (now + Math.min(WAIT_MS * 2 ** (count - free), WAIT_MOST_MS)) as Instant
}
