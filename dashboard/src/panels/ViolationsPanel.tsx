import { type ReactNode, useState } from 'react'
import type { ViolationRow } from '../../../src/api/contract/trading.ts'
import { alertsOf, useOpenAlerts } from '../data/alerts.ts'
import { newId } from '../data/commands.ts'
import { useNotes } from '../data/notes.ts'
import { usePagedRows } from '../data/paged.ts'
import { useLive } from '../data/readings.ts'
import { useRole } from '../data/session.ts'
import { percent, ratio } from '../format.ts'
import type { Column, Sorting } from '../frame/DataTable.tsx'
import { Icon, type IconName } from '../frame/Icon.tsx'
import { Panel } from '../frame/Panel.tsx'
import { VirtualTable } from '../frame/VirtualTable.tsx'
import { preferences } from '../state/preferences.ts'
import { useStore } from '../state/store.ts'
import { useParameter } from '../state/url.ts'
import { isoInZone, stamp } from '../times.ts'
import { Acknowledge } from './Acknowledge.tsx'
import { NoteForm } from './NoteForm.tsx'
import { SleeveLabel } from './sleeves.tsx'

const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const
const ROWS_SHOWN = 10
const ROW_PX = 32
const HEAD_PX = 33
/** The date alone where the page is narrow. */
export const MOMENT_WIDTH = 'clamp(96px, 14vw, 180px)'

const ICONS: Readonly<Record<ViolationRow['severity'], IconName>> = {
  critical: 'stop',
  high: 'alert',
  medium: 'alert',
  low: 'info',
}

/** Rules whose figures are parts of the whole; others speak of units, days or ratios. */
const PART_RULES = /drawdown|loss|exposure|volatility|value_at_risk|concentration|weight|correlation|position_size/i

/** A violated figure in the unit of its rule. */
function figure(row: ViolationRow, value: number | null): string {
  if (value === null) return 'n/a'
  return PART_RULES.test(row.rule) && Math.abs(value) <= 20
    ? percent(value)
    : ratio(value, Number.isInteger(value) ? 0 : 2)
}

export function Moment({ iso }: { readonly iso: string }): ReactNode {
  const zone = useStore(preferences, ({ zone: chosen }) => chosen)
  const [date, clock = ''] = stamp(iso, zone).split(' ')
  return (
    <time title={isoInZone(iso, zone)}>
      {date} <span className="wide-only">{clock}</span>
    </time>
  )
}

function columnsOf(titleOf: (sleeve: string) => string): readonly Column<ViolationRow>[] {
  return [
    { key: 'at', title: 'Time', width: MOMENT_WIDTH, align: 'left', cell: (row) => <Moment iso={row.at} /> },
    {
      key: 'severity',
      title: 'Severity',
      width: '96px',
      align: 'left',
      cell: (row) => (
        <span className={`severity severity-${row.severity}`}>
          <Icon name={ICONS[row.severity]} />
          {row.severity}
        </span>
      ),
    },
    { key: 'rule', title: 'Type', align: 'left', cell: (row) => <span title={row.about}>{row.rule}</span> },
    {
      key: 'subject',
      title: 'Sleeve',
      align: 'left',
      isWide: true,
      cell: (row) =>
        row.sleeve === null ? (
          <span className="second">{row.subject === '' ? row.about : row.subject}</span>
        ) : (
          <SleeveLabel sleeve={row.sleeve} title={titleOf(row.sleeve)} />
        ),
    },
    { key: 'value', title: 'Value', width: '84px', isWide: true, cell: (row) => figure(row, row.value) },
    { key: 'limit', title: 'Limit', width: '84px', isWide: true, cell: (row) => figure(row, row.limit) },
    { key: 'action', title: 'Action', align: 'left', isWide: true, cell: (row) => row.action },
    {
      key: 'resolvedAt',
      title: 'Resolved',
      width: MOMENT_WIDTH,
      align: 'left',
      isWide: true,
      cell: (row) => (row.resolvedAt === null ? <span className="warn">open</span> : <Moment iso={row.resolvedAt} />),
    },
  ]
}

/** What is known of one violation, below the table. */
function Details({ row, onClose }: { readonly row: ViolationRow; readonly onClose: () => void }): ReactNode {
  return (
    <section className="violation-details" aria-label={`Violation ${row.id}`}>
      <p>
        <b>{row.text === '' ? `${row.rule}: ${row.action}` : row.text}</b>
      </p>
      <p className="second">
        {`${row.about} ${row.subject}, ${figure(row, row.value)} against ${figure(row, row.limit)}. `}
        {row.resolvedAt === null ? 'It is open.' : `Ended: ${row.how ?? 'resolved'}.`}
        {row.note !== '' && ` Note: ${row.note}`}
      </p>
      {row.resolvedAt === null && <ViolationAlert row={row} />}
      <ViolationNotes id={row.id} />
      <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
        <Icon name="close" />
      </button>
    </section>
  )
}

/** Whether somebody has seen it who was told. */
function ViolationAlert({ row }: { readonly row: ViolationRow }): ReactNode {
  const open = useOpenAlerts().data ?? []
  return <Acknowledge alerts={alertsOf(`violation ${row.id}`, open)} what={row.rule} />
}

/** What people wrote about one violation. */
function ViolationNotes({ id }: { readonly id: number }): ReactNode {
  const { source, add } = useNotes({ about: 'violation', subject: String(id) })
  const canWrite = useRole('operator')
  const [isOpen, setOpen] = useState(false)
  const notes = (source.data?.rows ?? []).filter(
    ({ about, subject }) => about === 'violation' && subject === String(id),
  )
  return (
    <>
      {notes.map((note) => (
        <p key={note.id} className="second">
          {`${note.author}: ${note.text} ${note.tags.map((tag) => `#${tag}`).join(' ')}`}
        </p>
      ))}
      {isOpen && (
        <NoteForm
          label={`Note on violation ${id}`}
          before={{ text: '', tags: [] }}
          verb="Add note"
          onSave={(written) => add({ id: newId(), about: 'violation', subject: String(id), ...written })}
          onDone={() => setOpen(false)}
        />
      )}
      {canWrite && !isOpen && (
        <button type="button" className="button button-small" onClick={() => setOpen(true)}>
          Add note
        </button>
      )}
    </>
  )
}

interface Filter {
  readonly severity: string
  readonly sleeve: string
  readonly from: string
  readonly to: string
}

interface FilterProps {
  readonly filter: Filter
  readonly onChange: (key: keyof Filter, value: string | null) => void
  /** Of the page of one sleeve there is nothing to choose. */
  readonly sleeves: readonly { readonly sleeve: string; readonly title: string }[] | null
}

function Filters({ filter, onChange, sleeves }: FilterProps): ReactNode {
  return (
    <div className="filters">
      <select
        className="select-small"
        aria-label="Severity"
        value={filter.severity}
        onChange={(event) => onChange('severity', event.target.value)}
      >
        <option value="">Every severity</option>
        {SEVERITIES.map((severity) => (
          <option key={severity} value={severity}>
            {severity}
          </option>
        ))}
      </select>
      {sleeves !== null && (
        <select
          className="select-small"
          aria-label="Sleeve"
          value={filter.sleeve}
          onChange={(event) => onChange('sleeve', event.target.value)}
        >
          <option value="">Every sleeve</option>
          {sleeves.map(({ sleeve, title }) => (
            <option key={sleeve} value={sleeve}>
              {title}
            </option>
          ))}
        </select>
      )}
      {(['from', 'to'] as const).map((key) => (
        <input
          key={key}
          className="select-small"
          type="date"
          aria-label={key === 'from' ? 'First day' : 'Last day'}
          value={filter[key]}
          onChange={(event) => onChange(key, event.target.value)}
        />
      ))}
    </div>
  )
}

/** Every rule that was violated, newest first: filtered, sorted and paged by the server. */
export function ViolationsPanel({ sleeve }: { readonly sleeve?: string }): ReactNode {
  const [severity, setSeverity] = useParameter('severity', '', SEVERITIES)
  const [chosen, setSleeve] = useParameter('sleeve', '')
  const [from, setFrom] = useParameter('from', '')
  const [to, setTo] = useParameter('to', '')
  const [sort, setSort] = useParameter('violations', 'at')
  const [open, setOpen] = useState<ViolationRow | null>(null)
  const sleeves = useLive('sleeves').data?.rows ?? []
  const filter = { severity, sleeve: sleeve ?? chosen, from, to }
  const setters = { severity: setSeverity, sleeve: setSleeve, from: setFrom, to: setTo }
  const { source, total, row, onRange } = usePagedRows<ViolationRow>('violations', { ...filter, sort })
  const isFiltered = severity !== '' || from !== '' || to !== '' || (sleeve === undefined && chosen !== '')
  const showAll = (): void => {
    for (const key of ['severity', 'from', 'to'] as const) setters[key](null)
    if (sleeve === undefined) setSleeve(null)
  }
  const titleOf = (name: string): string => sleeves.find((each) => each.sleeve === name)?.title ?? name
  return (
    <Panel
      title="Violations"
      unit={total === 0 ? '' : `${total} in all`}
      span={12}
      height={HEAD_PX + ROWS_SHOWN * ROW_PX + 54}
      source={source}
      skeleton="table"
      exports={{ what: 'violations', query: { severity, sleeve: filter.sleeve, from, to } }}
      controls={
        <Filters
          filter={filter}
          onChange={(key, value) => setters[key](value)}
          sleeves={sleeve === undefined ? sleeves : null}
        />
      }
      empty={(page) =>
        page.rows.length > 0
          ? null
          : isFiltered
            ? { text: 'No violation passes the filter.', action: { label: 'Show all', run: showAll } }
            : { text: 'No rule was violated.' }
      }
    >
      {() => (
        <>
          <VirtualTable
            label="Violations"
            columns={columnsOf(titleOf)}
            total={total}
            row={row}
            onRange={onRange}
            sort={sort}
            onSort={(next: Sorting) => setSort(next)}
            sortable={['at', 'severity', 'rule', 'resolvedAt']}
            onOpen={setOpen}
            height={HEAD_PX + ROWS_SHOWN * ROW_PX}
          />
          {open !== null && <Details row={open} onClose={() => setOpen(null)} />}
        </>
      )}
    </Panel>
  )
}
