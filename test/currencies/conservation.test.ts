import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countsPerUnit } from '../../src/domain/currencies.ts'
import type { CurrencyCode } from '../../src/domain/units.ts'
import { createAuditor } from '../../src/engine/invariants.ts'
import { valueAll } from '../../src/engine/positions/valuation.ts'
import { createRecorder } from '../../src/engine/records/recorder.ts'
import { resultOf } from '../../src/engine/records/result-of.ts'
import { runAudited } from '../../src/engine/run/run.ts'
import type { Runtime } from '../../src/engine/runtime.ts'
import { propertyRuns } from '../profile.ts'
import { type Abroad, abroad, inputAbroad } from './drawn-abroad.ts'

interface Told {
  /** Signed sums of what the observer was told, by sleeve and currency; and flows in the base currency. */
  readonly purses: Map<string, number>
  readonly flows: number[]
}

function playAbroad(plan: Abroad) {
  const input = inputAbroad(plan)
  const told: Told = { purses: new Map(), flows: input.config.sleeves.map(() => 0) }
  const recorder = createRecorder()
  const auditor = createAuditor()
  let runtime: Runtime | null = null
  const add = (sleeve: number, currency: string, counts: number): void => {
    const key = `${sleeve} ${currency}`
    told.purses.set(key, (told.purses.get(key) ?? 0) + counts)
  }
  input.config.sleeves.forEach((sleeve, ordinal) => {
    add(ordinal, 'USD', sleeve.capital)
  })
  const run = runAudited(input, auditor, {
    ...recorder,
    attach: (attached) => {
      runtime = attached
      recorder.attach(attached)
    },
    posting: (posting) => {
      const { sleeve, instrument, cash, fee } = posting
      if (instrument < 0) {
        add(sleeve, 'USD', cash)
        told.flows[sleeve]! += cash / countsPerUnit(input.config.currency)
      } else add(sleeve, input.market.instruments[instrument]!.currency, cash - fee)
      recorder.posting(posting)
    },
    converted: (sleeve, currency, amount, reason) => {
      add(sleeve, runtime!.state.currencies[currency]!, amount)
      recorder.converted?.(sleeve, currency, amount, reason)
    },
  })
  return { run, told, auditor, result: resultOf(run, recorder) }
}

describe('drawn portfolios of several currencies', () => {
  const seen = { foreignFills: 0, conversions: 0, rateMissing: 0, sleeveCash: 0, gains: 0, dividends: 0, realised: 0 }

  it('conserve every currency: sleeves, account, broker and the sums of all that was told', () => {
    fc.assert(
      fc.property(abroad, (plan) => {
        const { run, told, auditor, result } = playAbroad(plan)
        expect(auditor.violated).toEqual([])
        const { books, currencies } = run.kernel.runtime.state
        currencies.forEach((currency, column) => {
          let sum = 0
          for (let sleeve = 0; sleeve < books.sleeves; sleeve += 1) {
            const counts = books.cash[sleeve * books.currencies + column]!
            expect(Number.isInteger(counts)).toBe(true)
            expect(counts).toBe(told.purses.get(`${sleeve} ${currency}`) ?? 0)
            sum += counts
          }
          expect([sum, run.exchange.account.cashOf(currency as CurrencyCode)]).toEqual([
            books.accountCash[column],
            books.accountCash[column],
          ])
        })
        for (const { kind, instrument } of result.attribution) {
          const info = result.instruments.find(({ symbol }) => symbol === instrument)
          if (kind === 'conversion') seen.conversions += 1
          else if (info !== undefined && info.currency !== 'USD') {
            if (kind === 'fill') seen.foreignFills += 1
            if (kind === 'dividend') seen.dividends += 1
          }
        }
        for (const { rule } of result.refusals) {
          if (rule === 'rateMissing') seen.rateMissing += 1
          if (rule === 'sleeveCash') seen.sleeveCash += 1
        }
      }),
      propertyRuns(300, 6_000),
    )
    const { gains, realised, ...told } = seen
    expect([gains, realised]).toEqual([0, 0])
    for (const [what, count] of Object.entries(told)) expect({ what, seen: count > 0 }).toEqual({ what, seen: true })
  })

  it('explain every change of equity: gains, dividends, fees, flows and what rates did', () => {
    fc.assert(
      fc.property(abroad, (plan) => {
        const { run, told, result } = playAbroad(plan)
        const { runtime } = run.kernel
        // Orders for the last close fill after its valuation.
        valueAll(runtime)
        result.sleeves.forEach((sleeve, ordinal) => {
          const capital = runtime.sleeves[ordinal]!.config.capital / 1_000_000
          const parts = [
            sleeve.realised,
            sleeve.unrealised,
            sleeve.dividends,
            sleeve.currencyGain ?? 0,
            sleeve.financing,
            0 - sleeve.fees,
          ]
          const sum = parts.reduce((total, part) => total + part, capital + told.flows[ordinal]!)
          const size = parts.reduce((total, part) => total + Math.abs(part), capital)
          // Every booking rounds its cash to counts: by half a hundredth of a yen at most, worth less than 0.0001 here.
          const rounding = 0.0001 * (result.attribution.length + 1)
          expect(Math.abs(sum - runtime.sleeves[ordinal]!.equity)).toBeLessThan(1e-9 * size + rounding)
          if (sleeve.currencyGain !== null && sleeve.currencyGain !== 0) seen.gains += 1
          if (sleeve.currencyGain !== null && sleeve.realised !== 0) seen.realised += 1
        })
      }),
      propertyRuns(300, 6_000),
    )
    expect(seen.gains).toBeGreaterThan(100)
    expect(seen.realised).toBeGreaterThan(50)
  })
})
