import { choice, integer, real, type ValuesOf } from '../../../domain/parameters.ts'
import type { IntentSink, View } from '../../../domain/strategy.ts'
import { sma } from '../../../indicators/sma/sma.ts'
import { log } from '../../../numerics/elementary.ts'
import { SIGNIFICANCE_LEVELS, type SignificanceLevel } from '../../../numerics/unit-root.ts'
import { defineStrategy, signalClose } from '../define.ts'
import { atLeast, below } from '../thresholds.ts'
import { type Fit, fitOf, type Pair, pairsOf, windowOf } from './formation.ts'
import { type MovingHedge, moved, startMovingHedge } from './moving-hedge.ts'
import { enterPair, holdsAny, leave, type Standing, standingOf, type Trade } from './trade.ts'

const parameters = {
  hedge: choice('ols', ['ols', 'kalman'], 'What the hedge ratio follows: least squares of each test, or a filter'),
  legs: choice(
    'beta',
    ['beta', 'dollar'],
    'Second leg: the first times the hedge ratio, or as much money as the first',
  ),
  formation: integer(252, { min: 60, max: 1_500, search: [120, 504], title: 'Bars that a test looks at' }),
  testEvery: integer(21, { min: 1, max: 252, title: 'Bars from one test to the next' }),
  significance: choice('0.05', SIGNIFICANCE_LEVELS, 'Chance of taking two strangers for a pair'),
  halfLifeMin: real(2, { min: 0, max: 250, title: 'Least half-life of the spread, in bars' }),
  halfLifeMax: real(40, { min: 1, max: 500, search: [10, 80], title: 'Largest half-life of the spread, in bars' }),
  entryZ: real(2, { min: 0.5, max: 6, search: [1.5, 3], title: 'Deviations from the mean at which it enters' }),
  exitZ: real(0.5, { min: 0, max: 3, search: [0, 1], title: 'Deviations from the mean at which it is back' }),
  stopZ: real(4, { min: 1, max: 20, title: 'Deviations from the mean at which it is given up' }),
  timeStop: real(3, { min: 0.5, max: 20, title: 'Half-lives after which it is given up' }),
  drift: real(1e-3, { min: 0, max: 1, title: 'How fast the filter moves: variance per bar over that of the noise' }),
  places: integer(5, { min: 1, max: 100, title: 'Pairs at one time' }),
  gross: real(0.8, { min: 0.01, max: 4, title: 'Both legs of all places together, over the capital' }),
}

type P = ValuesOf<typeof parameters>

/** What is kept of a pair between two bars. */
type Notes = {
  /** Bars since the last test; null before the first one. */
  readonly tested: number | null
  /** Of the last test; null where the pair failed it. */
  readonly fit: Fit | null
  readonly moving: MovingHedge | null
  /** False from an entry on, until the spread has been inside the entry band again. */
  readonly armed: boolean
  readonly trade: Trade | null
}

type PairsMemory = { readonly pairs: { readonly [pair: string]: Notes } }

const UNKNOWN: Notes = { tested: null, fit: null, moving: null, armed: true, trade: null }

/** Trades the distance between two instruments that belong together. See README.md. */
export const pairs = defineStrategy({
  name: 'pairs',
  summary: 'trades the distance between two instruments that belong together',
  parameters,
  group: 2,
  sizes: 'own',
  check(p) {
    if (!(p.exitZ < p.entryZ && p.entryZ < p.stopZ))
      return `exit, entry and stop ${p.exitZ}, ${p.entryZ}, ${p.stopZ} deviations must rise`
    return p.halfLifeMin < p.halfLifeMax
      ? null
      : `the least half-life ${p.halfLifeMin} must lie below the largest one ${p.halfLifeMax}`
  },
  indicators: () => ({ close: sma(1) }),
  lookback: (p) => p.formation - 1,
  start: (): PairsMemory => ({ pairs: {} }),
  decide(view, out) {
    const all = pairsOf(view.universe)
    const next: Record<string, Notes> = { ...view.memory.pairs }
    const keyOf = ({ first, second }: Pair): string =>
      `${view.slice.instruments[first]!}-${view.slice.instruments[second]!}`
    let open = 0
    for (const pair of all) if (holdsAny(view, pair)) open += 1
    const shares = Math.min(view.parameters.places, all.length)
    for (const pair of all) {
      const key = keyOf(pair)
      const seen = observed(view, pair, next[key] ?? UNKNOWN)
      if (seen.notes.trade === null && open < shares && !holdsAny(view, pair)) {
        next[key] = considered(view, pair, seen, shares, out)
        if (next[key].trade !== null) open += 1
      } else next[key] = held(view, pair, seen, out)
    }
    return { pairs: next }
  },
})

interface Seen {
  readonly notes: Notes
  /** Deviations of the spread from its mean; null where it is not known. */
  readonly z: number | null
  /** The leg without a bar, where the other has one: `z` is then by its last close. */
  readonly missing: number | null
}

/** Counts the bar, tests when it is time, moves the filter, and measures the spread. */
function observed(view: View<P, PairsMemory>, pair: Pair, notes: Notes): Seen {
  const [first, second] = [signalClose(view, pair.first), signalClose(view, pair.second)]
  const [lacksFirst, lacksSecond] = [Number.isNaN(first), Number.isNaN(second)]
  if (lacksFirst && lacksSecond) return { notes, z: null, missing: null }
  if (lacksFirst || lacksSecond) {
    const [one, other] = [lastClose(view, pair.first), lastClose(view, pair.second)]
    const missing = lacksFirst ? pair.first : pair.second
    return { notes, z: one === null || other === null ? null : measured(view, notes, one, other).z, missing }
  }
  const known = tested(view, pair, notes)
  // A filter that begins on this bar has taken it already.
  const isNew = notes.moving === null && known.moving !== null
  const { z, moving } = isNew ? { z: null, moving: known.moving } : measured(view, known, first, second)
  const isInside = z !== null && below(Math.abs(z), view.parameters.entryZ)
  return { notes: { ...known, moving, armed: known.armed || isInside }, z, missing: null }
}

/** The spread at these closes, and the filter after them. */
function measured(
  { parameters }: View<P, PairsMemory>,
  notes: Notes,
  first: number,
  second: number,
): { readonly z: number | null; readonly moving: MovingHedge | null } {
  if (parameters.hedge === 'kalman') {
    if (notes.moving === null) return { z: null, moving: null }
    const { hedge, z } = moved(notes.moving, log(first), log(second), parameters)
    return { z, moving: hedge }
  }
  // A trade is judged by what it was entered on, whatever later tests say.
  const fit = notes.trade?.fit ?? notes.fit
  if (fit === null) return { z: null, moving: null }
  return { z: (log(first) - fit.intercept - fit.ratio * log(second)) / fit.deviation, moving: null }
}

/** The last close of the past week; null where there is none. */
function lastClose(view: View<P, PairsMemory>, column: number): number | null {
  for (let back = 0; back < WEEK; back += 1) {
    const close = view.ago('close', column, back)
    if (!Number.isNaN(close)) return close
  }
  return null
}

const WEEK = 5

function tested(view: View<P, PairsMemory>, pair: Pair, notes: Notes): Notes {
  const { parameters: p } = view
  const since = notes.tested === null ? null : notes.tested + 1
  if (since !== null && since < p.testEvery) return { ...notes, tested: since }
  const window = windowOf(view, pair, p.formation)
  if (window === null) return { ...notes, fit: null }
  const fit = fitOf(window, { ...p, significance: p.significance as SignificanceLevel })
  const moving = p.hedge === 'kalman' && notes.moving === null ? startMovingHedge(window, p) : notes.moving
  return { ...notes, tested: 0, fit, moving }
}

/** An entry where the spread is far from its mean, but not so far that it would be given up. */
function considered(view: View<P, PairsMemory>, pair: Pair, seen: Seen, places: number, out: IntentSink): Notes {
  const { parameters: p } = view
  const { notes, z, missing } = seen
  if (z === null || notes.fit === null || !notes.armed || below(Math.abs(z), p.entryZ)) return notes
  if (atLeast(Math.abs(z), p.stopZ)) return { ...notes, armed: false }
  if (missing !== null) {
    out.refuse(missing, 'legMissing')
    return notes
  }
  if (!view.eligible(pair.first) || !view.eligible(pair.second)) return notes
  const trade = enterPair(
    view,
    pair,
    {
      side: z < 0 ? 1 : -1,
      fit: notes.fit,
      ratio: notes.moving === null ? notes.fit.ratio : notes.moving.filter.ratio,
      value: (view.capital * p.gross) / places,
      equal: p.legs === 'dollar',
      barsMax: Math.max(1, Math.ceil(p.timeStop * notes.fit.halfLife)),
    },
    out,
  )
  return { ...notes, armed: false, trade }
}

/** A pair that is in a trade, or that something is left of. */
function held(view: View<P, PairsMemory>, pair: Pair, { notes, z, missing }: Seen, out: IntentSink): Notes {
  const standing: Standing = notes.trade === null ? { kind: 'orphan' } : standingOf(view, pair, notes.trade)
  if (standing.kind === 'waiting') return notes
  if (standing.kind !== 'held') {
    if (standing.kind === 'orphan') leave(view, pair, 'orphan', out)
    return { ...notes, trade: null }
  }
  const { trade, excess } = standing
  const reason = exitOf(view.parameters, trade, missing === null ? z : null)
  if (reason !== null) {
    leave(view, pair, reason, out)
    return { ...notes, trade: null }
  }
  if (excess !== null) out.target(excess.column, excess.units, 'balance')
  return { ...notes, trade }
}

function exitOf({ exitZ, stopZ }: P, trade: Trade, z: number | null): string | null {
  // Below the mean by so much, seen from the side that was bought.
  const short = z === null ? Number.NaN : 0 - z * trade.side
  if (atLeast(short, stopZ)) return 'stop'
  if (atLeast(exitZ, short)) return 'mean'
  return trade.bars >= trade.barsMax ? 'time' : null
}
