import { describe, expect, it } from 'vitest'
import { isNightly, SEED } from '../profile.ts'
import { type HistoryOptions, playHistory, type Subject } from './history.ts'
import { MUTANT_NAMES, type MutantName } from './mutants.ts'
import { production } from './production.ts'
import { protocol } from './protocol.ts'

/* Histories of what is run in earnest, in a world in which everything fails and comes back as its seed has it. */

const HISTORIES = isNightly ? 20_000 : 150
const FIRST = isNightly ? SEED : 0
const MUTANT_HISTORIES = 300
/** What the order protocol by itself has nothing to do with: books follow corrections, operators kill the engine. */
const BOOKS = new Set(['corrections', 'fees', 'kills', 'outages'] as const)

interface Played {
  readonly name: string
  /** Of `npm run dst`. */
  readonly flag: string
  subject(): Subject
  readonly options: HistoryOptions
  readonly mutants: readonly MutantName[]
}

const PLAYED: readonly Played[] = [
  { name: 'the engine', flag: '', subject: production, options: {}, mutants: MUTANT_NAMES },
  {
    name: 'the order protocol by itself',
    flag: '--protocol ',
    subject: () => protocol,
    options: { without: BOOKS },
    mutants: MUTANT_NAMES.filter((name) => name !== 'failOpenKill'),
  },
]

/** Every broken history with the command that plays it again. */
async function broken({ subject, flag, options }: Played, seeds: readonly number[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const seed of seeds) {
    const { problems } = await playHistory(seed, subject(), options)
    if (problems.length > 0) found.push(`npm run dst -- ${flag}--seed ${seed} --trace: ${problems.join('; ')}`)
  }
  return found
}

const seedsFrom = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, at) => first + at)

/** What shows each mutant, beyond what is plain at its first step. */
const SHOWN: Readonly<Record<MutantName, RegExp>> = {
  blindRetry: /at the venue twice|in no record/,
  assumeRejected: /written down as rejected/,
  sendFirst: /before it is on the disk/,
  noDedupe: /the venue knows none/,
  streamOnly: /never booked/,
  failOpenKill: /is sent after the kill/,
  inferFills: /the venue knows none/,
}

describe.each(PLAYED)('$name', (played) => {
  const { subject, options, mutants } = played

  it(`keeps what it promises in ${HISTORIES} histories`, async () => {
    expect(await broken(played, seedsFrom(FIRST, HISTORIES))).toEqual([])
  })

  it('has one history for one seed', async () => {
    const hashes = new Set<string>()
    for (const seed of seedsFrom(FIRST, 5)) {
      const one = await playHistory(seed, subject(), options)
      const other = await playHistory(seed, subject(), { ...options, keep: 10 })
      expect([seed, other.hash, other.events]).toEqual([seed, one.hash, one.events])
      hashes.add(one.hash)
    }
    expect(hashes.size).toBe(5)
  })

  it.each(mutants)('is caught where it is wrong: %s', async (mutant) => {
    const told: string[] = []
    for (let seed = 0; seed < MUTANT_HISTORIES && !told.some((one) => SHOWN[mutant].test(one)); seed += 1)
      told.push(...(await playHistory(seed, subject(), { ...options, mutant, goesOn: true })).problems)
    expect(told.join('\n')).toMatch(SHOWN[mutant])
  })
})
