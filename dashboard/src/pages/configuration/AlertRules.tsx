import { type ReactNode, useState } from 'react'
import type { AlertChannelView, AlertRuleView, AlertSeverity } from '../../../../src/api/contract/alerting.ts'
import type { Dated } from '../../../../src/api/contract/answers.ts'
import type { SleeveTable } from '../../../../src/api/contract/overview.ts'
import { useReading } from '../../data/readings.ts'
import { useRole } from '../../data/session.ts'
import { Icon } from '../../frame/Icon.tsx'
import { useSaveRules } from './alerting.ts'
import { DraftFoot } from './DraftFoot.tsx'

const SEVERITIES: readonly AlertSeverity[] = ['critical', 'high', 'medium', 'low']
const MINUTE_S = 60

interface RuleProps {
  readonly rule: AlertRuleView
  readonly channels: readonly AlertChannelView[]
  readonly sleeves: readonly (readonly [id: string, title: string])[]
  readonly onChange: (rule: AlertRuleView) => void
  readonly onRemove: () => void
}

const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone
const ESCALATE_S = 1800

/** What most rules leave as it is: zone and exception of quiet hours, sleeves, who is called next. */
function RuleMore({ rule, channels, sleeves, onChange }: Omit<RuleProps, 'onRemove'>): ReactNode {
  const set = (change: Partial<AlertRuleView>): void => onChange({ ...rule, ...change })
  const { quiet, escalate } = rule
  const toggled = (all: readonly string[], one: string, isIn: boolean): readonly string[] =>
    isIn ? [...all, one] : all.filter((name) => name !== one)
  return (
    <div className="rule-more">
      <label className="field">
        <span>Time zone of quiet hours</span>
        <input
          className="input"
          aria-label={`${rule.title}: time zone of quiet hours`}
          disabled={quiet === null}
          value={quiet?.zone ?? ''}
          placeholder="no quiet hours"
          onChange={(event) => quiet !== null && set({ quiet: { ...quiet, zone: event.target.value } })}
        />
      </label>
      <label className="field">
        <span>Told all the same</span>
        <select
          className="input"
          aria-label={`${rule.title}: told in quiet hours from severity`}
          disabled={quiet === null}
          value={quiet?.except ?? 'critical'}
          onChange={(event) =>
            quiet !== null && set({ quiet: { ...quiet, except: event.target.value as AlertSeverity } })
          }
        >
          {SEVERITIES.map((severity) => (
            <option key={severity}>{severity}</option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>Nobody acknowledged it, minutes</span>
        <input
          className="input"
          type="number"
          min={0}
          aria-label={`${rule.title}: escalate after minutes, 0 is never`}
          value={escalate === null ? 0 : Math.round(escalate.after / MINUTE_S)}
          onChange={(event) => {
            const minutes = Math.max(0, Number(event.target.value))
            const to = escalate?.channels ?? channels.slice(0, 1).map(({ id }) => id)
            set({ escalate: minutes === 0 || to.length === 0 ? null : { after: minutes * MINUTE_S, channels: to } })
          }}
        />
      </label>
      <fieldset className="field">
        <legend>Then also</legend>
        {channels.map(({ id, title }) => (
          <label key={id} className="check">
            <input
              type="checkbox"
              aria-label={`${rule.title}: escalate to ${title}`}
              checked={escalate?.channels.includes(id) ?? false}
              onChange={(event) => {
                const to = toggled(escalate?.channels ?? [], id, event.target.checked)
                set({ escalate: to.length === 0 ? null : { after: escalate?.after ?? ESCALATE_S, channels: to } })
              }}
            />
            {title}
          </label>
        ))}
      </fieldset>
      <fieldset className="field">
        <legend>Only these sleeves; none: all</legend>
        {sleeves.map(([id, title]) => (
          <label key={id} className="check">
            <input
              type="checkbox"
              aria-label={`${rule.title}: only ${title}`}
              checked={rule.sleeves.includes(id)}
              onChange={(event) => set({ sleeves: toggled(rule.sleeves, id, event.target.checked) })}
            />
            {title}
          </label>
        ))}
      </fieldset>
      <label className="check">
        <input type="checkbox" checked={rule.resolved} onChange={(event) => set({ resolved: event.target.checked })} />
        Say when it is over
      </label>
    </div>
  )
}

/** One rule: what it is about, from which severity, to which channels, when it is quiet. */
function Rule({ rule, channels, sleeves, onChange, onRemove }: RuleProps): ReactNode {
  const [isWhole, setWhole] = useState(false)
  const set = (change: Partial<AlertRuleView>): void => onChange({ ...rule, ...change })
  const minutes = (seconds: number): string => String(Math.round(seconds / MINUTE_S))
  return (
    <>
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
                  quiet:
                    event.target.value === ''
                      ? null
                      : {
                          from: event.target.value,
                          to: rule.quiet?.to ?? '07:00',
                          zone: rule.quiet?.zone ?? OWN_ZONE,
                          except: rule.quiet?.except ?? 'critical',
                        },
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
          <button
            type="button"
            className="link"
            aria-expanded={isWhole}
            aria-label={`More of the rule ${rule.title}`}
            onClick={() => setWhole(!isWhole)}
          >
            {isWhole ? 'Less' : 'More'}
          </button>
        </td>
        <td>
          <button type="button" className="icon-button" aria-label={`Remove the rule ${rule.title}`} onClick={onRemove}>
            <Icon name="close" />
          </button>
        </td>
      </tr>
      {isWhole && (
        <tr>
          <td colSpan={9 + channels.length}>
            <RuleMore rule={rule} channels={channels} sleeves={sleeves} onChange={onChange} />
          </td>
        </tr>
      )}
    </>
  )
}

/** A rule behind all others; its title is what it is called, so no other one has it. */
export function newRule(others: readonly Pick<AlertRuleView, 'title'>[]): AlertRuleView {
  const taken = new Set(others.map(({ title }) => title.trim()))
  let number = others.length + 1
  while (taken.has(`Rule ${number}`)) number += 1
  return {
    id: `rule-${Date.now().toString(36)}-${number}`,
    title: `Rule ${number}`,
    about: '*',
    severity: 'high',
    enabled: true,
    channels: [],
    sleeves: [],
    quiet: null,
    escalate: null,
    resolved: true,
    deduplicate: 300,
    digest: 0,
  }
}

/** Which alerts go to which channels; a change takes a proof, since it may silence the worst. */
export function AlertRules({
  saved,
  channels,
}: {
  readonly saved: readonly AlertRuleView[]
  readonly channels: readonly AlertChannelView[]
}): ReactNode {
  const [draft, setDraft] = useState<readonly AlertRuleView[] | null>(null)
  const save = useSaveRules()
  const mayEdit = useRole('operator')
  const { data } = useReading<Dated<SleeveTable>>('sleeves')
  const sleeves = (data?.data.rows ?? [])
    .filter(({ status }) => status !== 'reserve')
    .map(({ sleeve, title }) => [sleeve, title] as const)
  const rules = draft ?? saved
  return (
    <fieldset disabled={!mayEdit}>
      {rules.length === 0 ? (
        <p className="config-note">No rule says who is told of what.</p>
      ) : (
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
              <col style={{ width: '60px' }} />
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
                  <span className="only-heard">More</span>
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
                  sleeves={sleeves}
                  onChange={(next) => setDraft(rules.map((old, index) => (index === place ? next : old)))}
                  onRemove={() => setDraft(rules.filter((_, index) => index !== place))}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <DraftFoot
        add="Add a rule"
        save="Save rules"
        isChanged={draft !== null}
        isSaving={save.isPending}
        onAdd={() => setDraft([...rules, newRule(rules)])}
        onDiscard={() => setDraft(null)}
        onSave={() => save.mutate(rules, { onSuccess: (result) => result !== null && setDraft(null) })}
      />
    </fieldset>
  )
}
