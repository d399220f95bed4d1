import type { ReactNode } from 'react'
import type { OpenAlert } from '../../../../src/api/contract/alerting.ts'
import { useOpenAlerts } from '../../data/alerts.ts'
import { plain } from '../../data/source.ts'
import { type Column, DataTable } from '../../frame/DataTable.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { Acknowledge } from '../../panels/Acknowledge.tsx'
import { preferences } from '../../state/preferences.ts'
import { useStore } from '../../state/store.ts'
import { stamp } from '../../times.ts'

/** What goes on, and who has seen it: what somebody has seen calls nobody else. */
export function OpenAlerts(): ReactNode {
  const source = plain(useOpenAlerts())
  const zone = useStore(preferences, (value) => value.zone)
  const columns: readonly Column<OpenAlert>[] = [
    { key: 'at', title: 'Since', align: 'left', width: '180px', cell: ({ at }) => stamp(at, zone) },
    {
      key: 'severity',
      title: 'Severity',
      align: 'left',
      width: '90px',
      cell: ({ severity }) => <span className={`severity-${severity}`}>{severity}</span>,
    },
    {
      key: 'rule',
      title: 'Alert',
      align: 'left',
      isHead: true,
      width: '220px',
      cell: ({ rule, subject }) => `${rule.replaceAll('_', ' ')}${subject === '' ? '' : ` (${subject})`}`,
    },
    { key: 'text', title: 'What', align: 'left', cell: ({ text }) => <span className="wraps">{text}</span> },
    {
      key: 'told',
      title: 'Told',
      align: 'left',
      width: '140px',
      cell: ({ told }) => (told.length === 0 ? <span className="quiet">nobody</span> : told.join(', ')),
    },
    {
      key: 'seen',
      title: '',
      width: '200px',
      cell: (alert) => <Acknowledge alerts={[alert]} what={alert.rule.replaceAll('_', ' ')} />,
    },
  ]
  return (
    <Panel
      title="Open alerts"
      unit="the worst first; who acknowledges one is called no more"
      span={12}
      source={source}
      skeleton="table"
      empty={(rows) => (rows.length === 0 ? { text: 'Nothing goes on that somebody must know.' } : null)}
    >
      {(rows) => <DataTable label="Open alerts" columns={columns} rows={rows} rowKey={({ id }) => id} isDense />}
    </Panel>
  )
}
