import { describe, expect, it } from 'vitest'
import type { CapitalRecord } from '../../src/domain/capital.ts'
import type { CapitalState } from '../../src/engine/capital/state.ts'
import { type Auditor, createAuditor } from '../../src/engine/invariants.ts'
import { createKernel, type Kernel, restoreKernel } from '../../src/engine/kernel.ts'
import type { Observer, Weighing } from '../../src/engine/records/observer.ts'
import { type RunInput, runAudited, runBacktest } from '../../src/engine/run/run.ts'
import type { Snapshot } from '../../src/engine/snapshot.ts'
import { STAGE_RULE } from '../../src/pipeline/allocation/stage-changes.ts'
import { capitalInput, capitalRun, EVERY_BAR, holder, noise, swinger } from '../fixtures/capital-run.ts'
import { bookkeeper } from './bookkeeper.ts'
import { journalOf, textOf } from './journal.ts'

/*
 * Every overlay at once: sleeves that move together, fall, shake and are young. What happens to their capital happens on
 * the same days whether or not the kernel was stopped in between.
 */

const DAYS = 230
const common = noise(DAYS, 0.01, 51)
const own = noise(DAYS, 0.01, 52)
const other = noise(DAYS, 0.01, 53)
const returns = {
  lead: common,
  copy: common.map((value, at) => (at < 130 ? value - 0.0004 : own[at]!)),
  wild: other.map((value, at) => (at === 60 || at === 61 ? -0.16 : at > 120 ? 3 * value : value)),
  young: noise(DAYS, 0.01, 54, 0.003),
}

function everything(): RunInput {
  return capitalInput({
    returns,
    strategies: { lead: holder, copy: holder, wild: swinger, young: swinger },
    allocation: { method: 'inverse_volatility', recompute: { kind: 'days', every: 20 } },
    rebalancing: EVERY_BAR,
    overlays: {
      lifecycle: {
        stages: ['MATURE', 'MATURE', 'VALIDATION', 'DISCOVERY'],
        validatedDrawdown: [null, null, null, null],
        stageBase: { MATURE: 0.4, VALIDATION: 0.3, DISCOVERY: 0.1 },
        stageMax: { MATURE: 0.6 },
        rule: { ...STAGE_RULE, validation: { trades: 20, probability: 0.8 } },
        changes: 'applied',
      },
      bench: { threshold: 0.7, days: 10, window: 60 },
      reduction: { threshold: 0.7, window: 30 },
      ladder: { halfAt: 0.15, zeroAt: 0.25, sharpeRelease: 0.5, window: 60 },
      volatilityTarget: { target: 0.1, window: 40, band: 0.1, scaleMax: 1 },
      spike: { halt: 0.25, resume: 0.1, window: 20 },
    },
  })
}

/** What a kernel tells of capital, as text. */
function listener(): { readonly observer: Observer; readonly told: string[] } {
  const told: string[] = []
  const { observer } = bookkeeper()
  const tell = (kind: string, value: CapitalRecord | Weighing): void => {
    told.push(
      `${kind} ${JSON.stringify(value, (_, inner: unknown) => (inner instanceof Float64Array ? [...inner] : inner))}`,
    )
  }
  return {
    told,
    observer: {
      ...observer,
      capital: (record) => tell('record', record),
      weighed: (weighing) => tell('weighed', weighing),
    },
  }
}

describe('capital in a run', () => {
  const input = everything()
  const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))
  const { events, bytes } = journalOf(input)

  /** Plays the journal, and goes on from a snapshot before the events at `cuts`. */
  function played(cuts: ReadonlySet<number>): { readonly told: readonly string[]; readonly kernel: Kernel } {
    const { observer, told } = listener()
    const options = { strategies, observer: { ...observer, posting: () => {}, executed: () => {} } }
    let kernel = createKernel(options)
    events.forEach((event, at) => {
      if (cuts.has(at)) kernel = restoreKernel(JSON.parse(JSON.stringify(kernel.snapshot())) as Snapshot, options)
      kernel.apply(event)
    })
    return { told, kernel }
  }

  const whole = played(new Set())

  it('sees every overlay act', () => {
    const result = runBacktest(input)
    const causes = new Set(result.capital!.records.map(({ cause }) => cause))
    for (const cause of ['weights', 'lifecycle', 'bench', 'return', 'reduction', 'ladder', 'volatilityTarget', 'spike'])
      expect([cause, causes.has(cause as never)]).toEqual([cause, true])
    expect(result.invariants.violated).toEqual([])
  })

  it('happens on the same days, to the same bit, whenever the kernel was stopped and restored', () => {
    expect(textOf(whole.kernel)).toBe(bytes)
    const closes = events.flatMap((event, at) => (event.kind === 'slices' ? [at] : []))
    expect(closes).toHaveLength(DAYS + 1)
    // Before every thirtieth close and after it; and once at all of them.
    for (let place = 0; place < closes.length; place += 30) {
      const { told, kernel } = played(new Set([closes[place]!, closes[place]! + 1]))
      expect(told).toEqual(whole.told)
      expect(textOf(kernel)).toBe(bytes)
    }
    const { told, kernel } = played(new Set(closes))
    expect(told).toEqual(whole.told)
    expect(textOf(kernel)).toBe(bytes)
  })

  it('invariant 13: what is cut after the weights is given to nobody else', () => {
    const { capital } = runBacktest(input)
    let cuts = 0
    let before = capital!.days[0]!
    for (const day of capital!.days) {
      let [weights, used] = [0, 0]
      day.weights.forEach((weight, sleeve) => {
        weights += weight
        used += weight * day.factors[sleeve]!
        expect(day.factors[sleeve]!).toBeLessThanOrEqual(1)
      })
      expect(weights).toBeLessThanOrEqual(1 + 1e-9)
      expect(used).toBeLessThanOrEqual(weights)
      if (!day.isComputed) expect([...day.weights]).toEqual([...before.weights])
      if (used < weights) cuts += 1
      before = day
    }
    expect(cuts).toBeGreaterThan(20)
  })

  it('invariant 13: the checker reports weights in force beyond what may be invested, and a factor that adds', () => {
    const spoiled = (spoil: (capital: CapitalState) => void): readonly string[] => {
      const checker = createAuditor()
      const auditor: Auditor = {
        ...checker,
        check(kernel, broker) {
          const { capital } = kernel.runtime.state
          if (capital !== undefined) spoil(capital)
          checker.check(kernel, broker)
        },
      }
      const short = capitalInput({ returns: { one: noise(5, 0.01, 1), two: noise(5, 0.01, 2) } })
      runAudited(short, auditor, bookkeeper().observer)
      return [...new Set(checker.violated.map((line) => line.split(' ')[0]!))]
    }
    expect(spoiled(() => {})).toEqual([])
    expect(spoiled((capital) => capital.weights.fill(0.6))).toEqual(['13'])
    expect(spoiled((capital) => capital.factor.fill(1.5))).toEqual(['13'])
  })

  it('costs nothing where no plan is: the state holds no capital', () => {
    const { config, ...rest } = everything()
    const { capitalPlan: _, ...plain } = config
    const result = runBacktest({ ...rest, config: plain })
    expect(result.capital).toBeNull()
    const kernel = journalOf({ ...rest, config: plain })
    expect(kernel.bytes).not.toContain('"capital":{')
    expect(capitalRun({ returns: { one: noise(5, 0.01, 1) } }).capital).not.toBeNull()
  })
})
