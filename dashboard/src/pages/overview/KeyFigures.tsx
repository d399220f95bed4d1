import type { ReactNode } from 'react'
import { Link, useSearch } from 'wouter'
import type { Figures } from '../../../../src/api/contract/overview.ts'
import { type Amounts, useAmounts } from '../../data/amounts.ts'
import { useLive } from '../../data/readings.ts'
import { count, leverage, percent } from '../../format.ts'
import { useFreshness } from '../../frame/AgeChip.tsx'
import { FormulaMark } from '../../frame/Formula.tsx'
import { KEY_FORMULAS } from '../../frame/figure-formulas.ts'
import { Meter } from '../../frame/Meter.tsx'
import { Signed, Undefined } from '../../frame/Signed.tsx'
import { carriedSearch } from '../../state/url.ts'
import { tradeDate } from '../../times.ts'
import { useBenchmarkToday } from './benchmark.ts'

interface FigureProps {
  readonly title: keyof typeof KEY_FORMULAS
  readonly to: string
  readonly className?: string
  readonly children: ReactNode
}

function Cell({ title, to, className = '', children }: FigureProps): ReactNode {
  const carried = carriedSearch(useSearch())
  return (
    <div className={`figure ${className}`}>
      <dt>
        <Link href={`${to}${carried}`}>{title}</Link>
        <FormulaMark label={title} names={[KEY_FORMULAS[title]]} />
      </dt>
      <dd>{children}</dd>
    </div>
  )
}

/** The whole amount large, its cents small. */
function Headline({ value, amounts }: { readonly value: string | null; readonly amounts: Amounts }): ReactNode {
  const text = amounts.money(value, { cents: true })
  const point = amounts.isDiscreet ? -1 : text.lastIndexOf('.')
  if (point < 0) return <span className="figure-value">{text}</span>
  return (
    <span className="figure-value">
      {text.slice(0, point)}
      <small>{text.slice(point)}</small>
    </span>
  )
}

function use(value: number | null, limit: number | null): number | null {
  return value === null || limit === null || limit === 0 ? null : value / limit
}

function Leverage({ figures }: { readonly figures: Figures }): ReactNode {
  const { gross, limit } = figures.leverage
  const text = limit === null ? 'no limit set' : `limit ${leverage(limit)}`
  return (
    <Cell title="Leverage, gross" to="/risk">
      <span className="figure-value">{leverage(gross)}</span>
      <Meter use={use(gross, limit)} label={`${leverage(gross)}, ${text}`} />
      <span className="figure-foot">{text}</span>
    </Cell>
  )
}

function Drawdown({ figures }: { readonly figures: Figures }): ReactNode {
  const { current, limit } = figures.drawdown
  const text = limit === null ? 'no halt set' : `halts at ${percent(limit)}`
  return (
    <Cell title="Drawdown" to="/risk">
      <span className="figure-value">{percent(current)}</span>
      <Meter use={use(current, limit)} label={`${percent(current)}, ${text}`} />
      <span className="figure-foot">{text}</span>
    </Cell>
  )
}

function Today({ figures, amounts }: { readonly figures: Figures; readonly amounts: Amounts }): ReactNode {
  const { amount, fraction, why } = figures.today
  const benchmark = useBenchmarkToday()
  return (
    <Cell title="Today" to="/performance" className="figure-today">
      <span className="figure-value">
        {amount === null ? (
          <Undefined why={why} />
        ) : (
          <Signed value={amount} text={amounts.money(amount, { signed: true, cents: true })} />
        )}
      </span>
      <span className="figure-foot">
        {fraction !== null && <Signed value={fraction} decimals={4} text={percent(fraction, { signed: true })} />}
        {benchmark !== null && `, ${benchmark.title} ${percent(benchmark.change, { signed: true })}`}
      </span>
    </Cell>
  )
}

function TotalReturn({ figures, amounts }: { readonly figures: Figures; readonly amounts: Amounts }): ReactNode {
  const { fraction, amount, annual, since, why } = figures.totalReturn
  return (
    <Cell title="Total return" to="/performance">
      <span className="figure-value">
        {fraction === null ? <Undefined why={why} /> : percent(fraction, { signed: true })}
      </span>
      <span className="figure-foot" title={since === null ? '' : `since ${tradeDate(since)}`}>
        {amount === null ? '' : amounts.money(amount, { signed: true, cents: false })}
        {annual !== null && `, ${percent(annual, { signed: true })} a year`}
      </span>
    </Cell>
  )
}

function Shown({ figures, late }: { readonly figures: Figures; readonly late: readonly string[] }): ReactNode {
  const amounts = useAmounts()
  const { sleeves, positions } = figures
  const idle = sleeves.total - sleeves.active
  const netted = positions.gross - positions.net
  return (
    <dl className="figures">
      <Cell title="Portfolio value" to="/performance" className="figure-main">
        <Headline value={figures.value} amounts={amounts} />
        <span className="figure-foot">
          {figures.lastClose === null ? '' : `${amounts.money(figures.lastClose, { cents: false })} last close`}
          {late.length > 0 && (
            <span className="warn">{`, ${late.length} price${late.length === 1 ? '' : 's'} late`}</span>
          )}
        </span>
      </Cell>
      <Today figures={figures} amounts={amounts} />
      <TotalReturn figures={figures} amounts={amounts} />
      <Leverage figures={figures} />
      <Drawdown figures={figures} />
      <Cell title="Active sleeves" to="/config/sleeves">
        <span className="figure-value">
          {count(sleeves.active)} <small>of {count(sleeves.total)}</small>
        </span>
        <span className="figure-foot">{idle === 0 ? 'all take positions' : `${count(idle)} take no new ones`}</span>
      </Cell>
      <Cell title="Open positions" to="/strategy" className="figure-positions">
        <span className="figure-value">
          {count(positions.net)} <small>net</small>
        </span>
        <span className="figure-foot">
          {count(positions.gross)} gross{netted > 0 ? `, ${count(netted)} netted` : ''}
        </span>
      </Cell>
    </dl>
  )
}

/** What the portfolio is worth and how close it is to its limits. */
export function KeyFigures(): ReactNode {
  const source = useLive('figures')
  const { state } = useFreshness(source)
  const isDim = source.error !== null || state === 'lost'
  return (
    <section
      className="panel key-figures"
      aria-label="Key figures"
      data-panel="Key figures"
      style={{ '--span': 12 } as React.CSSProperties}
    >
      {source.error !== null && (
        <p className="panel-error" role="status">
          <span>Could not load key figures ({source.error}). Retrying.</span>
          <button type="button" className="link" onClick={source.retry}>
            Retry
          </button>
        </p>
      )}
      {source.data === null ? (
        <div className="skeleton skeleton-figures" aria-hidden="true" />
      ) : (
        <div className={isDim ? 'panel-dim' : ''}>
          <Shown figures={source.data} late={source.late} />
        </div>
      )}
    </section>
  )
}
