/** One process from its start to its end. What it waits for when it dies never comes; what it sent is under way. */
import type { Random } from '../../src/numerics/random.ts'

export interface Life {
  /** The machine's name and how many processes it has begun. */
  readonly name: string
  readonly isAlive: boolean
  /** Kills it here and now. */
  kill(why: string): void
  /** Told when it is killed, in the order in which they asked; returns what forgets it. */
  onDeath(told: () => void): () => void
  /**
   * Asks something of the outside: the place at which a process may die, right before or right after. `done` and `fail`
   * reach nobody once it is dead.
   */
  ask<T>(what: string, begin: (done: (value: T) => void, fail: (error: Error) => void) => void): Promise<T>
  /** Calls that were made of the outside. */
  readonly calls: number
  /** At its next call it dies. */
  endAtNext(when: 'before' | 'after'): void
}

export interface LifeOptions {
  readonly name: string
  readonly random: Random
  /** The call of the outside at which it dies; null: at none. */
  readonly diesAtCall: number | null
  mayDie(): boolean
  onKilled(why: string): void
}

export function createLife({ name, random, diesAtCall, mayDie, onKilled }: LifeOptions): Life {
  const told = new Set<() => void>()
  let isAlive = true
  let calls = 0
  let ending: 'before' | 'after' | null = null

  const life: Life = {
    name,
    get isAlive() {
      return isAlive
    },
    get calls() {
      return calls
    },
    kill(why) {
      if (!isAlive) return
      isAlive = false
      onKilled(why)
      for (const tell of told) tell()
      told.clear()
    },
    endAtNext(when) {
      ending = when
    },
    onDeath(tell) {
      told.add(tell)
      return () => told.delete(tell)
    },
    ask(what, begin) {
      calls += 1
      return new Promise((resolve, reject) => {
        if (!isAlive) return
        const dies = (calls === diesAtCall || ending !== null) && mayDie()
        const isBefore = dies && (ending === null ? random.uniform() < 0.5 : ending === 'before')
        if (isBefore) {
          life.kill(`before ${what}`)
          return
        }
        begin(
          (value) => {
            if (isAlive) resolve(value)
          },
          (error) => {
            if (isAlive) reject(error)
          },
        )
        if (dies) life.kill(`after ${what}`)
      })
    },
  }
  return life
}
