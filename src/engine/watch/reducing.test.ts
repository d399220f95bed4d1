import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Act, playWatched, shares, type WatchedRun } from '../../../test/fixtures/watched-run.ts'
import { propertyRuns } from '../../../test/profile.ts'
import type { RunResult } from '../records/result.ts'

const BARS = 16
/** Prices stand still and nobody wishes anything: what was ordered fills. */
const QUIET = 12

interface Drawn {
  readonly moves: readonly (readonly number[])[]
  readonly wishes: readonly (readonly (readonly number[])[])[]
  readonly limits: {
    readonly leverage: number
    readonly ticker: number
    readonly position: number
    readonly net: number
  }
  readonly largestFirst: boolean
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  moves: fc.array(fc.array(fc.double({ min: -0.25, max: 0.3, noNaN: true }), { minLength: BARS, maxLength: BARS }), {
    minLength: 3,
    maxLength: 3,
  }),
  wishes: fc.array(
    fc.array(fc.array(fc.integer({ min: -40, max: 60 }), { minLength: 3, maxLength: 3 }), {
      minLength: 4,
      maxLength: 4,
    }),
    { minLength: 2, maxLength: 2 },
  ),
  limits: fc.record({
    leverage: fc.double({ min: 0.3, max: 1.2, noNaN: true }),
    ticker: fc.double({ min: 0.1, max: 0.6, noNaN: true }),
    position: fc.double({ min: 0.15, max: 0.9, noNaN: true }),
    net: fc.double({ min: 0.2, max: 0.9, noNaN: true }),
  }),
  largestFirst: fc.boolean(),
})

function runOf({ moves, wishes, limits, largestFirst }: Drawn): WatchedRun {
  const closes = Object.fromEntries(
    moves.map((path, column) => {
      let price = 100
      const prices = path.map((move) => {
        price = Math.floor(price * (1 + move) * 100) / 100
        return Math.max(5, price)
      })
      return [`S${column}`, [...prices, ...Array.from({ length: QUIET }, () => prices.at(-1)!)]]
    }),
  )
  const act =
    (own: readonly (readonly number[])[]): Act =>
    (_, out, bar) => {
      if (bar % 4 !== 0 || bar >= BARS - 1) return
      for (const [column, count] of own[bar / 4]!.entries()) out.target(column, shares(count), 'wish')
    }
  const action = largestFirst ? 'reduce_position' : 'reduce_positions'
  return {
    closes,
    capital: 40_000,
    sleeves: wishes.map((own, ordinal) => ({
      id: `s${ordinal}`,
      weight: 0.5,
      act: act(own),
      limits: { positionWeightMax: limits.position },
    })),
    limits: { leverageMax: limits.leverage, positionWeightMax: limits.ticker, leverageNetMax: limits.net },
    violations: { rules: { portfolio_leverage: { action }, portfolio_net_leverage: { action } } },
  }
}

/** Fills whose reason is a violation, with what the sleeve held before each. */
function reactions({ attribution }: RunResult): readonly { readonly before: number; readonly quantity: number }[] {
  const held = new Map<string, number>()
  return attribution.flatMap(({ kind, sleeve, instrument, quantity, reason }) => {
    if (kind !== 'fill' && kind !== 'cross') return []
    const key = `${sleeve}/${instrument}`
    const before = held.get(key) ?? 0
    held.set(key, before + quantity)
    return reason.startsWith('violation: ') ? [{ before, quantity }] : []
  })
}

describe('reactions to drawn markets', () => {
  it('never enlarge or turn a position, and leave the book within every limit', () => {
    let seen = 0
    fc.assert(
      fc.property(drawn, (given) => {
        const result = playWatched(runOf(given))
        expect(result.invariants.violated).toEqual([])
        for (const { before, quantity } of reactions(result)) {
          seen += 1
          expect(Math.sign(quantity)).toBe(-Math.sign(before))
          expect(Math.abs(quantity)).toBeLessThanOrEqual(Math.abs(before))
        }
        expectWithin(result, given.limits)
      }),
      propertyRuns(150, 10_000),
    )
    expect(seen).toBeGreaterThan(100)
  })
})

function expectWithin({ positions, equity, sleeves }: RunResult, limits: Drawn['limits']): void {
  const whole = equity.at(-1)!
  const net = new Map<string, number>()
  for (const { sleeve, instrument, value } of positions) {
    net.set(instrument, (net.get(instrument) ?? 0) + value)
    const own = sleeves.find(({ id }) => id === sleeve)!.equity.at(-1)!
    expect(Math.abs(value)).toBeLessThanOrEqual(limits.position * own * (1 + 1e-9))
  }
  let gross = 0
  let sum = 0
  for (const value of net.values()) {
    gross += Math.abs(value)
    sum += value
    expect(Math.abs(value)).toBeLessThanOrEqual(limits.ticker * whole * (1 + 1e-9))
  }
  expect(gross).toBeLessThanOrEqual(limits.leverage * whole * (1 + 1e-9))
  expect(Math.abs(sum)).toBeLessThanOrEqual(limits.net * whole * (1 + 1e-9))
}
