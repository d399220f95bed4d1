import { type KeyboardEvent, type ReactNode, useState } from 'react'
import type { MonthCell, Monthly } from '../../../../src/api/contract/performance-page.ts'
import { inkOn, rampStep } from '../../charts/ramp.ts'
import { monthText } from '../../charts/stacked-area.ts'
import { usePalette } from '../../charts/use-palette.ts'
import type { Source } from '../../data/source.ts'
import { percent } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { SleeveLabel } from '../../panels/sleeves.tsx'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const QUARTERS = ['Q1', 'Q2', 'Q3', 'Q4']

/** Three months as one: their returns compounded, the parts of the sleeves carried along. */
export function quarterOf(name: string, months: readonly (MonthCell | null)[]): MonthCell | null {
  const known = months.filter((month) => month !== null)
  if (known.length === 0) return null
  let growth = 1
  const parts = new Map<string, { title: string; contribution: number | null }>()
  for (const month of known) {
    for (const { name: sleeve, title, contribution } of month.parts) {
      const before = parts.get(sleeve)?.contribution ?? 0
      // What was earned before takes part in the month: contributions of a quarter add up to its return.
      parts.set(sleeve, { title, contribution: contribution === null ? before : before + growth * contribution })
    }
    growth *= 1 + (month.totalReturn ?? 0)
  }
  return {
    month: name,
    totalReturn: growth - 1,
    parts: [...parts].map(([sleeve, part]) => ({ name: sleeve, ...part })),
  }
}

interface CellProps {
  readonly cell: MonthCell | null
  readonly label: string
  readonly clip: number
  readonly isTotal?: boolean
  readonly onShow: (cell: MonthCell, label: string) => void
}

function Cell({ cell, label, clip, isTotal = false, onShow }: CellProps): ReactNode {
  const { paint } = usePalette()
  if (cell === null || cell.totalReturn === null) return <td className="heat-none" />
  const ground = rampStep(paint.diverging, cell.totalReturn / clip)
  const ink = inkOn(ground, [paint.text, paint.surface])
  const text = percent(cell.totalReturn, { signed: true, decimals: 1 })
  const show = (): void => onShow(cell, label)
  return (
    <td>
      <button
        type="button"
        className={`heat ${isTotal ? 'heat-total' : ''}`}
        style={isTotal ? {} : { background: ground, color: ink }}
        aria-label={`${label} ${text}`}
        onFocus={show}
        onPointerEnter={show}
        onClick={show}
      >
        {text}
      </button>
    </td>
  )
}

/** Arrow keys move between the cells. */
function walkCells(event: KeyboardEvent<HTMLTableElement>): void {
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowRight: [0, 1],
    ArrowLeft: [0, -1],
    ArrowDown: [1, 0],
    ArrowUp: [-1, 0],
  }
  const step = steps[event.key]
  const cell = (event.target as HTMLElement).closest('td')
  if (step === undefined || cell === null) return
  event.preventDefault()
  const row = (cell.parentElement as HTMLTableRowElement).rowIndex + step[0]
  event.currentTarget.rows[row]?.cells[cell.cellIndex + step[1]]?.querySelector('button')?.focus()
}

interface HeatTableProps {
  readonly view: Monthly
  readonly heads: readonly string[]
  readonly className: string
  readonly cellsOf: (year: Monthly['years'][number]) => readonly (MonthCell | null)[]
  readonly onShow: CellProps['onShow']
}

function HeatTable({ view, heads, className, cellsOf, onShow }: HeatTableProps): ReactNode {
  const clip = view.clip === null || view.clip === 0 ? 0.01 : view.clip
  return (
    <table className={`heat-table ${className}`} aria-label="Monthly returns" onKeyDown={walkCells}>
      <thead>
        <tr>
          <th scope="col" className="left">
            Year
          </th>
          {heads.map((head) => (
            <th key={head} scope="col" className="center">
              {head}
            </th>
          ))}
          <th scope="col">Total</th>
        </tr>
      </thead>
      <tbody>
        {[...view.years].reverse().map((year) => (
          <tr key={year.year}>
            <th scope="row" className="left">
              {year.year}
            </th>
            {cellsOf(year).map((cell, place) => (
              <Cell key={heads[place]} cell={cell} clip={clip} label={`${heads[place]} ${year.year}`} onShow={onShow} />
            ))}
            <Cell cell={year.total} clip={clip} label={`Year ${year.year}`} isTotal onShow={onShow} />
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The parts of the cell that is looked at: they add up to its return. */
function Parts({ cell, label }: { readonly cell: MonthCell | null; readonly label: string }): ReactNode {
  if (cell === null) return <p className="heat-parts quiet">Point at a month for the parts of its sleeves.</p>
  const parts = cell.parts
    .filter((part) => part.contribution !== null)
    .sort((left, right) => right.contribution! - left.contribution!)
  return (
    <p className="heat-parts" role="status">
      <b>{`${label} ${percent(cell.totalReturn, { signed: true })}`}</b>
      {parts.map((part) => (
        <span key={part.name}>
          <SleeveLabel sleeve={part.name} title={part.title} /> {percent(part.contribution, { signed: true })}
        </span>
      ))}
    </p>
  )
}

function Heat({ view }: { readonly view: Monthly }): ReactNode {
  const [shown, setShown] = useState<{ readonly cell: MonthCell; readonly label: string } | null>(null)
  const onShow = (cell: MonthCell, label: string): void => setShown({ cell, label })
  return (
    <>
      <div className="heat-scroll">
        <HeatTable
          view={view}
          heads={MONTHS}
          className="heat-months"
          cellsOf={({ months }) => months}
          onShow={onShow}
        />
        <HeatTable
          view={view}
          heads={QUARTERS}
          className="heat-quarters"
          cellsOf={({ year, months }) =>
            QUARTERS.map((name, place) => quarterOf(`${year} ${name}`, months.slice(place * 3, place * 3 + 3)))
          }
          onShow={onShow}
        />
      </div>
      <Parts cell={shown?.cell ?? null} label={shown?.label ?? ''} />
    </>
  )
}

/** Last day of the month of a trade date. */
function monthEnd(day: string): string {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))]
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  return `${last} ${monthText(day.slice(0, 7))}`
}

export function MonthlyPanel({
  source,
  from,
}: {
  readonly source: Source<Monthly>
  readonly from: string | null
}): ReactNode {
  return (
    <Panel
      title="Monthly returns"
      unit="sleeves' parts below"
      span={8}
      height={360}
      source={source}
      skeleton="table"
      exports={{ what: 'equity' }}
      empty={({ years }) =>
        years.length === 0
          ? { text: from === null ? 'No month has begun.' : `First month ends ${monthEnd(from)}.` }
          : null
      }
    >
      {(view) => <Heat view={view} />}
    </Panel>
  )
}
