import { describe, expect, it } from 'vitest'
import { withSampleBenchmark } from '../../../test/fixtures/sample-benchmark.ts'
import { sampleRun } from '../../../test/fixtures/sample-run.ts'
import { withSampleShadows } from '../../../test/fixtures/sample-shadows.ts'
import { reportOf } from './figures.ts'
import { percent, ratio } from './numbers.ts'
import { renderSummary } from './summary.ts'
import { FILE_NAMES } from './write.ts'

const report = reportOf(sampleRun({ days: 1_258 }), { folder: 'out', ...FILE_NAMES })
const text = renderSummary(report, { width: 140, colour: false })
const lines = text.split('\n')

describe('the summary', () => {
  it('says what the book may lose and who carries most of it', () => {
    const report = reportOf(sampleRun({ days: 500 }))
    const text = renderSummary(report, { width: 200, colour: false })
    const most = report.risk.shares.indexOf(Math.max(...report.risk.shares.map((share) => share ?? 0)))
    const title = report.sleeves.find(({ name }) => name === report.risk.names[most])!.title
    expect(text).toMatch(/^Risk of the book: volatility .* a year, on one day in twenty more than .* lost/m)
    expect(text).toContain(`${title} carries `)
    expect(text).toContain('Slippage cost $73.60, crossing inside spared $6.20')
    expect(renderSummary(reportOf(sampleRun({ days: 1 })), { width: 200, colour: false })).not.toContain('Risk of')
  })
  it('sets the portfolio against its benchmark', () => {
    const beside = reportOf(withSampleBenchmark(sampleRun({ days: 500 })))
    const { beta, alpha, trackingError } = beside.benchmark!
    expect(renderSummary(beside, { width: 200, colour: false })).toContain(
      `: beta ${ratio(beta)}, alpha ${percent(alpha, 'both')} a year, tracking error ${percent(trackingError)}, correlation `,
    )
    expect(text).not.toContain('Against SPY')
  })
  it('names every halt of the portfolio, its end and what its review proposes', () => {
    const halt = lines.find((line) => line.includes('portfolio drawdown'))!
    expect(halt).toMatch(
      /^ {2}\d+ \w+ \d{4}: portfolio drawdown 15\.2.% against 15\.0.%, halt entries, still open; "large_cap" made 75 %/,
    )
  })

  it('shows the capitals in its first line', () => {
    expect(lines[0]).toBe(
      'Capital $99,000: Large-cap mean reversion $24,750, Micro-cap breakout $19,800, Theta decay $24,750, Crypto trend $14,850, Cash reserve $14,850',
    )
  })

  it('lists every sleeve with its figures, and the portfolio below', () => {
    const row = lines.find((line) => line.startsWith('Crypto trend'))!
    const { totalReturn, volatility, maxDrawdown, contribution } = report.sleeves[3]!
    for (const figure of [
      percent(totalReturn, 'both'),
      percent(volatility),
      percent(maxDrawdown),
      percent(contribution, 'both'),
    ])
      expect(row).toContain(figure)
    expect(lines.find((line) => line.startsWith('Portfolio  '))).toContain(
      percent(report.portfolio.totalReturn, 'both'),
    )
    for (const head of ['Total return', 'Volatility', 'Sharpe', 'Drawdown', 'Trades', 'Win rate', 'Contribution'])
      expect(lines[2]).toContain(head)
  })

  it('says what netting saved, how positions were closed, and where the report is', () => {
    expect(text).toContain('Netting saved $44,330 (5.5\u202f%) in trade value')
    expect(text).toMatch(/Crypto trend: .*trail 20 % \d+/)
    expect(text).toContain('Report: out/report.html')
  })

  it('puts each sleeve beside its shadow, where shadows are kept', () => {
    const shadowed = reportOf(withSampleShadows(sampleRun({ days: 1_258 })))
    const [sleeve] = shadowed.sleeves
    const shown = renderSummary(shadowed, { width: 140, colour: false }).split('\n')
    const row = shown[shown.indexOf('Shadows: each sleeve alone at full capital') + 1]!
    expect(row).toContain(`: ${percent(sleeve!.totalReturn, 'both')}, Sharpe`)
    expect(row).toContain(`; alone ${percent(sleeve!.shadow!.totalReturn, 'both')}, Sharpe`)
    expect(text).not.toContain('Shadows')
  })

  it('says what exchange rates brought, where the books keep several currencies', () => {
    expect(text).toContain('Exchange rates alone brought −$12.50')
    const sleeves = report.sleeves.map((sleeve) => ({ ...sleeve, currencyGain: null }))
    expect(renderSummary({ ...report, sleeves }, { width: 100, colour: false })).not.toContain('Exchange rates')
  })

  it('keeps the table within the terminal and drops columns in their order', () => {
    for (const width of [60, 80, 100, 120]) {
      const table = renderSummary(report, { width, colour: false }).split('\n\n')[1]!
      for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(Math.max(width, 62))
    }
    expect(renderSummary(report, { width: 80, colour: false })).not.toContain('Win rate')
  })

  it('colours only when asked to', () => {
    expect(text).not.toContain('\u001b')
    expect(renderSummary(report, { width: 140, colour: true })).toContain('\u001b[32m')
  })

  it('lets no title steer the terminal', () => {
    const hostile = { ...report, sleeves: report.sleeves.map((sleeve) => ({ ...sleeve, title: 'a\u001b[2Jb\n' })) }
    expect(renderSummary(hostile, { width: 140, colour: false })).not.toContain('\u001b')
  })

  it('says so where nothing happened', () => {
    const quiet = renderSummary(reportOf(sampleRun({ days: 1 })), { width: 100, colour: false })
    expect(quiet).toContain('Netting: no order was sent')
    expect(quiet).toContain('Exits: no position was closed')
    expect(quiet).not.toContain('Report:')
    expect(quiet).not.toMatch(/NaN|Infinity|undefined|null/)
  })
})
