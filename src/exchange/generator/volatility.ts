/**
 * Volatility: stochastic, in logarithms, a slow component plus a fast one.
 * In:    a random stream, a length   Out: heavy-tailed shocks of unit variance, and the log volatility they meet
 * Keeps: a shock never knows the volatility of its own day; a fall raises the volatility of the days after
 *
 * Two time scales imitate long memory: Corsi (2009), "A Simple Approximate Long-Memory Model of Realized Volatility";
 * LeBaron (2001), "Stochastic Volatility as a Simple Generator of Apparent Financial Power Laws and Long Memory".
 */
import type { Random } from '../../numerics/random.ts'

export interface VolatilityShape {
  /** Deviation of the log volatility in the long run. */
  readonly deviation: number
  /** Share of the slow component in the variance of the log volatility. */
  readonly slowShare: number
  /** Correlation of a shock with the next change of volatility; negative is the leverage effect (Black 1976). */
  readonly leverage: number
  /** Degrees of freedom of the shocks' Student t; above 2. */
  readonly degrees: number
}

/** Half-life about 58 sessions, and about 7. */
const SLOW_PERSISTENCE = 0.988
const FAST_PERSISTENCE = 0.9

export interface VolatilityPath {
  readonly shocks: Float64Array
  readonly logVolatility: Float64Array
}

export function volatilityPath(random: Random, length: number, shape: VolatilityShape): VolatilityPath {
  const shocks = new Float64Array(length)
  const logVolatility = new Float64Array(length)
  const slowDeviation = shape.deviation * Math.sqrt(shape.slowShare)
  const fastDeviation = shape.deviation * Math.sqrt(1 - shape.slowShare)
  const slowStep = slowDeviation * Math.sqrt(1 - SLOW_PERSISTENCE * SLOW_PERSISTENCE)
  const fastStep = fastDeviation * Math.sqrt(1 - FAST_PERSISTENCE * FAST_PERSISTENCE)
  const ownShare = Math.sqrt(1 - shape.leverage * shape.leverage)
  const toUnitVariance = Math.sqrt((shape.degrees - 2) / shape.degrees)
  let slow = slowDeviation * random.normal()
  let fast = fastDeviation * random.normal()
  for (let day = 0; day < length; day += 1) {
    const shock = random.studentT(shape.degrees) * toUnitVariance
    shocks[day] = shock
    logVolatility[day] = slow + fast
    slow = SLOW_PERSISTENCE * slow + slowStep * random.normal()
    fast = FAST_PERSISTENCE * fast + fastStep * (shape.leverage * shock + ownShare * random.normal())
  }
  return { shocks, logVolatility }
}
