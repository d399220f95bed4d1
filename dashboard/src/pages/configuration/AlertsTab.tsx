import { type ReactNode, useState } from 'react'
import type {
  AlertChannelView,
  AlertDeliveryRow,
  AlertRuleView,
  AlertSeverity,
} from '../../../../src/api/contract/alerting.ts'
import { useRole } from '../../data/session.ts'
import { plain } from '../../data/source.ts'
import { type Column, DataTable } from '../../frame/DataTable.tsx'
import { Icon } from '../../frame/Icon.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { preferences } from '../../state/preferences.ts'
import { useStore } from '../../state/store.ts'
import { stamp } from '../../times.ts'
import { CHANNEL_NAMES, useChannels, useDeliveries, useRules, useSaveRules, useTestChannel } from './alerting.ts'
import { ChannelForm } from './ChannelForm.tsx'
import { Thresholds } from './Thresholds.tsx'

const SEVERITIES: readonly AlertSeverity[] = ['critical', 'high', 'medium', 'low']
const MINUTE_S = 60

interface RuleProps {
  readonly rule: AlertRuleView
  readonly channels: readonly AlertChannelView[]
  readonly onChange: (rule: AlertRuleView) => void
  readonly onRemove: () => void
}

/** One rule: what it is about, from which severity, to which channels, when it is quiet. */
function Rule({ rule, channels, onChange, onRemove }: RuleProps): ReactNode {
  const set = (change: Partial<AlertRuleView>): void => onChange({ ...rule, ...change })
  const minutes = (seconds: number): string => String(Math.round(seconds / MINUTE_S))
  return (
    <tr>
      <th scope="row" className="left">
        <input
          className="input"
          aria-label="Title of the rule"
          value={rule.title}
          onChange={(event) => set({ title: event.target.value })}
        />
      </th>
      <td>
        <input
          className="input"
          aria-label={`${rule.title}: about`}
          value={rule.about}
          onChange={(event) => set({ about: event.target.value })}
        />
      </td>
      <td>
        <select
          className="input"
          aria-label={`${rule.title}: from severity`}
          value={rule.severity}
          onChange={(event) => set({ severity: event.target.value as AlertSeverity })}
        >
          {SEVERITIES.map((severity) => (
            <option key={severity}>{severity}</option>
          ))}
        </select>
      </td>
      {channels.map(({ id, title }) => (
        <td key={id} className="center">
          <input
            type="checkbox"
            aria-label={`${rule.title} to ${title}`}
            checked={rule.channels.includes(id)}
            onChange={(event) =>
              set({
                channels: event.target.checked ? [...rule.channels, id] : rule.channels.filter((name) => name !== id),
              })
            }
          />
        </td>
      ))}
      <td>
        <span className="quiet-hours">
          <input
            className="input"
            type="time"
            aria-label={`${rule.title}: quiet from`}
            value={rule.quiet?.from ?? ''}
            onChange={(event) =>
              set({
                quiet: event.target.value === '' ? null : { from: event.target.value, to: rule.quiet?.to ?? '07:00' },
              })
            }
          />
          <input
            className="input"
            type="time"
            aria-label={`${rule.title}: quiet until`}
            value={rule.quiet?.to ?? ''}
            disabled={rule.quiet === null}
            onChange={(event) => rule.quiet !== null && set({ quiet: { ...rule.quiet, to: event.target.value } })}
          />
        </span>
      </td>
      <td>
        <input
          className="input"
          type="number"
          min={0}
          aria-label={`${rule.title}: same again after minutes`}
          value={minutes(rule.deduplicate)}
          onChange={(event) => set({ deduplicate: Math.max(0, Number(event.target.value)) * MINUTE_S })}
        />
      </td>
      <td>
        <input
          className="input"
          type="number"
          min={0}
          aria-label={`${rule.title}: gathered over minutes`}
          value={minutes(rule.digest)}
          onChange={(event) => set({ digest: Math.max(0, Number(event.target.value)) * MINUTE_S })}
        />
      </td>
      <td className="center">
        <input
          type="checkbox"
          aria-label={`${rule.title}: on`}
          checked={rule.enabled}
          onChange={(event) => set({ enabled: event.target.checked })}
        />
      </td>
      <td>
        <button type="button" className="icon-button" aria-label={`Remove the rule ${rule.title}`} onClick={onRemove}>
          <Icon name="close" />
        </button>
      </td>
    </tr>
  )
}

function newRule(count: number): AlertRuleView {
  return {
    id: `rule-${Date.now().toString(36)}-${count}`,
    title: 'New rule',
    about: '*',
    severity: 'high',
    enabled: true,
    channels: [],
    quiet: null,
    deduplicate: 300,
    digest: 0,
  }
}

function Matrix({
  saved,
  channels,
}: {
  readonly saved: readonly AlertRuleView[]
  readonly channels: readonly AlertChannelView[]
}): ReactNode {
  const [draft, setDraft] = useState<readonly AlertRuleView[] | null>(null)
  const save = useSaveRules()
  const mayEdit = useRole('operator')
  const rules = draft ?? saved
  return (
    <fieldset disabled={!mayEdit}>
      <div className="scroll">
        <table className="rule-matrix" aria-label="Alert rules and channels">
          <colgroup>
            <col style={{ width: '190px' }} />
            <col style={{ width: '130px' }} />
            <col style={{ width: '110px' }} />
            {channels.map(({ id }) => (
              <col key={id} style={{ width: '84px' }} />
            ))}
            <col style={{ width: '230px' }} />
            <col style={{ width: '92px' }} />
            <col style={{ width: '92px' }} />
            <col style={{ width: '52px' }} />
            <col style={{ width: '50px' }} />
          </colgroup>
          <thead>
            <tr>
              <th scope="col" className="left">
                Rule
              </th>
              <th scope="col" className="left">
                About
              </th>
              <th scope="col" className="left">
                From
              </th>
              {channels.map(({ id, title }) => (
                <th key={id} scope="col" className="center" title={title}>
                  {title}
                </th>
              ))}
              <th scope="col" className="left">
                Quiet from, until
              </th>
              <th scope="col" className="left">
                Same, min
              </th>
              <th scope="col" className="left">
                Digest, min
              </th>
              <th scope="col" className="center">
                On
              </th>
              <th scope="col">
                <span className="only-heard">Remove</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rules.map((rule, place) => (
              <Rule
                key={rule.id}
                rule={rule}
                channels={channels}
                onChange={(next) => setDraft(rules.map((old, index) => (index === place ? next : old)))}
                onRemove={() => setDraft(rules.filter((_, index) => index !== place))}
              />
            ))}
          </tbody>
        </table>
      </div>
      <div className="config-pad inline-form">
        <button type="button" className="button" onClick={() => setDraft([...rules, newRule(rules.length)])}>
          <Icon name="plus" />
          Add a rule
        </button>
        <span className="grow" />
        {draft !== null && (
          <button type="button" className="button" onClick={() => setDraft(null)}>
            Discard
          </button>
        )}
        <button
          type="button"
          className="button button-main"
          disabled={draft === null || save.isPending}
          onClick={() => save.mutate(rules, { onSuccess: (result) => result !== null && setDraft(null) })}
        >
          Save rules
        </button>
      </div>
    </fieldset>
  )
}

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
  return (
    <>
      <Panel
        title="Channels"
        unit="secrets show their last four characters"
        span={12}
        source={channels}
        skeleton="table"
      >
        {(rows) => <Channels channels={rows} />}
      </Panel>
      <Panel title="Rules" unit="critical alerts pass quiet hours" span={12} source={rules} skeleton="table">
        {(rows) => <Matrix saved={rows} channels={channels.data ?? []} />}
      </Panel>
      <Thresholds />
      <Deliveries />
    </>
  )
}
