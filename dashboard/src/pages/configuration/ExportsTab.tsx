import { type ReactNode, useState } from 'react'
import { useLive, usePortfolio } from '../../data/readings.ts'
import { EXPORT_FORMATS, type Exportable, exportAddress } from '../../frame/ExportMenu.tsx'
import { Icon } from '../../frame/Icon.tsx'

const TABLES: readonly (readonly [Exportable['what'], string, string])[] = [
  ['equity', 'Equity', 'every closed day of the portfolio and its sleeves'],
  ['trades', 'Trades', 'closed round trips with their reasons'],
  ['orders', 'Orders', 'net orders and what became of them'],
  ['positions', 'Positions', 'what is held now, by sleeve'],
  ['risk', 'Risk metrics', 'volatility, value at risk, drawdowns, concentration'],
  ['violations', 'Violations', 'limits that were exceeded, and how it ended'],
  ['notes', 'Notes', 'what people wrote, with tags'],
]

/** Every table as a file, of one sleeve or all, between two trade dates. */
export function ExportsTab(): ReactNode {
  const portfolio = usePortfolio()
  const { data } = useLive('sleeves')
  const [sleeve, setSleeve] = useState('')
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const query = { sleeve, from, to }
  return (
    <section className="panel config-form" aria-label="Exports" style={{ '--span': 12 } as React.CSSProperties}>
      <header className="panel-head">
        <h2>Exports</h2>
        <span className="unit">amounts in the portfolio's currency, instants with their offset</span>
      </header>
      <div className="form-grid">
        <label className="field">
          <span>Sleeve</span>
          <select className="input" value={sleeve} onChange={(event) => setSleeve(event.target.value)}>
            <option value="">all</option>
            {(data?.rows ?? [])
              .filter(({ status }) => status !== 'reserve')
              .map((row) => (
                <option key={row.sleeve} value={row.sleeve}>
                  {row.title}
                </option>
              ))}
          </select>
        </label>
        <label className="field">
          <span>From</span>
          <input className="input" type="date" value={from} onChange={(event) => setFrom(event.target.value)} />
        </label>
        <label className="field">
          <span>To</span>
          <input className="input" type="date" value={to} onChange={(event) => setTo(event.target.value)} />
        </label>
      </div>
      <ul className="exports">
        {TABLES.map(([what, title, text]) => (
          <li key={what}>
            <div>
              <h3>{title}</h3>
              <p className="quiet">{text}</p>
            </div>
            <span className="export-links">
              {EXPORT_FORMATS.map(([format, name]) => (
                <a
                  key={format}
                  className="button button-small"
                  href={exportAddress(portfolio, { what, query }, format)}
                  download
                  aria-label={`${title} as ${name}`}
                >
                  <Icon name="download" />
                  {name}
                </a>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
