import { describe, expect, it } from 'vitest'
import { isNightly, SEED } from '../profile.ts'
import { type HistoryOptions, playHistory, type Subject } from './history.ts'
import { MUTANT_NAMES, type MutantName } from './mutants.ts'
import { protocol } from './protocol.ts'

/* Histories of what is run in earnest, in a world in which everything fails and comes back as its seed has it. */

const HISTORIES = isNightly ? 20_000 : 150
const FIRST = isNightly ? SEED : 0
/** What the order protocol by itself has nothing to do with: books follow corrections, operators kill the engine. */
const BOOKS = new Set(['corrections', 'fees', 'kills'] as const)

/** Every broken history with the command that plays it again. */
async function broken(subject: Subject, seeds: readonly number[], options: HistoryOptions): Promise<readonly string[]> {
  const found: string[] = []
  for (const seed of seeds) {
    const { problems } = await playHistory(seed, subject, options)
    if (problems.length > 0) found.push(`npm run dst -- --protocol --seed ${seed} --trace: ${problems.join('; ')}`)
  }
  return found
}

const seedsFrom = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, at) => first + at)

/** What shows each mutant, beyond what is plain at its first step. */
const SHOWN: Readonly<Record<Exclude<MutantName, 'failOpenKill'>, RegExp>> = {
  blindRetry: /at the venue twice|in no record/,
  assumeRejected: /written down as rejected/,
  sendFirst: /before it is on the disk/,
  noDedupe: /the venue knows none/,
  streamOnly: /never booked/,
  inferFills: /the venue knows none/,
}

describe('the order protocol by itself', () => {
  it(`keeps what it promises in ${HISTORIES} histories`, async () => {
    expect(await broken(protocol, seedsFrom(FIRST, HISTORIES), { without: BOOKS })).toEqual([])
  })

  it('has one history for one seed', async () => {
    const hashes = new Set<string>()
    for (const seed of seedsFrom(FIRST, 5)) {
      const [one, other] = [
        await playHistory(seed, protocol, { without: BOOKS }),
        await playHistory(seed, protocol, { without: BOOKS, keep: 10 }),
      ]
      expect([seed, other.hash, other.events]).toEqual([seed, one.hash, one.events])
      hashes.add(one.hash)
    }
    expect(hashes.size).toBe(5)
  })

  it.each(MUTANT_NAMES.filter((name) => name !== 'failOpenKill'))('is caught where it is wrong: %s', async (mutant) => {
    const told: string[] = []
    for (let seed = 0; seed < 200 && !told.some((one) => SHOWN[mutant].test(one)); seed += 1)
      told.push(...(await playHistory(seed, protocol, { mutant, without: BOOKS, goesOn: true })).problems)
    expect(told.join('\n')).toMatch(SHOWN[mutant])
  })
})
