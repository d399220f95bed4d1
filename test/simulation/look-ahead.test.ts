import { describe, expect, it } from 'vitest'
import type { Strategy } from '../../src/domain/strategy.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import { STRATEGIES } from '../../src/pipeline/strategies/registry.ts'
import { alteredAfter, cutAfter, drawnMarket, type RigMarket, withPair } from '../contracts/strategy-rig.ts'
import { centred, peeking } from '../fixtures/strategies/peeking.ts'
import { isNightly, SEED } from '../profile.ts'
import { type DecisionLog, strategyInput } from './strategy-run.ts'

/** Days after which the rest is another one. */
const CUTS = isNightly ? 8 : 2
/** Of a strategy alone: its contract asks the same of its decisions, and all of them together are cut more often. */
const CUTS_ALONE = isNightly ? 8 : 1

type Makers = (market: RigMarket) => readonly Strategy[]

interface Played {
  readonly decisions: DecisionLog
  readonly result: ReturnType<typeof runBacktest>
}

function played(make: Makers, market: RigMarket): Played {
  const decisions: DecisionLog = []
  const result = runBacktest(strategyInput(make(market), market, decisions))
  return { decisions, result }
}

/** Everything decided, sent, filled and refused up to the close of a day, line by line. */
function until({ decisions, result }: Played, last: number): string[] {
  const lines = decisions
    .filter(({ tradeDate }) => tradeDate <= last)
    .map(({ tradeDate, text }) => `${tradeDate} ${text}`)
  for (const order of result.orders) {
    if (order.tradeDate > last) continue
    const shares = order.shares.map(({ sleeve, wanted, crossed, reason }) => ({ sleeve, wanted, crossed, reason }))
    const { id, at, instrument, type, net, crossed } = order
    lines.push(`order ${JSON.stringify({ id, at, instrument, type, net, crossed, shares })}`)
  }
  for (const row of result.attribution) if (row.tradeDate <= last) lines.push(`fill ${JSON.stringify(row)}`)
  for (const row of result.refusals) if (row.tradeDate <= last) lines.push(`refusal ${JSON.stringify(row)}`)
  result.days.forEach((day, row) => {
    if (day <= last) lines.push(`day ${day} ${result.equity[row]} ${result.cash[row]}`)
  })
  return lines
}

/** The first line up to a cut that changes when later bars are altered or removed; null where none does. */
function lookAheadOf(make: Makers, market: RigMarket, cuts = CUTS, whole = played(make, market)): string | null {
  const busy = [...new Set(whole.decisions.map(({ tradeDate }) => tradeDate))]
  const days = Array.from({ length: cuts }, (_, place) => busy[Math.floor(((place + 0.5) * busy.length) / cuts)])
  for (const day of days) {
    if (day === undefined) continue
    const bar = market.dates.indexOf(day as never)
    const before = until(whole, day)
    for (const other of [alteredAfter(market, bar, SEED + bar), cutAfter(market, bar)]) {
      const after = until(played(make, other), day)
      const at = before.findIndex((line, index) => line !== after[index])
      if (at >= 0) return `${before[at]} became ${after[at]}`
      if (after.length !== before.length) return `${after.length - before.length} more lines up to ${day}`
    }
  }
  return null
}

/** The market in which every strategy trades and sleeves cross; what is altered in it follows the profile's seed. */
const market = withPair(drawnMarket(20_000_101, 4, 420), 5)

describe('invariant 7: no look-ahead through the whole engine', () => {
  it.each(STRATEGIES.map((strategy) => [strategy.name, strategy] as const))(
    '%s: nothing up to a bar changes when later bars are altered or removed',
    (_, strategy) => {
      const whole = played(() => [strategy], market)
      const { decisions, result } = whole
      expect(decisions.length).toBeGreaterThan(0)
      expect(result.attribution.some(({ kind }) => kind === 'fill')).toBe(true)
      expect(result.invariants.violated).toEqual([])
      expect(lookAheadOf(() => [strategy], market, CUTS_ALONE, whole)).toBeNull()
    },
  )

  it('all strategies in one account: nothing up to a bar changes when later bars are altered or removed', () => {
    const whole = played(() => STRATEGIES, market)
    const { result } = whole
    expect(result.invariants.violated).toEqual([])
    expect(result.attribution.some(({ kind }) => kind === 'cross')).toBe(true)
    expect(lookAheadOf(() => STRATEGIES, market, CUTS, whole)).toBeNull()
  })

  it('a strategy that peeks at the next bar is caught', () => {
    expect(lookAheadOf((seen) => [peeking(seen)], market, 6)).not.toBeNull()
  })

  it('a strategy that smooths over bars to come is caught', () => {
    expect(lookAheadOf((seen) => [centred(seen)], market, 6)).not.toBeNull()
  })
})
