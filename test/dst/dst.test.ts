import { describe, expect, it } from 'vitest'
import { playHistory } from './history.ts'
import { MUTANT_NAMES, type MutantName } from './mutants.ts'
import { broken, ENGINE, engineBlocks, FIRST, keptScenes, PROTOCOL, playKept, SHOWN, toldOf } from './suite.ts'

/* Histories of what is run in earnest, in a world in which everything fails and comes back as its seed has it. */

describe('the engine', () => {
  it.each(engineBlocks(0))('keeps what it promises in $count histories from $first', async (block) => {
    expect(await broken(ENGINE, block)).toEqual([])
  })

  it.each(keptScenes())('keeps what it promises where it once did not: %s', async (name) => {
    const { problems, executions } = await playKept(name)
    expect(problems).toEqual([])
    expect(executions).toBeGreaterThan(0)
  })
})

describe.each([ENGINE, PROTOCOL])('$name', ({ subject, options }) => {
  it('has one history for one seed', async () => {
    const hashes = new Set<string>()
    for (let seed = FIRST; seed < FIRST + 5; seed += 1) {
      const one = await playHistory(seed, subject(), options)
      const other = await playHistory(seed, subject(), { ...options, keep: 10 })
      expect([seed, other.hash, other.events]).toEqual([seed, one.hash, one.events])
      hashes.add(one.hash)
    }
    expect(hashes.size).toBe(5)
  })
})

/** Seeds whose histories show a mutant soon; where scenes are drawn anew, it is found some seeds later. */
const SOON: Partial<Record<MutantName, number>> = { failOpenKill: 140, blindToSplits: 50 }

it.each(MUTANT_NAMES)('an engine is caught where it is wrong: %s', async (mutant) => {
  const told = await toldOf(ENGINE, mutant, SOON[mutant])
  expect(told.join('\n')).toMatch(SHOWN[mutant])
})
