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
import { useParameter } from '../../state/url.ts'
import { AddSleeve } from './AddSleeve.tsx'
import { ChangesPanel } from './ChangesPanel.tsx'
import { useEditing } from './draft.ts'
import { FileEditor } from './FileEditor.tsx'
import { type ListedSleeve, listedSleeves, withoutSleeve } from './places.ts'
import { SleeveEditor } from './SleeveEditor.tsx'

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

interface RowMenuProps {
  readonly row: SleeveRow
  readonly listed: ListedSleeve | undefined
  readonly onEdit: (id: string) => void
}

function RowMenu({ row, listed, onEdit }: RowMenuProps): ReactNode {
  const mayAct = useRole('operator')
  const mayEdit = useRole('admin')
  const { view, edit } = useEditing()
  const isEditable = mayEdit && listed !== undefined && view?.readOnlyWhy === ''
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
      <button type="button" role="menuitem" disabled={!isEditable} onClick={() => onEdit(row.sleeve)}>
        <Icon name="more" />
        Change {row.title}
      </button>
      <button
        type="button"
        role="menuitem"
        disabled={!isEditable}
        onClick={() => listed !== undefined && edit((before) => withoutSleeve(before, listed))}
      >
        <Icon name="close" />
        Remove {row.title}
      </button>
    </Menu>
  )
}

function useColumns(listed: readonly ListedSleeve[], onEdit: (id: string) => void): readonly Column<SleeveRow>[] {
  const amounts = useAmounts()
  return [
    {
      key: 'sleeve',
      title: 'Sleeve',
      align: 'left',
      isHead: true,
      width: '34%',
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
    { key: 'stage', title: 'Stage', align: 'left', width: '112px', isWide: true, cell: ({ stage }) => stage ?? '' },
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
          <RowMenu row={row} listed={listed.find(({ id }) => id === row.sleeve)} onEdit={onEdit} />
        </span>
      ),
    },
  ]
}

/** Sleeves that only the draft has: they run once it is saved. */
function Added({
  sleeves,
  onEdit,
}: {
  readonly sleeves: readonly ListedSleeve[]
  readonly onEdit: (id: string) => void
}): ReactNode {
  const { edit } = useEditing()
  if (sleeves.length === 0) return null
  return (
    <ul className="config-added">
      {sleeves.map((sleeve) => (
        <li key={sleeve.id}>
          <span>
            <b>{sleeve.title}</b>{' '}
            <span className="quiet">{sleeve.strategy ?? 'cash'}, in the draft: it runs once you save</span>
          </span>
          <span className="row-actions">
            <button type="button" className="button button-small" onClick={() => onEdit(sleeve.id)}>
              Change {sleeve.title}
            </button>
            <button
              type="button"
              className="button button-small"
              onClick={() => edit((before) => withoutSleeve(before, sleeve))}
            >
              Take {sleeve.title} back
            </button>
          </span>
        </li>
      ))}
    </ul>
  )
}

/** Pause, resume, add, change and take away. */
export function SleevesTab(): ReactNode {
  const source = useLive('sleeves')
  const rows = source.data?.rows ?? []
  const [adds, setAdds] = useState(false)
  const [edited, setEdited] = useParameter('sleeve', '')
  const { view, text } = useEditing()
  const listed = text === '' ? [] : listedSleeves(text, view?.text ?? '', view?.document)
  const columns = useColumns(listed, setEdited)
  const running = new Set(rows.map(({ sleeve }) => sleeve))
  const open = listed.find(({ id }) => id === edited)
  const mayEdit = useRole('admin') && view !== null && view.text !== null && view.readOnlyWhy === ''
  return (
    <>
      <div className="config-main">
        <Panel
          title="Sleeves"
          unit="each strategy with its own capital"
          span={8}
          source={source}
          skeleton="table"
          empty={(table) => (table.rows.length === 0 ? { text: 'No sleeve runs yet.' } : null)}
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
            <>
              <DataTable
                label="Sleeves"
                columns={columns}
                rows={rows.filter(({ status }) => status !== 'reserve')}
                rowKey={({ sleeve }) => sleeve}
              />
              <Added sleeves={listed.filter(({ id }) => !running.has(id))} onEdit={setEdited} />
            </>
          )}
        </Panel>
        {adds && (
          <AddSleeve
            onDone={(id) => {
              setAdds(false)
              if (id !== null) setEdited(id)
            }}
          />
        )}
        {open !== undefined && <SleeveEditor sleeve={open} onClose={() => setEdited(null)} />}
        <FileEditor />
      </div>
      <ChangesPanel />
    </>
  )
}
