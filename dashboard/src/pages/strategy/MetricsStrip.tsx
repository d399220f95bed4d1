import type { ReactNode } from 'react'
import type { ExpectedRange, SleeveFigures } from '../../../../src/api/contract/report.ts'
import { type Amounts, useAmounts } from '../../data/amounts.ts'
import type { Source } from '../../data/source.ts'
import { count, percent, ratio } from '../../format.ts'
import { FigureName } from '../../frame/Formula.tsx'
import { SLEEVE_FORMULAS } from '../../frame/figure-formulas.ts'
import { Panel } from '../../frame/Panel.tsx'
import { Signed, Undefined } from '../../frame/Signed.tsx'
import { PlainTable } from '../../panels/PlainTable.tsx'

type MetricName = keyof typeof SLEEVE_FORMULAS

interface Metric {
  readonly name: MetricName
  readonly value: number | null
  readonly text: string
  readonly isResult?: boolean
  readonly expected?: string
  readonly isOutside?: boolean
  readonly why?: string
}

function expectation(
  range: ExpectedRange | null | undefined,
  format: (value: number) => string,
): Pick<Metric, 'expected' | 'isOutside'> {
  if (range === null || range === undefined) return {}
  return { expected: `${format(range.low)} to ${format(range.high)}`, isOutside: range.within === false }
}

const FEW = 'no round trip was closed yet'

/** Every figure of a sleeve's report, in the order in which it is read. */
function metricsOf(figures: SleeveFigures, { money }: Pick<Amounts, 'money'>): readonly Metric[] {
  const fraction = (name: MetricName, value: number | null, isResult = false): Metric => ({
    name,
    value,
    text: percent(value, { signed: isResult }),
    isResult,
  })
  const rational = (name: MetricName, value: number | null, why?: string): Metric => ({
    name,
    value,
    text: ratio(value),
    ...(why === undefined ? {} : { why }),
  })
  const amount = (name: MetricName, value: number | null, isResult = false): Metric => ({
    name,
    value,
    text: money(value, { signed: isResult }),
    isResult,
  })
  const whole = (name: MetricName, value: number): Metric => ({ name, value, text: count(value) })
  const few = figures.fewRoundTrips ?? FEW
  const { expected } = figures
  return [
    amount('Value', figures.final),
    fraction('Total return', figures.totalReturn, true),
    fraction('A year', figures.annualReturn, true),
    fraction('Volatility', figures.volatility),
    { ...rational('Sharpe', figures.sharpe), ...expectation(expected?.sharpe, (value) => ratio(value, 1)) },
    rational('Sortino', figures.sortino),
    rational('Calmar', figures.calmar),
    fraction('Max drawdown', figures.maxDrawdown),
    {
      ...fraction('Win rate', figures.winRate),
      why: few,
      ...expectation(expected?.winRate, (value) => percent(value, { decimals: 0 })),
    },
    rational('Profit factor', figures.profitFactor, few),
    whole('Round trips', figures.roundTrips),
    {
      ...rational('Trades a month', figures.tradesPerMonth, few),
      ...expectation(expected?.tradesPerMonth, (value) => ratio(value, 0)),
    },
    amount('Average trade', figures.averageTrade, true),
    amount('Average winner', figures.averageWinner, true),
    amount('Average loser', figures.averageLoser, true),
    amount('Realised', figures.realised, true),
    amount('Unrealised', figures.unrealised, true),
    amount('Dividends', figures.dividends),
    amount('Fees', figures.fees),
    fraction('Contribution', figures.contribution, true),
    {
      ...rational('Leverage', figures.leverage),
      text: figures.leverage === null ? 'n/a' : `${ratio(figures.leverage)}×`,
    },
    whole('Positions', figures.positions),
    fraction('Largest position', figures.maxPositionWeight),
    fraction('Money-weighted', figures.moneyWeightedReturn, true),
    amount('Capital', figures.capital),
  ]
}

function Shown({ metric }: { readonly metric: Metric }): ReactNode {
  if (metric.value === null) return <Undefined why={metric.why ?? 'too few days'} />
  return metric.isResult === true ? <Signed value={metric.value * 100} text={metric.text} /> : metric.text
}

export function MetricsStrip({ source }: { readonly source: Source<SleeveFigures> }): ReactNode {
  const amounts = useAmounts()
  return (
    <Panel
      title="Metrics"
      unit="since the start"
      span={12}
      className="metrics-panel"
      source={source}
      skeleton="figures"
      exports={{ what: 'risk' }}
      table={(figures) => (
        <PlainTable
          label="Metrics of the sleeve"
          columns={[{ title: 'Metric' }, { title: 'Value' }, { title: 'Expected' }]}
          rows={metricsOf(figures, amounts).map((metric) => ({
            key: metric.name,
            cells: [metric.name, metric.text, metric.expected ?? ''],
          }))}
        />
      )}
    >
      {(figures) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
        <section className="metrics-strip" aria-label="Metrics of the sleeve" tabIndex={0}>
          <dl>
            {metricsOf(figures, amounts).map((metric) => (
              <div key={metric.name}>
                <dt>
                  <FigureName label={metric.name} names={[SLEEVE_FORMULAS[metric.name]]} />
                </dt>
                <dd>
                  <Shown metric={metric} />
                  {metric.expected !== undefined && (
                    <small className={metric.isOutside === true ? 'warn' : 'quiet'}>
                      {` ${metric.value === null ? 'expected' : metric.isOutside === true ? 'outside' : 'within'} ${metric.expected}`}
                    </small>
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </Panel>
  )
}
