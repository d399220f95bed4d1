/** Worked cases of how sure a Sharpe ratio is: probabilistic and deflated ratios, length of the track record. */

import { momentsOf, type SharpeEvidence, sharpeEvidence } from '../../src/numerics/moments.ts'
import {
  deflatedSharpe,
  expectedMaximum,
  luckySharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeDeviation,
} from '../../src/numerics/sharpe.ts'
import { sampleDeviation } from '../../src/numerics/statistics.ts'
import { defined } from '../../src/pipeline/metrics/defined.ts'
import type { CaseTable } from './case-files.ts'
import type { RunCase } from './run-case.ts'

type Input = Readonly<Record<string, unknown>>

/** Beginnings of the names that this answers for. */
export const SHARPE_CASES = ['psr_', 'dsr_', 'mintrl_', 'expected_max_'] as const

const DAYS_PER_YEAR = 252

function statedEvidence(input: Input): SharpeEvidence {
  return {
    sharpe: Number(input['sr_per_period']),
    observations: Number(input['n'] ?? Number.NaN),
    skewness: Number(input['skew']),
    kurtosis: Number(input['kurtosis_nonexcess']),
  }
}

function columnOf(table: CaseTable, name: string): Float64Array {
  return Float64Array.from(table.columns.get(name)!, Number)
}

function evidenceOf(returns: Float64Array): SharpeEvidence {
  return sharpeEvidence(momentsOf(returns))
}

function dailyCase(input: Input, returns: Float64Array): Record<string, unknown> {
  const evidence = evidenceOf(returns)
  const root = Math.sqrt(DAYS_PER_YEAR)
  return {
    sr_daily: evidence.sharpe,
    sr_annual: evidence.sharpe * root,
    skew: evidence.skewness,
    kurtosis_nonexcess: evidence.kurtosis,
    psr_vs_0: probabilisticSharpe(evidence, 0),
    psr_vs_0_5_annual: probabilisticSharpe(evidence, Number(input['benchmark_sr_annual']) / root),
    min_trl_days_vs_0: defined(minimumTrackRecord(evidence, 0, Number(input['prob']))),
  }
}

function returnsCase(input: Input, returns: Float64Array): Record<string, unknown> {
  const evidence = evidenceOf(returns)
  const benchmark = Number(input['benchmark_sr'])
  return {
    sr: evidence.sharpe,
    skew: evidence.skewness,
    kurtosis_nonexcess: evidence.kurtosis,
    sr_std: sharpeDeviation(evidence),
    psr: probabilisticSharpe(evidence, benchmark),
    min_trl: defined(minimumTrackRecord(evidence, benchmark, Number(input['mintrl_prob']))),
  }
}

/** The best of many columns, against what luck gives the best of as many. */
function bestOfMany(table: CaseTable): Record<string, unknown> {
  const evidence = table.header.map((name) => evidenceOf(columnOf(table, name)))
  const ratios = Float64Array.from(evidence, ({ sharpe }) => sharpe)
  const best = ratios.indexOf(Math.max(...ratios))
  const trials = { count: ratios.length, deviation: sampleDeviation(ratios) }
  return {
    best_column: best,
    sr_daily: ratios[best],
    trial_sr_std: trials.deviation,
    sr0: luckySharpe(trials),
    dsr: deflatedSharpe(evidence[best]!, trials),
    all_sr: [...ratios],
  }
}

function statedTrials(input: Input): Record<string, unknown> {
  const periods = Number(input['periods_per_year'])
  const trials = {
    count: Number(input['trials']),
    deviation: Math.sqrt(Number(input['variance_of_trial_sr_annual']) / periods),
  }
  const evidence = { ...statedEvidence(input), sharpe: Number(input['sr_annual']) / Math.sqrt(periods) }
  return { sr0_daily: luckySharpe(trials), dsr: deflatedSharpe(evidence, trials) }
}

function trackRecordCase(input: Input): Record<string, unknown> {
  const least = minimumTrackRecord(statedEvidence(input), Number(input['benchmark_sr']), Number(input['prob']))
  return { min_trl_periods: defined(least), min_trl_years: defined(least / Number(input['periods_per_year'])) }
}

export const runSharpeCase: RunCase = (input, readTable, { name }) => {
  if (name.startsWith('expected_max_')) return { expected_max: expectedMaximum(Number(input['trials'])) }
  if (name.startsWith('mintrl_')) return trackRecordCase(input)
  const table = input['file'] === undefined ? null : readTable(String(input['file']))
  if (name.startsWith('dsr_')) return table === null ? statedTrials(input) : bestOfMany(table)
  if (table !== null) {
    const returns = columnOf(table, String(input['column'] ?? table.header.at(-1)))
    return input['column'] === undefined ? returnsCase(input, returns) : dailyCase(input, returns)
  }
  const evidence = statedEvidence(input)
  return {
    psr: probabilisticSharpe(evidence, Number(input['benchmark_sr'])),
    sr_std: sharpeDeviation(evidence),
  }
}
