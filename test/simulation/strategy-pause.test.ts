import { describe, expect, it } from 'vitest'
import type { Strategy } from '../../src/domain/strategy.ts'
import { sleeveId, type TradeDate } from '../../src/domain/units.ts'
import type { RunResult, TradeRecord } from '../../src/engine/records/result.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import { STRATEGIES } from '../../src/pipeline/strategies/registry.ts'
import { drawnMarket, withPair } from '../contracts/strategy-rig.ts'
import { strategyInput } from './strategy-run.ts'

/** Paused, a sleeve takes no new position; what it holds goes on as if nothing had happened, to its own exits. */

const market = withPair(drawnMarket(20_000_101, 4, 520), 5)
/** What never ends by itself has nothing to show beside that it stays. */
const NEVER_SELLS: readonly string[] = ['buy-and-hold']

function run(strategy: Strategy, pausedOn: TradeDate | null): RunResult {
  const input = strategyInput([strategy], market, [])
  if (pausedOn === null) return runBacktest(input)
  const operations = [{ date: pausedOn, kind: 'pause', sleeve: sleeveId(strategy.name) }] as const
  return runBacktest({ ...input, config: { ...input.config, operations } })
}

/** How a trade ended: what must not depend on the pause. */
const endOf = ({ instrument, entryDate, exitDate, exitReason }: TradeRecord): string =>
  [instrument, entryDate, exitDate, exitReason].join(' ')

/** Fills from a day on that open or enlarge a position of the sleeve: what was decided before the day is taken back. */
function growingFills({ attribution }: RunResult, day: TradeDate): string[] {
  const held = new Map<string, number>()
  const growing: string[] = []
  for (const { kind, tradeDate, instrument, quantity } of attribution) {
    const before = held.get(instrument) ?? 0
    held.set(instrument, before + quantity)
    if (kind !== 'fill' && kind !== 'cross') continue
    if (tradeDate >= day && Math.abs(before + quantity) > Math.abs(before))
      growing.push(`${tradeDate} ${instrument} ${before} ${quantity}`)
  }
  return growing
}

describe('a paused sleeve', () => {
  it.each(STRATEGIES.map((strategy) => [strategy.name, strategy] as const))(
    '%s: takes no new position, and every open one ends as it would have',
    (name, strategy) => {
      const whole = run(strategy, null)
      const days = [...whole.days] as TradeDate[]
      // In the middle of a trade of the later half: the day after it was entered, so that its exit is still to come.
      const inside = whole.trades.filter(
        ({ entryDate, exitDate }) => entryDate > days[200]! && days.indexOf(exitDate) - days.indexOf(entryDate) > 1,
      )
      const entered = NEVER_SELLS.includes(name) ? days[200]! : inside[Math.floor(inside.length / 2)]!.entryDate
      const pausedOn = days[days.indexOf(entered) + 1]!
      const paused = run(strategy, pausedOn)
      expect(paused.invariants.violated).toEqual([])
      expect(growingFills(paused, pausedOn)).toEqual([])
      // Shares beside contracts may leave by contracts that a paused sleeve no longer sells: there the contracts count.
      const counts = whole.trades.some(({ kind }) => kind === 'structure') ? 'structure' : 'position'
      const open = ({ trades }: RunResult): string[] =>
        trades
          .filter(({ kind, entryDate, exitDate }) => kind === counts && entryDate < pausedOn && exitDate >= pausedOn)
          .map(endOf)
      expect(open(paused)).toEqual(open(whole))
      if (!NEVER_SELLS.includes(name)) {
        expect(open(paused).length).toBeGreaterThan(0)
        // Without the pause it would have gone on.
        expect(growingFills(whole, pausedOn).length).toBeGreaterThan(0)
        expect(paused.refusals.some(({ rule }) => rule === 'paused')).toBe(true)
      }
    },
  )
})
