import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleRun } from '../../../test/fixtures/sample-run.ts'
import type { PortfolioFigures } from '../../api/contract/report.ts'
import { identifier } from '../config/schema/terms.ts'
import { reportOf } from '../report/figures.ts'
import { returnsOf } from '../report/returns.ts'
import { FILE_NAMES, reportTexts } from '../report/write.ts'
import { backtestsIn } from './beside.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-beside-'))
const run = sampleRun({ days: 120 })
const report = reportOf(run)
const { portfolio } = report
const backtests = backtestsIn(folder)
const { texts } = reportTexts(run)
const days = texts.equity.trimEnd().split('\r\n').slice(1)
const dayAt = (place: number): string => days[place]!.slice(0, 10)

beforeAll(() => {
  for (const name of ['long', 'half']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'long', FILE_NAMES.report), JSON.stringify(report))
  writeFileSync(join(folder, 'long', FILE_NAMES.equity), texts.equity)
  writeFileSync(join(folder, 'half', FILE_NAMES.report), '{"portfolio":')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const live = (more: Partial<PortfolioFigures>): PortfolioFigures => ({ ...portfolio, name: 'Live', ...more })

describe('a backtest beside a portfolio', () => {
  it('is a choice once its report is whole', async () => {
    const { name, start, end, totalReturn } = portfolio
    expect(await backtests.choices('Live')).toEqual([{ name: 'long', portfolio: name, start, end, totalReturn }])
  })

  it('is another choice when its files are written anew, and none when they are gone', async () => {
    const names = async () => (await backtests.choices('Live')).map(({ name, end }) => [name, end])
    mkdirSync(join(folder, 'new'))
    writeFileSync(join(folder, 'new', FILE_NAMES.report), JSON.stringify(report))
    expect(await names()).toEqual([['long', portfolio.end]])
    writeFileSync(join(folder, 'new', FILE_NAMES.equity), texts.equity)
    expect(await names()).toHaveLength(2)
    const shorter = { ...report, portfolio: { ...portfolio, end: '2022-03-01', name: 'shorter than before' } }
    writeFileSync(join(folder, 'new', FILE_NAMES.report), JSON.stringify(shorter))
    expect(await names()).toEqual([
      ['long', portfolio.end],
      ['new', '2022-03-01'],
    ])
    rmSync(join(folder, 'new'), { recursive: true })
    expect(await names()).toEqual([['long', portfolio.end]])
    expect(await backtests.beside('new', portfolio, 252)).toBeNull()
  })

  it('counts from the first day of the portfolio to its last one', async () => {
    const own = live({ start: dayAt(50), end: dayAt(99), totalReturn: 0.01 })
    const beside = (await backtests.beside('long', own, run.config.periods))!
    const returns = returnsOf(run).portfolio.subarray(50, 100)
    let wealth = 1
    const wanted = Array.from(returns, (step) => {
      wealth *= 1 + step
      return wealth - 1
    })
    expect(beside.days).toBe(50)
    expect(identifier.safeParse(beside.line!.name).success).toBe(false)
    expect(beside.line!.days).toEqual(Array.from(wanted, (_, place) => dayAt(50 + place)))
    for (const [place, value] of wanted.entries()) expect(beside.line!.values[place]).toBeCloseTo(value, 12)
    const total = beside.rows.find(({ metric }) => metric === 'total_return')!
    expect(total.backtest).toBeCloseTo(wanted.at(-1)!, 12)
    expect(total.difference).toBeCloseTo(0.01 - wanted.at(-1)!, 12)
  })

  it('has no line where it shares no day, and is not found under another name or beside the folder', async () => {
    const later = await backtests.beside('long', live({ start: '2031-01-02', end: '2031-03-03' }), 252)
    expect(later).toMatchObject({ line: null, rows: [], days: 0 })
    expect(later!.why).toContain('none of which is a day of the portfolio')
    expect(await backtests.beside('../long', portfolio, 252)).toBeNull()
    expect(await backtests.beside('half', portfolio, 252)).toBeNull()
    expect((await backtests.beside('long', null, null))!.why).toBe('No day of the portfolio has ended yet.')
  })
})
