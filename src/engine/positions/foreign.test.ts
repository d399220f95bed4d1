import { describe, expect, it } from 'vitest'
import { instrumentOf } from '../../../test/fixtures/exchange-rig.ts'
import { sampleConfig } from '../../../test/fixtures/sample-run.ts'
import type { EngineEvent } from '../../domain/events.ts'
import { type CurrencyCode, currencyCode, type Instant, money, sleeveId, type TradeDate } from '../../domain/units.ts'
import { createKernel, type Kernel, restoreKernel } from '../kernel.ts'

const USD = currencyCode('USD')
const EUR = currencyCode('EUR')
const JPY = currencyCode('JPY')
const M = 1_000_000
const sample = sampleConfig()
const config = { ...sample, sleeves: sample.sleeves.map((sleeve) => ({ ...sleeve, strategy: null })) }
const [first, second] = config.sleeves.map(({ id }) => id)

type Body<T> = T extends unknown ? Omit<T, 'seq' | 'at'> : never

function give(kernel: Kernel, ...bodies: readonly Body<EngineEvent>[]): void {
  for (const body of bodies)
    kernel.apply({ seq: kernel.runtime.state.seq + 1, at: 0 as Instant, ...body } as EngineEvent)
}

function opened(): Kernel {
  const kernel = createKernel({ strategies: new Map() })
  give(kernel, { kind: 'configured', config, codes: {} })
  return kernel
}

const rates = (...pairs: readonly (readonly [CurrencyCode, number])[]): Body<EngineEvent> => ({
  kind: 'rates',
  tradeDate: 20_240_102 as TradeDate,
  rates: pairs.map(([currency, rate]) => ({ currency, rate })),
})
const cash = { kind: 'cash', account: config.account.id } as const
const conversion = (sold: number, to: CurrencyCode, bought: number): Body<EngineEvent> => ({
  ...cash,
  currency: USD,
  amount: money(sold),
  cause: 'conversion',
  conversion: { sleeve: first!, from: USD, sold: money(sold), to, bought: money(bought) },
})

const purse = ({ runtime }: Kernel, sleeve: number, currency: number): number =>
  runtime.state.books.cash[sleeve * runtime.state.books.currencies + currency]!

describe('books of several currencies', () => {
  it('keep what was there when a currency comes, and nothing of the new one', () => {
    const kernel = opened()
    const before = Array.from(kernel.runtime.state.books.cash)
    give(kernel, rates([EUR, 1.1], [JPY, 0.01]))
    const { books, currencies } = kernel.runtime.state
    expect(currencies).toEqual(['USD', 'EUR', 'JPY'])
    before.forEach((counts, sleeve) => {
      expect([0, 1, 2].map((currency) => purse(kernel, sleeve, currency))).toEqual([counts, 0, 0])
    })
    expect(Array.from(books.accountCash)).toEqual([config.capital, 0, 0])
  })
  it('have no trace of other currencies while there is one', () => {
    const kernel = opened()
    expect(kernel.runtime.state.foreign).toBeUndefined()
    expect(new TextDecoder().decode(kernel.canonical())).not.toContain('foreign')
  })
  it('convert as stated; what the statement gains or loses against the rate is a currency gain', () => {
    const kernel = opened()
    const equity = kernel.runtime.equity
    give(kernel, rates([EUR, 1.1]), conversion(1_100 * M, EUR, 990 * M))
    expect([purse(kernel, 0, 0), purse(kernel, 0, 1)]).toEqual([config.sleeves[0]!.capital - 1_100 * M, 990 * M])
    expect(Array.from(kernel.runtime.state.books.accountCash)).toEqual([config.capital - 1_100 * M, 990 * M])
    expect(kernel.runtime.equity - equity).toBeCloseTo(-11, 9)
    expect(kernel.runtime.state.foreign!.currencyGain[0]).toBeCloseTo(-11, 9)
    expect(kernel.runtime.state.foreign!.currencyGain[1]).toBe(0)
  })
  it('value cash at the rate of now', () => {
    const kernel = opened()
    const equity = kernel.runtime.equity
    give(kernel, rates([JPY, 0.01]), conversion(1_000 * M, JPY, 100_000 * 100), rates([JPY, 0.008]))
    expect(kernel.runtime.equity - equity).toBeCloseTo(-200, 9)
    expect(kernel.runtime.state.foreign!.currencyGain[0]).toBeCloseTo(-200, 9)
  })
  it('move a foreign deposit and a foreign transfer at their value, as flows and no gains', () => {
    const kernel = opened()
    give(kernel, rates([EUR, 1.25]))
    const before = Array.from(kernel.runtime.state.previousEquity)
    const moved = { ...cash, currency: EUR, amount: money(100 * M) }
    give(kernel, { ...moved, cause: 'deposit', sleeve: first! })
    give(kernel, { ...moved, cause: 'transfer', transfer: { from: first!, to: second!, amount: money(40 * M) } })
    expect([purse(kernel, 0, 1), purse(kernel, 1, 1)]).toEqual([60 * M, 40 * M])
    const { previousEquity, foreign } = kernel.runtime.state
    expect(previousEquity[0]! - before[0]!).toBeCloseTo(75, 9)
    expect(previousEquity[1]! - before[1]!).toBeCloseTo(50, 9)
    expect(Array.from(foreign!.currencyGain)).toEqual(before.map(() => 0))
  })
  it('go on from a snapshot as if nothing had happened', () => {
    const kernel = opened()
    give(
      kernel,
      { kind: 'listed', instrument: instrumentOf('EURO', 0, { currency: EUR }) },
      rates([EUR, 1.1]),
      conversion(1_100 * M, EUR, 1_000 * M),
    )
    const other = restoreKernel(JSON.parse(JSON.stringify(kernel.snapshot())), { strategies: new Map() })
    for (const each of [kernel, other]) give(each, rates([EUR, 1.3], [JPY, 0.01]))
    expect(other.canonical()).toEqual(kernel.canonical())
    expect(other.runtime.equity).toBe(kernel.runtime.equity)
  })
})

describe('money without a rate', () => {
  it('is an error and never counted as nothing', () => {
    const deposit = { ...cash, currency: EUR, amount: money(M), cause: 'deposit', sleeve: first! } as const
    expect(() => give(opened(), deposit)).toThrow('money is held in "EUR", which has no rate')
  })
  it('and rates that are none, are refused', () => {
    expect(() => give(opened(), rates([USD, 2]))).toThrow('it has no rate')
    expect(() => give(opened(), rates([EUR, 0]))).toThrow('a rate must be positive and finite, was "0"')
    expect(() => give(opened(), rates([currencyCode('BTC'), 2]))).toThrow('no books can be kept in "BTC"')
    const stranger = {
      ...conversion(M, EUR, M),
      conversion: { sleeve: sleeveId('nobody'), from: USD, sold: money(M), to: EUR, bought: money(M) },
    }
    expect(() => give(opened(), stranger as never)).toThrow('a conversion names sleeve "nobody"')
    expect(() => give(opened(), conversion(M, USD, M))).toThrow('a conversion is between two currencies')
  })
})
