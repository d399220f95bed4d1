import type { ReactNode } from 'react'
import type { SleeveRow, SleeveTable } from '../../../../src/api/contract/overview.ts'
import { sleeveToken } from '../../charts/paint.ts'
import { useLive } from '../../data/readings.ts'
import { numberOf, percent } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { ChangesPanel } from './ChangesPanel.tsx'
import { useEditing } from './draft.ts'
import { FileEditor } from './FileEditor.tsx'
import { DraftField } from './FormFields.tsx'
import type { FormField } from './form-fields.ts'
import { type ListedSleeve, listedSleeves } from './places.ts'
import { SectionForm } from './SectionForm.tsx'
import { valueAt } from './yaml-edit.ts'

const WIDTH = 820
const ROW = 68
const SLEEVES_X = 64
const NAMES_X = 124
const SPOKES_X = 372
const HUB_X = 520
const BROKERS_X = 738
const BUBBLE_LEAST = 8
const BUBBLE_MOST = 30

function bubble(weight: number | null, largest: number): number {
  const part = largest === 0 ? 0 : Math.sqrt(Math.max(0, weight ?? 0) / largest)
  return BUBBLE_LEAST + part * (BUBBLE_MOST - BUBBLE_LEAST)
}

/** Where orders of the portfolio go, as its file routes them. */
function brokersOf(text: string): readonly string[] {
  const routing = text === '' ? undefined : valueAt(text, ['routing'])
  const found = new Set<string>()
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) {
      if ((key === 'broker' || key === 'to') && typeof inner === 'string') found.add(inner)
      else visit(inner)
    }
  }
  visit(routing)
  return found.size === 0 ? ['one account'] : [...found]
}

const DAY_TRADING_LEAST = 25_000

/** The mark below which an account on margin may not trade within the day. */
function dayTradingMark(value: string | null): string {
  const amount = numberOf(value)
  if (amount === null) return ''
  return amount >= DAY_TRADING_LEAST ? 'above the $25K mark' : 'below the $25K mark'
}

/** The allocator in the middle, sleeves around it sized by weight and labelled with volatility, brokers beside. */
function Hub({ table, text }: { readonly table: SleeveTable; readonly text: string }): ReactNode {
  const { rows } = table
  const sleeves = rows.filter(({ status }) => status !== 'reserve')
  const largest = Math.max(0, ...sleeves.map(({ weight }) => weight ?? 0))
  const brokers = brokersOf(text)
  const words = sleeves.map(
    ({ title, weight, volatility }) => `${title} ${percent(weight)}, volatility ${percent(volatility.value)}`,
  )
  const height = Math.max(260, sleeves.length * ROW + 24)
  const middle = height / 2
  const sleeveY = (index: number): number => middle + (index - (sleeves.length - 1) / 2) * ROW
  const brokerY = (index: number): number => middle + (index - (brokers.length - 1) / 2) * 56
  return (
    <svg
      className="hub"
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="img"
      aria-label={`Allocation. ${words.join('; ')}. Orders go to ${brokers.join(', ')}.`}
    >
      {sleeves.map((row, index) => (
        <path
          key={row.sleeve}
          d={`M${SPOKES_X} ${sleeveY(index)}C${SPOKES_X + 80} ${sleeveY(index)} ${HUB_X - 120} ${middle} ${HUB_X} ${middle}`}
          className="hub-line"
          stroke={`var(${sleeveToken(row.ordinal)})`}
          strokeWidth={1.5 + 12 * (row.weight ?? 0)}
        />
      ))}
      {brokers.map((name, index) => (
        <line key={name} x1={HUB_X} y1={middle} x2={BROKERS_X} y2={brokerY(index)} className="hub-line hub-orders" />
      ))}
      <circle cx={HUB_X} cy={middle} r={54} className="hub-centre" />
      <text x={HUB_X} y={middle - 2} className="hub-title">
        Allocator
      </text>
      <text x={HUB_X} y={middle + 15} className="hub-note">
        {sleeves.length} sleeves
      </text>
      {sleeves.map((row, index) => (
        <g key={row.sleeve} className={row.status === 'active' ? '' : 'hub-idle'}>
          <circle
            cx={SLEEVES_X}
            cy={sleeveY(index)}
            r={bubble(row.weight, largest)}
            fill={`var(${sleeveToken(row.ordinal)})`}
          />
          <text x={NAMES_X} y={sleeveY(index) - 3} className="hub-title hub-name">
            {row.title}
          </text>
          <text x={NAMES_X} y={sleeveY(index) + 14} className="hub-note hub-name">
            {percent(row.weight, { decimals: 1 })}, volatility {percent(row.volatility.value, { decimals: 1 })}
          </text>
        </g>
      ))}
      {brokers.map((name, index) => (
        <g key={name}>
          <rect x={BROKERS_X - 70} y={brokerY(index) - 19} width={140} height={38} rx={6} className="hub-centre" />
          <text x={BROKERS_X} y={brokerY(index) + 4} className="hub-title">
            {name}
          </text>
        </g>
      ))}
      <text x={BROKERS_X} y={brokerY(brokers.length - 1) + 40} className="hub-note">
        {dayTradingMark(table.total.value)}
      </text>
    </svg>
  )
}

const WEIGHT: FormField = {
  path: ['weight'],
  kind: 'number',
  choices: [],
  least: 0,
  most: 1,
  standard: null,
  description: '',
}

function WeightField({ row, listed }: { readonly row: SleeveRow; readonly listed: ListedSleeve }): ReactNode {
  const target = row.target === null ? '' : `, target ${percent(row.target, { decimals: 1 })}`
  const description = `now ${percent(row.weight, { decimals: 1 })}${target}`
  return (
    <div className="weight-field">
      <i className="swatch" style={{ background: `var(${sleeveToken(row.ordinal)})` }} />
      <DraftField section={['sleeves', listed.place]} field={{ ...WEIGHT, description }} title={row.title} />
    </div>
  )
}

/** Who gets how much, by which rule. */
export function AllocationTab(): ReactNode {
  const source = useLive('sleeves')
  const { text, view } = useEditing()
  const listed = listedSleeves(text, view?.text ?? '', view?.document)
  return (
    <>
      <div className="config-main">
        <Panel title="Allocation" unit="bubbles by weight" span={8} source={source}>
          {(table) => <Hub table={table} text={text} />}
        </Panel>
        <Panel
          title="Weights"
          unit="parts of the portfolio, as fractions; what they leave is the reserve"
          span={8}
          source={source}
          skeleton="table"
        >
          {({ rows }) => (
            <div className="form-grid">
              {listed.flatMap((one) => {
                const row = rows.find(({ sleeve }) => sleeve === one.id)
                return row === undefined || row.status === 'reserve'
                  ? []
                  : [<WeightField key={one.id} row={row} listed={one} />]
              })}
            </div>
          )}
        </Panel>
        <SectionForm title="Rule of allocation" unit="" section={['allocation']} />
        <SectionForm title="Overlays" unit="what acts on the weights from day to day" section={['overlays']} />
        <FileEditor />
      </div>
      <ChangesPanel />
    </>
  )
}
