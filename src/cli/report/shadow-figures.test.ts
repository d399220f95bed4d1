import { describe, expect, it } from 'vitest'
import { sampleRun } from '../../../test/fixtures/sample-run.ts'
import { withSampleShadows } from '../../../test/fixtures/sample-shadows.ts'
import { reportOf } from './figures.ts'
import { pageText } from './page/page.ts'
import { pageOf } from './page-view.ts'
import { returnsOf } from './returns.ts'

const plain = sampleRun({ days: 500 })
const run = withSampleShadows(plain)
const report = reportOf(run)
const page = (one: typeof run): string => {
  const returns = returnsOf(one)
  return pageText(pageOf(one, reportOf(one, undefined, returns), returns))
}

describe('shadows in the report', () => {
  it('stand beside every sleeve that trades, and are null for the reserve', () => {
    for (const [index, sleeve] of report.sleeves.entries()) {
      const shadow = run.shadows.find((one) => one.sleeve === sleeve.name)
      if (sleeve.strategy === null) {
        expect(sleeve.shadow).toBeNull()
        continue
      }
      const { equity } = shadow!
      expect(sleeve.shadow).toMatchObject({
        roundTrips: sleeve.roundTrips + 1,
        fees: run.sleeves[index]!.fees * 2,
        fault: null,
      })
      expect(sleeve.shadow!.final).toBeCloseTo(equity.at(-1)!, 8)
      expect(sleeve.shadow!.totalReturn).toBeCloseTo(equity.at(-1)! / sleeve.capital - 1, 10)
      expect(sleeve.shadow!.maxDrawdown).toBeLessThan(0)
      expect(sleeve.shadow!.sharpe).toBeGreaterThan(sleeve.sharpe!)
    }
  })

  it('are null everywhere where the run kept none', () => {
    const without = reportOf(plain)
    expect(without.sleeves.map(({ shadow }) => shadow)).toEqual(without.sleeves.map(() => null))
    expect(without.netting.shadow).toBeNull()
  })

  it('add their orders up and say how much the account was spared', () => {
    const { shadow, ordersNet, unitsNet, notionalNet } = report.netting
    const orders = run.shadows.reduce((sum, one) => sum + one.orders, 0)
    const fees = run.shadows.reduce((sum, one) => sum + one.fees, 0)
    expect(shadow).toMatchObject({
      orders,
      units: run.shadows.length * 1_000,
      notional: run.shadows.length * 100_000,
      ordersSpared: orders - ordersNet,
    })
    expect(shadow!.fees).toBeCloseTo(fees, 8)
    expect(shadow!.unitsSpared).toBeCloseTo(run.shadows.length * 1_000 - unitsNet, 8)
    expect(shadow!.notionalSpared).toBeCloseTo(run.shadows.length * 100_000 - notionalNet, 6)
    expect(shadow!.feesSpared).toBeCloseTo(fees - report.portfolio.fees, 8)
  })

  it('are drawn beside the sleeves, a dashed line each, with the word of one that ended', () => {
    const [first, ...others] = run.shadows
    const drawn = page({ ...run, shadows: [{ ...first!, fault: 'its <column> is taken' }, ...others] })
    expect(drawn.includes('Sleeves and their shadows')).toBe(true)
    expect(drawn.split('class="line shadow"').length - 1).toBe(run.shadows.length)
    expect(drawn.includes('ended: its &lt;column&gt; is taken')).toBe(true)
    expect(page(plain).includes('Sleeves and their shadows')).toBe(false)
  })
})
