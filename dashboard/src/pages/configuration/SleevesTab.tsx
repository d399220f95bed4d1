import { type ReactNode, useState } from 'react'
import type { SleeveRow } from '../../../../src/api/contract/overview.ts'
import { sleeveToken } from '../../charts/paint.ts'
import { useAmounts } from '../../data/amounts.ts'
import { command } from '../../data/commands.ts'
import { connection } from '../../data/connection.ts'
import { useLive } from '../../data/readings.ts'
import { useRole } from '../../data/session.ts'
import { percent } from '../../format.ts'
import { type Column, DataTable } from '../../frame/DataTable.tsx'
import { Icon } from '../../frame/Icon.tsx'
import { Menu } from '../../frame/Menu.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { SleeveStatusText } from '../../frame/SleeveStatus.tsx'
import { openOverlay } from '../../state/dialogs.ts'
import { useStore } from '../../state/store.ts'
import { AddSleeve } from './AddSleeve.tsx'
import { ChangesPanel } from './ChangesPanel.tsx'
import { useEditing } from './draft.ts'
import { FileEditor } from './FileEditor.tsx'
import { valueAt, without } from './yaml-edit.ts'

/** Place of a sleeve in the file's list; null where the list and the running sleeves do not match one to one. */
export function placeInFile(text: string, row: SleeveRow, rows: readonly SleeveRow[]): number | null {
  const listed = valueAt(text, ['sleeves'])
  const running = rows.filter(({ status }) => status !== 'reserve').length
  return Array.isArray(listed) && listed.length === running && row.ordinal >= 0 && row.ordinal < listed.length
    ? row.ordinal
    : null
}

function PauseButton({ row }: { readonly row: SleeveRow }): ReactNode {
  const mayAct = useRole('operator')
  const isLost = useStore(connection, ({ state }) => state === 'lost')
  const isPaused = row.status === 'paused'
  const [kind, back] = isPaused ? (['resume', 'pause'] as const) : (['pause', 'resume'] as const)
  const what = `${isPaused ? 'Resume' : 'Pause'} ${row.title}`
  return (
    <button
      type="button"
      className="button button-small sleeve-pause"
      aria-label={what}
      disabled={!mayAct || isLost}
      onClick={() => void command({ kind, sleeve: row.sleeve }, { what, undo: { kind: back, sleeve: row.sleeve } })}
    >
      <Icon name={isPaused ? 'play' : 'pause'} />
      {isPaused ? 'Resume' : 'Pause'}
    </button>
  )
}

function RowMenu({ row, rows }: { readonly row: SleeveRow; readonly rows: readonly SleeveRow[] }): ReactNode {
  const mayAct = useRole('operator')
  const { text, view, edit } = useEditing()
  const place = text === '' ? null : placeInFile(text, row, rows)
  const isEditable = view !== null && place !== null
  if (!mayAct) return null
  return (
    <Menu label={`More for ${row.title}`} icon={<Icon name="more" />} className="icon-button desk-only">
      <button
        type="button"
        role="menuitem"
        onClick={() => openOverlay({ kind: 'flatten', sleeve: row.sleeve, title: row.title })}
      >
        <Icon name="stop" />
        Flatten {row.title}
      </button>
      <button
        type="button"
        role="menuitem"
        disabled={!isEditable}
        onClick={() => place !== null && edit((before) => without(before, ['sleeves', place]))}
      >
        <Icon name="close" />
        Remove {row.title} from the file
      </button>
    </Menu>
  )
}

function useColumns(rows: readonly SleeveRow[]): readonly Column<SleeveRow>[] {
  const amounts = useAmounts()
  return [
    {
      key: 'sleeve',
      title: 'Sleeve',
      align: 'left',
      isHead: true,
      width: '38%',
      sortBy: ({ title }) => title,
      cell: (row) => (
        <span className="named">
          <i className="swatch" style={{ background: `var(${sleeveToken(row.ordinal)})` }} />
          <span>{row.title}</span>
          {row.strategy !== null && <small>{row.strategy}</small>}
        </span>
      ),
    },
    {
      key: 'status',
      title: 'Status',
      align: 'left',
      width: '104px',
      sortBy: ({ status }) => status,
      cell: (row) => <SleeveStatusText {...row} />,
    },
    { key: 'stage', title: 'Stage', align: 'left', width: '90px', isWide: true, cell: ({ stage }) => stage ?? '' },
    {
      key: 'weight',
      title: 'Weight',
      width: '80px',
      isWide: true,
      sortBy: ({ weight }) => weight,
      cell: ({ weight }) => percent(weight, { decimals: 1 }),
    },
    {
      key: 'value',
      title: 'Value',
      width: '110px',
      isWide: true,
      cell: ({ value }) => amounts.money(value, { cents: false }),
    },
    {
      key: 'actions',
      title: '',
      width: '146px',
      cell: (row) => (
        <span className="row-actions">
          <PauseButton row={row} />
          <RowMenu row={row} rows={rows} />
        </span>
      ),
    },
  ]
}

/** Pause, resume, add and take away. */
export function SleevesTab(): ReactNode {
  const source = useLive('sleeves')
  const rows = source.data?.rows ?? []
  const columns = useColumns(rows)
  const [adds, setAdds] = useState(false)
  const { view } = useEditing()
  const mayEdit = useRole('admin') && view !== null && view.text !== null
  return (
    <>
      <div className="config-main">
        <Panel
          title="Sleeves"
          unit="each strategy with its own capital"
          span={8}
          source={source}
          skeleton="table"
          controls={
            <button
              type="button"
              className="button button-small desk-only"
              aria-expanded={adds}
              disabled={!mayEdit}
              onClick={() => setAdds(!adds)}
            >
              <Icon name="plus" />
              Add a sleeve
            </button>
          }
        >
          {() => (
            <DataTable
              label="Sleeves"
              columns={columns}
              rows={rows.filter(({ status }) => status !== 'reserve')}
              rowKey={({ sleeve }) => sleeve}
            />
          )}
        </Panel>
        {adds && <AddSleeve onDone={() => setAdds(false)} />}
        <FileEditor />
      </div>
      <ChangesPanel />
    </>
  )
}
