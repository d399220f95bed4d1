import { describe, expect, it } from 'vitest'
import { type Act, buysOnce, shares, steps, type WatchedRun, watchedRun } from '../../../test/fixtures/watched-run.ts'
import { journalOf, textOf } from '../../../test/simulation/journal.ts'
import type { Command, EngineEvent, OperatorCommand } from '../../domain/events.ts'
import { sleeveId } from '../../domain/units.ts'
import { createKernel, type Kernel, restoreKernel } from '../kernel.ts'
import type { Snapshot } from '../snapshot.ts'

const HALTED: WatchedRun = {
  closes: { A: steps(8, 100, { 3: 80 }), B: steps(8, 10) },
  sleeves: [{ id: 'one', weight: 1, act: buysOnce({ 0: 100 }), limits: { positionWeightMax: 0.9 } }],
  limits: { leverageMax: 0.95, drawdown: { halt: 0.15, resume: 0.1, resetPeakAfter: null } },
}

/** A kernel that has seen the first days, and what it answers to commands. */
function standing(
  given: WatchedRun,
  events: number,
): { kernel: Kernel; say: (command: OperatorCommand) => readonly Command[] } {
  const input = watchedRun(given)
  const kernel = createKernel({ strategies: new Map(input.strategies.map((strategy) => [strategy.name, strategy])) })
  const journal = journalOf(input).events.slice(0, events)
  for (const event of journal) kernel.apply(event)
  let { seq, at } = journal.at(-1)!
  return {
    kernel,
    say: (command) => {
      seq += 1
      const event = { seq, at, kind: 'operator', id: `c${seq}`, actor: 'ann', seen: seq, command } as EngineEvent
      return [...kernel.apply(event)]
    },
  }
}

function halted() {
  const input = watchedRun(HALTED)
  const { events } = journalOf(input)
  const closes = events.flatMap((event, at) => (event.kind === 'slices' ? [at] : []))
  return standing(HALTED, closes[3]! + 1)
}

describe('an operator', () => {
  it('closes a violation above low with a note alone, and the parameters of then and now are kept', () => {
    const { kernel, say } = halted()
    const { state } = kernel.runtime
    expect(state.violations.map(({ id, rule }) => [id, rule])).toEqual([[1, 'portfolio_drawdown']])
    const refused = say({ kind: 'closeViolation', id: 1, note: ' ' })
    expect(refused).toEqual([
      {
        kind: 'declined',
        command: { kind: 'closeViolation', id: 1, note: ' ' },
        reason: 'violation 1 is critical: say in a note what its review found and what was changed',
      },
    ])
    expect(state.breaker!.halted).toBe(true)
    expect(say({ kind: 'closeViolation', id: 9, note: 'x' })[0]).toMatchObject({
      reason: 'there is no violation 9; the last one is 1',
    })
    expect(say({ kind: 'closeViolation', id: 1, note: 'bad data' })).toEqual([])
    expect(state.violations[0]).toMatchObject({
      resolvedAt: state.at,
      resolution: { how: 'operator', note: 'bad data' },
      parameters: { before: { limits: { leverageMax: 0.95 } }, after: { limits: { leverageMax: 0.95 } } },
    })
    expect([state.breaker!.halted, state.breaker!.peak]).toEqual([false, 8_200])
    expect(state.watch!.open).toEqual([])
    expect(state.watch!.reentries.map(({ step }) => step)).toEqual([0])
  })

  it('adds a review to a violation that ended by itself, and does not end it twice', () => {
    const { kernel, say } = halted()
    const { state } = kernel.runtime
    say({ kind: 'acknowledgeDrawdown' })
    const { resolvedAt } = state.violations[0]!
    expect(state.violations[0]!.resolution).toMatchObject({ how: 'operator', note: '' })
    expect(say({ kind: 'closeViolation', id: 1, note: 'a stop was too wide' })).toEqual([])
    expect(state.violations[0]).toMatchObject({ resolvedAt, resolution: { note: 'a stop was too wide' } })
  })
})

describe('a sleeve that failed', () => {
  it('has an open violation until an operator lets it decide again', () => {
    let fails = true
    const act: Act = () => {
      if (fails) throw new Error('no figures today')
    }
    const given = { closes: { A: steps(6, 100) }, sleeves: [{ id: 'one', weight: 1, act }] }
    const { kernel, say } = standing(given, 8)
    const { state } = kernel.runtime
    expect(state.violations).toMatchObject([{ rule: 'sleeveFault', about: 'sleeve', subject: 'one', resolvedAt: null }])
    expect(state.sleeves[0]!.paused).toBe('fault: no figures today')
    fails = false
    say({ kind: 'resume', sleeve: sleeveId('one') })
    expect(state.sleeves[0]!.paused).toBe('')
    expect(state.violations[0]).toMatchObject({ resolvedAt: state.at, resolution: { how: 'operator', note: '' } })
    expect(say({ kind: 'closeViolation', id: 1, note: 'the feed was late' })).toEqual([])
    expect(state.violations[0]!.resolution!.note).toBe('the feed was late')
  })
})

describe('a snapshot at any event', () => {
  it('of violations, peaks, latches and steps has the same future', () => {
    const act: Act = (view, out, bar) => {
      buysOnce({ 0: 90 })(view, out, bar)
      if (bar >= 6) out.enter(1, 1, 'more')
      if (bar === 9) out.target(0, shares(80), 'less')
    }
    const input = watchedRun({
      closes: { A: steps(26, 100, { 2: 112, 4: 92, 7: 109, 12: 84, 15: 108, 20: 60 }), B: steps(26, 10, { 10: 14 }) },
      sleeves: [
        {
          id: 'one',
          weight: 0.9,
          act,
          limits: { positionWeightMax: 1.04, drawdown: { halt: 0.12, resume: 0.08, resetPeakAfter: 2 } },
        },
        { id: 'two', weight: 0.1, act: buysOnce({ 1: 20 }) },
      ],
      limits: {
        leverageMax: 1,
        dailyLossMax: 0.1,
        volatility: { limit: 0.6, window: 4 },
        correlation: { limit: 0.9, window: 4 },
        drawdown: { halt: 0.15, resume: 0.1, liquidate: 0.3, resetPeakAfter: 2 },
      },
    })
    const strategies = new Map(input.strategies.map((strategy) => [strategy.name, strategy]))
    const { events, bytes } = journalOf(input)
    const plain = createKernel({ strategies })
    let restored = createKernel({ strategies })
    for (const event of events) {
      const commands = JSON.stringify(plain.apply(event).filter(({ kind }) => kind !== 'submit'))
      const others = JSON.stringify(restored.apply(event).filter(({ kind }) => kind !== 'submit'))
      expect(others).toBe(commands)
      expect(textOf(restored)).toBe(textOf(plain))
      restored = restoreKernel(JSON.parse(JSON.stringify(restored.snapshot())) as Snapshot, { strategies })
    }
    expect(textOf(plain)).toBe(bytes)
    const { violations, watch } = plain.runtime.state
    const rules = new Set(violations.map(({ rule }) => rule))
    expect(rules.size).toBeGreaterThanOrEqual(5)
    expect(watch!.reentries.length + watch!.open.length).toBeGreaterThan(0)
  })
})
