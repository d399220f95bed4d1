import { describe, expect, it } from 'vitest'
import { defaultsOf } from '../../src/domain/parameters.ts'
import type { Strategy } from '../../src/domain/strategy.ts'
import { instrumentId, type Price, type Quantity } from '../../src/domain/units.ts'
import { runBacktest } from '../../src/engine/run/run.ts'
import { cashAndCarry } from '../../src/pipeline/strategies/cash-and-carry/cash-and-carry.ts'
import { dayOf, handRun, openOf } from './hand-run.ts'

const strategy = cashAndCarry as unknown as Strategy
const defaults = defaultsOf(cashAndCarry.parameters as never) as Record<string, number | string>

describe('cash and carry in an account', () => {
  const coin = { kind: 'crypto', step: 10_000 as Quantity, roundLot: 10_000 as Quantity, unitsPerWhole: 100_000_000 }
  const perpetual = { ...coin, kind: 'perpetual', shortable: true } as const
  const flat = (price: number) => Array.from({ length: 6 }, () => ({ open: price }))

  const gone = Array.from({ length: 3 }, () => ({ open: Number.NaN }))

  function runOf(shortable: boolean) {
    const input = handRun({
      prices: { BTC: flat(20_000), PERP: flat(20_020) },
      instruments: { BTC: { ...coin, kind: 'crypto', shortable: false }, PERP: { ...perpetual, shortable } },
      sleeves: { carry: { capital: 100_000, act: () => {} } },
      actions: [2, 3].map((bar) => ({
        at: openOf(bar),
        tradeDate: dayOf(bar),
        action: { kind: 'funding', instrument: instrumentId('PERP'), rate: 0.0005, price: null },
      })),
    })
    const [sleeve] = input.config.sleeves
    const own = { ...sleeve!, strategy: cashAndCarry.name, parameters: defaults }
    return runBacktest({ ...input, config: { ...input.config, sleeves: [own] }, strategies: [strategy] })
  }

  it('collects the funding, and little else', () => {
    const { sleeves, positions, invariants } = runOf(true)
    const [long, short] = positions.map(({ value }) => value)
    expect(Math.abs(long! + short!)).toBeLessThan(5)
    expect(long).toBeGreaterThan(44_990)
    // Twice 0.05 % of what is sold short.
    expect(sleeves[0]!.financing).toBeCloseTo(0 - short! * 0.001, 5)
    expect(sleeves[0]!.equity.at(-1)).toBeCloseTo(100_000 + sleeves[0]!.financing, 5)
    expect(invariants.violated).toEqual([])
  })
  it('does not keep the coin when its perpetual has ended', () => {
    const input = handRun({
      prices: { BTC: flat(20_000), PERP: [...flat(20_020).slice(0, 3), ...gone] },
      instruments: { BTC: { ...coin, kind: 'crypto', shortable: false }, PERP: perpetual },
      sleeves: { carry: { capital: 100_000, act: () => {} } },
      actions: [
        {
          at: openOf(3),
          tradeDate: dayOf(3),
          action: { kind: 'ended', instrument: instrumentId('PERP'), price: 20_020 as Price, cause: 'delisted' },
        },
      ],
    })
    const [sleeve] = input.config.sleeves
    const own = { ...sleeve!, strategy: cashAndCarry.name, parameters: defaults }
    const { trades, positions } = runBacktest({
      ...input,
      config: { ...input.config, sleeves: [own] },
      strategies: [strategy],
    })
    expect(positions).toEqual([])
    expect(trades.map(({ instrument, exitReason }) => `${instrument} ${exitReason}`)).toEqual([
      'PERP delisted',
      'BTC leg missing',
    ])
  })
  it('buys nothing where the other leg cannot be sold, and says why', () => {
    const { positions, refusals } = runOf(false)
    expect(positions).toEqual([])
    expect([...new Set(refusals.map(({ rule, instrument }) => `${rule} ${instrument}`))]).toEqual(['notHoldable PERP'])
  })
})
