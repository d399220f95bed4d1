import { type ReactNode, useCallback, useMemo } from 'react'
import type { Line } from '../../../../src/api/contract/analysis.ts'
import type { Attribution } from '../../../../src/api/contract/performance-page.ts'
import { Chart } from '../../charts/Chart.tsx'
import { lastValue } from '../../charts/day-lines.ts'
import { contributionArea, contributionBars, monthText } from '../../charts/stacked-area.ts'
import { usePalette } from '../../charts/use-palette.ts'
import type { Source } from '../../data/source.ts'
import { percent } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { Segments } from '../../frame/Segments.tsx'
import { LinesTable, linesCursor } from '../../panels/line-tables.tsx'
import { SleeveLabel } from '../../panels/sleeves.tsx'
import { useParameter } from '../../state/url.ts'

const FORMS = ['area', 'bars'] as const
const signed = (value: number | null): string => percent(value, { signed: true })

/** A line from a month to a month: what came before counts as nothing. */
function within(line: Line, from: string, to: string): Line {
  const start = line.days.findLastIndex((day) => day.slice(0, 7) < from)
  const base = start < 0 ? 0 : (line.values[start] ?? 0)
  const places = line.days.flatMap((day, place) => (day.slice(0, 7) >= from && day.slice(0, 7) <= to ? [place] : []))
  return {
    ...line,
    days: places.map((place) => line.days[place]!),
    values: places.map((place) => {
      const value = line.values[place] ?? null
      return value === null ? null : value - base
    }),
  }
}

/** The attribution of some of its months; contributions are differences of the cumulative ones, so they still add up. */
export function attributionWithin(view: Attribution, from: string, to: string): Attribution {
  return {
    ...view,
    lines: view.lines.map((line) => within(line, from, to)),
    total: within(view.total, from, to),
    bars: view.bars.filter(({ month }) => month >= from && month <= to),
  }
}

function Sums({ view }: { readonly view: Attribution }): ReactNode {
  const parts = view.lines
    .map((line) => ({ line, value: lastValue(line) }))
    .sort((left, right) => (right.value ?? 0) - (left.value ?? 0))
  return (
    <p className="attribution-sums">
      {parts.map(({ line, value }) => (
        <span key={line.name}>
          <SleeveLabel sleeve={line.name} title={line.title} isLink /> {signed(value)}
        </span>
      ))}
      <span className="strong">{`Together ${signed(lastValue(view.total))}`}</span>
    </p>
  )
}

function AttributionChart({ view, form }: { readonly view: Attribution; readonly form: 'area' | 'bars' }): ReactNode {
  const palette = usePalette()
  const option = useCallback(
    () => (form === 'area' ? contributionArea(view, palette) : contributionBars(view.bars, palette)),
    [view, form, palette],
  )
  const days = useMemo(() => linesCursor([...view.lines, view.total], signed), [view])
  const total = lastValue(view.total)
  const cursor =
    form === 'area'
      ? days
      : {
          length: view.bars.length,
          describe: (place: number) => {
            const month = view.bars[place]!
            const parts = month.parts.map((part) => `${part.title} ${signed(part.contribution)}`).join(', ')
            return `${monthText(month.month)} ${signed(month.totalReturn)}: ${parts}.`
          },
        }
  return (
    <>
      <Chart
        option={option}
        cursor={cursor}
        name={`Attribution, ${form === 'area' ? 'stacked areas' : 'bars by month'}. Together ${signed(total)}; ${view.lines.map((line) => `${line.title} ${signed(lastValue(line))}`).join(', ')}.`}
      />
      <Sums view={view} />
    </>
  )
}

interface MonthSelectProps {
  readonly label: string
  readonly value: string
  readonly months: readonly string[]
  readonly onChange: (month: string) => void
}

function MonthSelect({ label, value, months, onChange }: MonthSelectProps): ReactNode {
  return (
    <select
      className="select-small"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {months.map((month) => (
        <option key={month} value={month}>
          {monthText(month)}
        </option>
      ))}
    </select>
  )
}

export function AttributionPanel({ source }: { readonly source: Source<Attribution> }): ReactNode {
  const [chosen, setForm] = useParameter('attribution', 'area', FORMS)
  const form = chosen as (typeof FORMS)[number]
  const months = source.data?.bars.map(({ month }) => month) ?? []
  const [from, setFrom] = useParameter('first', months[0] ?? '')
  const [to, setTo] = useParameter('last', months.at(-1) ?? '')
  const data = source.data
  const view = useMemo(() => (data === null ? null : attributionWithin(data, from, to)), [data, from, to])
  return (
    <Panel
      title="Attribution"
      unit="contribution to the return"
      span={12}
      height={400}
      source={{ ...source, data: view }}
      controls={
        <>
          <Segments
            label="Form"
            isSmall
            value={form}
            options={[
              ['area', 'Area'],
              ['bars', 'Bars'],
            ]}
            onChange={setForm}
          />
          {months.length > 0 && (
            <span className="month-range">
              <MonthSelect label="First month" value={from} months={months} onChange={setFrom} />
              <span className="quiet">to</span>
              <MonthSelect label="Last month" value={to} months={months} onChange={setTo} />
            </span>
          )}
        </>
      }
      empty={(shown) =>
        shown.total.days.length > 0
          ? null
          : {
              text: 'No day lies between these months.',
              action: {
                label: 'Show all',
                run: () => {
                  setFrom(null)
                  setTo(null)
                },
              },
            }
      }
      table={(shown) =>
        form === 'area' ? (
          <LinesTable label="Cumulative contributions" lines={[...shown.lines, shown.total]} format={signed} />
        ) : (
          <LinesTable
            label="Contributions by month"
            lines={shown.lines.map((line) => ({
              ...line,
              days: shown.bars.map(({ month }) => month),
              values: shown.bars.map(
                (month) => month.parts.find(({ name }) => name === line.name)?.contribution ?? null,
              ),
            }))}
            format={signed}
          />
        )
      }
    >
      {(shown) => <AttributionChart view={shown} form={form} />}
    </Panel>
  )
}
