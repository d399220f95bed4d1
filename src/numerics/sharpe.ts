/**
 * How sure a Sharpe ratio is. Ratios are per period, not annual; skewness and kurtosis are the population's, the kurtosis
 * not in excess. NaN stays NaN: of returns that do not move nothing is probable.
 */
import { normalCdf, normalQuantile } from './elementary.ts'
import type { SharpeEvidence } from './moments.ts'

/** Euler and Mascheroni's constant. */
const EULER_MASCHERONI = 0.5772156649015329

/** Variance of an estimated Sharpe ratio times its degrees of freedom. @see Mertens (2002) */
function spread({ sharpe, skewness, kurtosis }: SharpeEvidence): number {
  return 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe
}

/** Standard error of the ratio for returns that need not be normal; NaN below two observations. */
export function sharpeDeviation(evidence: SharpeEvidence): number {
  const { observations } = evidence
  return observations < 2 ? Number.NaN : Math.sqrt(spread(evidence) / (observations - 1))
}

/**
 * Probability that the true ratio is above `benchmark`, which is per period too.
 * @see Bailey and López de Prado (2012), "The Sharpe Ratio Efficient Frontier"
 */
export function probabilisticSharpe(evidence: SharpeEvidence, benchmark: number): number {
  return normalCdf((evidence.sharpe - benchmark) / sharpeDeviation(evidence))
}

/**
 * Observations after which the ratio is above `benchmark` with the probability; NaN for one that is not above it, because
 * no length of history shows it then.
 * @see Bailey and López de Prado (2012), "The Sharpe Ratio Efficient Frontier"
 */
export function minimumTrackRecord(evidence: SharpeEvidence, benchmark: number, probability: number): number {
  const gap = evidence.sharpe - benchmark
  if (!(gap > 0)) return Number.NaN
  const steps = normalQuantile(probability) / gap
  return 1 + spread(evidence) * steps * steps
}

/**
 * Mean of the largest of `trials` standard normal values; 0 for one trial, which is no choice.
 * @see Bailey and López de Prado (2014), "The Deflated Sharpe Ratio"
 */
export function expectedMaximum(trials: number): number {
  if (trials <= 1) return 0
  return (
    (1 - EULER_MASCHERONI) * normalQuantile(1 - 1 / trials) +
    EULER_MASCHERONI * normalQuantile(1 - 1 / (trials * Math.E))
  )
}

/** How many alternatives a strategy was chosen from, and the deviation of their Sharpe ratios per period. */
export interface SharpeTrials {
  readonly count: number
  readonly deviation: number
}

/** The ratio that the best of so many trials reaches without any skill. */
export function luckySharpe({ count, deviation }: SharpeTrials): number {
  return count <= 1 ? 0 : deviation * expectedMaximum(count)
}

/**
 * Probability that the true ratio is above what luck alone gives the best of the trials.
 * @see Bailey and López de Prado (2014), "The Deflated Sharpe Ratio"
 */
export function deflatedSharpe(evidence: SharpeEvidence, trials: SharpeTrials): number {
  return probabilisticSharpe(evidence, luckySharpe(trials))
}
