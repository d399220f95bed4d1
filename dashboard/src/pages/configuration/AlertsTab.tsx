import { type ReactNode, useState } from 'react'
import type { AlertChannelView, AlertDeliveryRow } from '../../../../src/api/contract/alerting.ts'
import { useRole } from '../../data/session.ts'
import { plain } from '../../data/source.ts'
import { type Column, DataTable } from '../../frame/DataTable.tsx'
import { Icon } from '../../frame/Icon.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { preferences } from '../../state/preferences.ts'
import { useStore } from '../../state/store.ts'
import { stamp } from '../../times.ts'
import { AlertRules } from './AlertRules.tsx'
import { AlertThresholds } from './AlertThresholds.tsx'
import { CHANNEL_NAMES, useChannels, useDeliveries, useRules, useTestChannel, useThresholds } from './alerting.ts'
import { ChannelForm } from './ChannelForm.tsx'
import { OpenAlerts } from './OpenAlerts.tsx'
import { Thresholds } from './Thresholds.tsx'

function Channel({ channel, onEdit }: { readonly channel: AlertChannelView; readonly onEdit: () => void }): ReactNode {
  const test = useTestChannel()
  const mayTest = useRole('operator')
  const mayEdit = useRole('admin')
  const secrets = Object.entries(channel.secrets).map(([name, last]) =>
    last === '' ? `${name} not set` : `${name} …${last}`,
  )
  const settings = Object.entries(channel.settings).map(([name, value]) => `${name} ${value}`)
  return (
    <li className="channel">
      <div className="channel-text">
        <h3>
          {channel.title} <small className="quiet">{CHANNEL_NAMES[channel.kind]}</small>
          {!channel.enabled && <span className="warn"> off, sends nothing</span>}
        </h3>
        <p className="quiet">{[...settings, ...secrets].join(' · ')}</p>
        <p role="status" className={test.data?.ok === true ? 'pos' : 'neg'}>
          {test.data?.answer}
          {test.error?.message}
        </p>
      </div>
      <button
        type="button"
        className="button"
        disabled={!mayTest || test.isPending}
        onClick={() => test.mutate(channel.id)}
      >
        <Icon name="bell" />
        {test.isPending ? 'Sending' : 'Send a test'}
      </button>
      <button type="button" className="button" disabled={!mayEdit} onClick={onEdit}>
        Edit
      </button>
    </li>
  )
}

function Channels({ channels }: { readonly channels: readonly AlertChannelView[] }): ReactNode {
  const [edited, setEdited] = useState<string | null>(null)
  const mayEdit = useRole('admin')
  if (edited !== null)
    return <ChannelForm channel={channels.find(({ id }) => id === edited) ?? null} onDone={() => setEdited(null)} />
  return (
    <>
      {channels.length === 0 && <p className="config-note">Nobody is told of anything yet.</p>}
      <ul className="channels">
        {channels.map((channel) => (
          <Channel key={channel.id} channel={channel} onEdit={() => setEdited(channel.id)} />
        ))}
      </ul>
      <div className="config-pad">
        <button type="button" className="button" disabled={!mayEdit} onClick={() => setEdited('')}>
          <Icon name="plus" />
          Add a channel
        </button>
      </div>
    </>
  )
}

function Deliveries(): ReactNode {
  const source = plain(useDeliveries())
  const zone = useStore(preferences, (value) => value.zone)
  const columns: readonly Column<AlertDeliveryRow>[] = [
    { key: 'at', title: 'Time', align: 'left', width: '180px', cell: ({ at }) => stamp(at, zone) },
    {
      key: 'severity',
      title: 'Severity',
      align: 'left',
      width: '90px',
      cell: ({ severity }) => <span className={`severity-${severity}`}>{severity}</span>,
    },
    {
      key: 'subject',
      title: 'Alert',
      align: 'left',
      isHead: true,
      cell: ({ subject, text }) => <span title={text}>{subject || text}</span>,
    },
    { key: 'channel', title: 'Channel', align: 'left', width: '110px', cell: ({ channel }) => channel },
    {
      key: 'state',
      title: 'State',
      align: 'left',
      width: '90px',
      cell: ({ state }) => <span className={state === 'failed' ? 'neg' : ''}>{state}</span>,
    },
    { key: 'attempts', title: 'Attempts', width: '80px', cell: ({ attempts }) => attempts },
    { key: 'answer', title: 'Answer', align: 'left', cell: ({ answer }) => <span title={answer}>{answer}</span> },
  ]
  return (
    <Panel
      title="Deliveries"
      unit="newest first"
      span={12}
      source={source}
      skeleton="table"
      empty={({ rows }) => (rows.length === 0 ? { text: 'Nothing has been told to anybody yet.' } : null)}
    >
      {({ rows }) => <DataTable label="Deliveries" columns={columns} rows={rows} rowKey={({ id }) => id} isDense />}
    </Panel>
  )
}

/** Who is told of what, through which services, and whether it arrived. */
export function AlertsTab(): ReactNode {
  const channels = plain(useChannels())
  const rules = plain(useRules())
  const thresholds = plain(useThresholds())
  return (
    <>
      <OpenAlerts />
      <Panel
        title="Channels"
        unit="secrets show their last four characters"
        span={12}
        source={channels}
        skeleton="table"
      >
        {(rows) => <Channels channels={rows} />}
      </Panel>
      <Panel title="Rules" unit="who is told of what, and when" span={12} source={rules} skeleton="table">
        {(rows) => <AlertRules saved={rows} channels={channels.data ?? []} />}
      </Panel>
      <Panel
        title="Thresholds"
        unit="told once, until the figure is back"
        span={12}
        source={thresholds}
        skeleton="table"
      >
        {(rows) => <AlertThresholds saved={rows} />}
      </Panel>
      <Thresholds />
      <Deliveries />
    </>
  )
}
