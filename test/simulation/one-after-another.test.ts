import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dealtOnce } from '../../bench/dealt-once.ts'
import type { Observer, OrderRow } from '../../src/engine/records/observer.ts'
import { type RunInput, runBare } from '../../src/engine/run/run.ts'
import { STRATEGIES } from '../../src/pipeline/strategies/registry.ts'
import { drawnMarket, withPair } from '../contracts/strategy-rig.ts'
import { abroad, inputAbroad } from '../currencies/drawn-abroad.ts'
import { isNightly, SEED } from '../profile.ts'
import { drawnPortfolio, runInputOf } from './drawn-portfolio.ts'
import { strategyInput } from './strategy-run.ts'

/*
 * The kernel works in records and arrays that it writes anew for every order and booking. What a run finds in them is what
 * the run before left there: whatever is read before it is written makes a result depend on who ran earlier.
 */

const DRAWN = isNightly ? 400 : 25

const HEARD = [
  'posting',
  'converted',
  'executed',
  'reduced',
  'orderFilled',
  'orderEnded',
  'refused',
  'signalled',
  'structureOpened',
  'structureClosed',
  'day',
  'transferred',
  'membership',
  'capital',
  'weighed',
] as const

/** Of an order's row the columns from `start` on belong to it; what stands beside them is another order's. */
function rowOf(row: OrderRow): unknown {
  const own = (value: unknown): unknown =>
    ArrayBuffer.isView(value) ? Array.from((value as Float64Array).subarray(row.start, row.start + row.count)) : value
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, own(value)]))
}

/** All that a run says, as it says it, and the state that it ends in. */
function told(input: RunInput): string {
  const words: string[] = []
  const say = (...parts: readonly unknown[]): void => void words.push(JSON.stringify(parts))
  const observer = {
    ...Object.fromEntries(HEARD.map((name) => [name, (...parts: readonly unknown[]) => say(name, ...parts)])),
    ordered: (row: OrderRow) => say('ordered', rowOf(row)),
    allocated: () => {},
  } as unknown as Observer
  const { kernel } = runBare(input, observer)
  return `${words.join('\n')}\n${JSON.stringify(kernel.snapshot())}`
}

/** The first line that is not the same. */
function differenceOf(one: string, other: string): string | null {
  if (one === other) return null
  const [lines, others] = [one.split('\n'), other.split('\n')]
  const at = lines.findIndex((line, index) => line !== others[index])
  return `${lines[at]?.slice(0, 400)} became ${others[at]?.slice(0, 400)}`
}

/** Runs as different as they come: margins, flows, gates and structures, several currencies, shadows, plain and not. */
function runs(): readonly (() => RunInput)[] {
  const shadowed = (input: RunInput): RunInput => ({
    ...input,
    config: { ...input.config, capitalPlan: dealtOnce(input.config, true) },
  })
  const plain = fc.sample(drawnPortfolio, { seed: SEED, numRuns: DRAWN }).map((drawn) => () => runInputOf(drawn))
  const foreign = fc.sample(abroad, { seed: SEED, numRuns: DRAWN }).map((plan) => () => inputAbroad(plan))
  const built = () => strategyInput(STRATEGIES, withPair(drawnMarket(20_000_101, 4, 120), 5), [])
  const mixed = plain.flatMap((one, place) => [one, foreign[place]!])
  return [...mixed, built, ...plain.slice(0, 5).map((one) => () => shadowed(one())), built]
}

describe('runs one after the other in one process', () => {
  it('say the same whichever came before', () => {
    const inputs = runs()
    const forth = inputs.map((input) => told(input()))
    const back = inputs.toReversed().map((input) => told(input()))
    for (const [place, text] of back.toReversed().entries())
      expect(differenceOf(forth[place]!, text), `run ${place}`).toBeNull()
  })
})
