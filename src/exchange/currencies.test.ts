import { describe, expect, it } from 'vitest'
import { CASH_ACCOUNT, exchangeRig, FREE, instrumentOf, MARGIN_ACCOUNT } from '../../test/fixtures/exchange-rig.ts'
import { currencyCode, money } from '../domain/units.ts'

const USD = currencyCode('USD')
const EUR = currencyCode('EUR')
const JPY = currencyCode('JPY')
const home = instrumentOf('HOME', 0)
const euro = instrumentOf('EURO', 1, { currency: EUR })
const yen = instrumentOf('YEN', 2, { currency: JPY })
const bar = (price: number) => [price, price, price, price, 1_000_000] as const
const M = 1_000_000

function opened(options: Parameters<typeof exchangeRig>[1]) {
  const rig = exchangeRig([home, euro, yen], options)
  rig.day([bar(100), bar(50), bar(3_000)])
  return rig
}

describe('a purse per currency', () => {
  it('pays for shares of its currency, their fees in it, and leaves the others alone', () => {
    const commission = { ...FREE.commission, perShare: 0.5 }
    const rig = opened({ account: CASH_ACCOUNT, costs: { equity: { ...FREE, commission } } })
    rig.exchange.setRate(EUR, 1.1)
    rig.exchange.convert({ from: USD, sold: money(11_000 * M), to: EUR, bought: money(10_000 * M) })
    const { fills } = rig.send([{ of: euro, shares: 100 }])
    expect(fills).toMatchObject([{ shares: 100, price: 50, fee: 50 }])
    expect(rig.exchange.account.cash).toBe(89_000 * M)
    expect(rig.exchange.account.cashOf('EUR')).toBe((10_000 - 5_000 - 50) * M)
    expect(rig.exchange.account.cashOf('USD')).toBe(89_000 * M)
    expect(rig.exchange.account.cashOf('CHF')).toBe(0)
  })
  it('counts yen in hundredths', () => {
    const rig = opened({ account: MARGIN_ACCOUNT })
    rig.exchange.setRate(JPY, 0.008)
    rig.send([{ of: yen, shares: 100 }])
    expect(rig.exchange.account.cashOf('JPY')).toBe(-300_000 * 100)
    expect(rig.exchange.equity()).toBe(100_000 * M)
  })
  it('takes dividends in the currency of the share', () => {
    const rig = opened({ account: MARGIN_ACCOUNT })
    rig.exchange.setRate(EUR, 1.1)
    rig.send([{ of: euro, shares: 10 }])
    rig.exchange.apply({ kind: 'dividend', instrument: euro.id, amount: 2 })
    expect([rig.exchange.account.cash, rig.exchange.account.cashOf('EUR')]).toEqual([100_000 * M, -480 * M])
  })
})

describe('buying power over several currencies', () => {
  it('is the purse alone in a cash account, said in its currency', () => {
    const rig = opened({ account: CASH_ACCOUNT })
    rig.exchange.setRate(EUR, 1.25)
    rig.exchange.convert({ from: USD, sold: money(12_500 * M), to: EUR, bought: money(10_000 * M) })
    const { fills, states } = rig.send([{ of: euro, shares: 300 }])
    expect(fills).toMatchObject([{ shares: 200 }])
    expect(states[0]!.evidence).toBe('needs 15000.00 EUR of cash, 10000.00 EUR is free: cut from 300 to 200')
    const dollars = rig.send([{ of: home, shares: 1_000 }])
    expect(dollars.fills).toMatchObject([{ shares: 875 }])
  })
  it('rejects what has no rate yet; exits pass', () => {
    const rig = opened({ account: MARGIN_ACCOUNT })
    expect(rig.send([{ of: euro, shares: 1 }]).states).toMatchObject([
      { state: 'rejected', evidence: 'no rate of EUR is known' },
    ])
    expect(rig.send([{ of: euro, shares: -1, reducing: true }]).fills).toHaveLength(1)
  })
  it('is judged in the base currency where the account lends', () => {
    const rig = opened({ account: MARGIN_ACCOUNT })
    rig.exchange.setRate(EUR, 2)
    // 100,000 dollars carry 200,000: 2,000 shares of 50 euro
    const { fills, states } = rig.send([{ of: euro, shares: 3_000 }])
    expect(fills).toMatchObject([{ shares: 2_000 }])
    expect(states[0]!.evidence).toContain('USD of initial margin')
    expect(rig.exchange.buyingPower()).toBe(0)
  })
  it('follows the rate: a loan in a currency that rises brings a margin call', () => {
    const rig = opened({ account: MARGIN_ACCOUNT })
    rig.exchange.setRate(EUR, 1)
    rig.exchange.convert({ from: EUR, sold: money(190_000 * M), to: USD, bought: money(190_000 * M) })
    rig.send([{ of: home, shares: 1_900 }])
    expect(rig.exchange.equity()).toBe(100_000 * M)
    expect(rig.exchange.marginCall()).toBeNull()
    rig.exchange.setRate(EUR, 1.4)
    // 290,000 less 266,000 owed; a quarter of 190,000 is asked
    expect(rig.exchange.equity()).toBeCloseTo(24_000 * M, 0)
    expect(rig.exchange.marginCall()!.deficit).toBeCloseTo(23_500 * M, 0)
  })
})
