import type { BenchmarkFigures } from '../../../api/contract/report.ts'
import { count, percent, ratio } from '../numbers.ts'
import { empty, type Frame, panel, result, table } from './frame.ts'
import { html, type Markup } from './markup.ts'
import { plural } from './words.ts'

/* The portfolio beside its benchmark. */

const RATIOS: ReadonlySet<keyof BenchmarkFigures> = new Set(['sharpe', 'sortino'])
/** A smaller one is written as zero. */
const SMALLEST_RATIO = 0.005
const BESIDE = [
  ['totalReturn', 'Total return'],
  ['annualReturn', 'Return a year'],
  ['volatility', 'Volatility'],
  ['sharpe', 'Sharpe'],
  ['sortino', 'Sortino'],
  ['maxDrawdown', 'Deepest drawdown'],
] as const

/** More volatility is neither a gain nor a loss. */
function differenceCell(key: keyof BenchmarkFigures, own: number | null, other: number | null): Markup {
  const difference = own === null || other === null ? null : own - other
  const sign = RATIOS.has(key) && difference !== null && difference >= SMALLEST_RATIO ? '+' : ''
  const text = RATIOS.has(key) ? `${sign}${ratio(difference)}` : percent(difference, 'both')
  return key === 'volatility' ? html`<td>${text}</td>` : result(text, difference)
}

/** Nothing where no benchmark is named. */
export function benchmarkPanel({ page }: Frame): Markup | null {
  const { portfolio, benchmark } = page.report
  if (benchmark === null) return null
  const text = { title: `Against ${benchmark.instrument}`, unit: 'dividends included, days that both have' }
  if (benchmark.beta === null)
    return panel(
      text,
      empty(
        `Figures against ${benchmark.instrument} need two days on which it moves; it has a return on ${count(benchmark.days)} of ${count(portfolio.days)}.`,
      ),
    )
  const rows = BESIDE.map(([key, label]) => {
    const [own, other] = [portfolio[key], benchmark[key]]
    const words = (value: number | null): string => (RATIOS.has(key) ? ratio(value) : percent(value))
    return html`<tr><th scope="row" class="l">${label}</th><td>${words(own)}</td><td>${words(other)}</td>${differenceCell(key, own, other)}</tr>`
  })
  const columns = ['<Figure', 'Portfolio', benchmark.instrument, 'Difference']
  return panel(
    text,
    html`${table({ caption: 'Portfolio and benchmark', columns, kind: 'benchmark' }, rows)}
<p class="note">On ${plural(count(benchmark.days), 'day', 'days')} that both have: beta ${ratio(benchmark.beta)}, alpha ${percent(benchmark.alpha, 'both')} a year, correlation ${ratio(benchmark.correlation)}, tracking error ${percent(benchmark.trackingError)} a year, information ratio ${ratio(benchmark.informationRatio)}.</p>`,
  )
}
