/**
 * Factors: what assets share. One market factor, and one factor per family.
 * In:    timeline, regimes, random streams by name   Out: per calendar, each session's factor move and its volatility
 * Keeps: a factor is drawn for every calendar day; an exchange meets the days it was closed, dampened, at its next open
 *
 * Factor model: Sharpe (1963), "A Simplified Model for Portfolio Analysis". Less variance while an exchange is closed:
 * French & Roll (1986), "Stock Return Variances: The Arrival of Information and the Reaction of Traders".
 */
import { exp } from '../../numerics/elementary.ts'
import type { Random } from '../../numerics/random.ts'
import type { RegimeOptions } from './options.ts'
import { removeEcho, type SessionFactor } from './sample.ts'
import { isWeekend, type Timeline } from './timeline.ts'
import { type VolatilityShape, volatilityPath } from './volatility.ts'

/** One factor on the days of the timeline. */
interface DailyFactor {
  readonly moves: Float64Array
  readonly volatility: Float64Array
}

export interface Factors {
  market(calendar: string): SessionFactor
  family(name: string, calendar: string): SessionFactor
  /** Log volatility of the market factor without the regime, per day. */
  readonly mood: Float64Array
}

const MARKET_SHAPE: VolatilityShape = { deviation: 0.46, slowShare: 0.65, leverage: -0.45, degrees: 8 }
const FAMILY_SHAPE: VolatilityShape = { deviation: 0.5, slowShare: 0.55, leverage: -0.2, degrees: 7 }

export const WEEKEND_VOLATILITY = 0.65
const CLOSED_WEIGHT = 0.4

export function factorsOf(
  random: Random,
  timeline: Timeline,
  regimes: readonly RegimeOptions[],
  path: Uint8Array,
): Factors {
  const paths = volatilityPath(random.fork('market'), timeline.length, MARKET_SHAPE)
  const marketDaily = daily(paths.shocks, paths.logVolatility, (day) => regimes[path[day]!]!.volatility, timeline)
  for (let day = 0; day < timeline.length; day += 1) marketDaily.moves[day]! += regimes[path[day]!]!.drift
  const drawn = new Map<string, DailyFactor>([['market', marketDaily]])
  const seen = new Map<string, SessionFactor>()

  function familyDaily(name: string): DailyFactor {
    const { shocks, logVolatility } = volatilityPath(random.fork(`family/${name}`), timeline.length, FAMILY_SHAPE)
    return daily(shocks, logVolatility, (day) => regimes[path[day]!]!.ownVolatility, timeline)
  }

  function onCalendar(key: string, calendar: string, draw: () => DailyFactor): SessionFactor {
    const place = `${key}@${calendar}`
    const known = seen.get(place)
    if (known !== undefined) return known
    const factor = drawn.get(key) ?? draw()
    drawn.set(key, factor)
    const made = gathered(factor, timeline.sessionDays.get(calendar)!)
    seen.set(place, made)
    return made
  }

  return {
    market: (calendar) => onCalendar('market', calendar, () => marketDaily),
    family: (name, calendar) => onCalendar(`family/${name}`, calendar, () => familyDaily(name)),
    mood: paths.logVolatility,
  }
}

function daily(
  shocks: Float64Array,
  logVolatility: Float64Array,
  multiple: (day: number) => number,
  timeline: Timeline,
): DailyFactor {
  const volatility = logVolatility.map(
    (level, day) => exp(level) * multiple(day) * (isWeekend(timeline.firstDay + day) ? WEEKEND_VOLATILITY : 1),
  )
  return { moves: volatility.map((level, day) => level * shocks[day]!), volatility }
}

/** Each session's move: its own day in full, the closed days since the session before at a lower weight. */
function gathered(factor: DailyFactor, sessionDays: Int32Array): SessionFactor {
  const moves = new Float64Array(sessionDays.length)
  const volatility = new Float64Array(sessionDays.length)
  for (let session = 0; session < sessionDays.length; session += 1) {
    const today = sessionDays[session]!
    let move = factor.moves[today]!
    let variance = factor.volatility[today]! * factor.volatility[today]!
    const before = session === 0 ? today - 1 : sessionDays[session - 1]!
    for (let day = before + 1; day < today; day += 1) {
      move += CLOSED_WEIGHT * factor.moves[day]!
      variance += CLOSED_WEIGHT * CLOSED_WEIGHT * factor.volatility[day]! * factor.volatility[day]!
    }
    moves[session] = move
    volatility[session] = Math.sqrt(variance)
  }
  removeEcho(moves)
  return { moves, volatility }
}
