import { describe, expect, it } from 'vitest'
import { sampleRun } from '../../../test/fixtures/sample-run.ts'
import type { RunResult, SleeveResult } from '../../engine/records/result.ts'
import { fewRoundTrips } from './few-round-trips.ts'

const run = sampleRun({ days: 400 })
const sleeve = (result: RunResult, id: string): SleeveResult => result.sleeves.find((one) => one.id === id)!
const trade = run.trades[0]!

/** The sample with so many round trips of the large caps, and what else a test says of it. */
const withTrips = (count: number, rest: Partial<RunResult> = {}): RunResult => ({
  ...run,
  refusals: [],
  ...rest,
  trades: Array.from({ length: count }, () => ({ ...trade, sleeve: sleeve(run, 'large_cap').id })),
})
const said = (result: RunResult, id = 'large_cap'): string | null => fewRoundTrips(result, sleeve(result, id))

describe('a sleeve with few round trips', () => {
  it('is told of below twenty, with the span of the run and how long it would have to be', () => {
    expect(said(withTrips(20))).toBeNull()
    const nineteen = said(withTrips(19))
    expect(nineteen).toMatch(
      /^19 round trips of 20: the run has \d\.\d years, \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d, with \d+\.\d a year, so that 20 need about \d\.\d/,
    )
    expect(said(withTrips(1))).toMatch(/^1 round trip of 20: /)
    expect(said(withTrips(0))).toMatch(/^no round trip: the run has \d\.\d years/)
  })
  it('says what refused most of its wishes', () => {
    const refusal = { ...run.refusals[0]!, sleeve: sleeve(run, 'large_cap').id, end: 'refused' as const }
    const refusals = [
      { ...refusal, rule: 'universe' },
      { ...refusal, rule: 'universe' },
      { ...refusal, rule: 'belowStep' },
      { ...refusal, rule: 'leverage', end: 'trimmed' as const },
    ]
    expect(said(withTrips(3, { refusals }))).toContain('3 wishes were refused, most of them by universe')
  })
  it('says that it was paused', () => {
    const config = {
      ...run.config,
      sleeves: run.config.sleeves.map((one) => (one.id === 'large_cap' ? { ...one, status: 'paused' as const } : one)),
    }
    expect(said(withTrips(0, { config }))).toMatch(/^no round trip: it is paused in the configuration; the run has/)
  })
  it('is nobody who only holds cash or recorded returns', () => {
    expect(said(withTrips(0), 'cash')).toBeNull()
    const config = {
      ...run.config,
      sleeves: run.config.sleeves.map((one) =>
        one.id === 'large_cap' ? { ...one, kind: 'return_stream' as const } : one,
      ),
    }
    expect(said(withTrips(0, { config }))).toBeNull()
  })
})
