/** What happened, as sentences; and what somebody should look at now. */
import type { WaitingApproval } from '../../domain/control.ts'
import type { ActivityEntry } from '../../domain/paging.ts'
import type { ActivityKind, ActivityRow, Attention, AttentionItem } from '../contract/overview.ts'
import { moneyText, price, quantity } from './amounts.ts'
import { type Basis, currencyOf } from './basis.ts'
import { figureText, violationText, words } from './lists.ts'
import { moment } from './moments.ts'

const KINDS: Readonly<Record<ActivityEntry['kind'], ActivityKind>> = {
  trade: 'trade',
  violation: 'risk',
  rebalancing: 'rebalance',
  status: 'status',
  alert: 'alert',
}

export function activityRow(entry: ActivityEntry, currency: string): ActivityRow {
  const { id, at, kind, severity, sleeve, instrument, order } = entry
  return {
    id,
    at: moment(at),
    kind: KINDS[kind],
    text: sentenceOf(entry, currency),
    severity: severity as ActivityRow['severity'],
    sleeve,
    instrument,
    order,
    actor: null,
  }
}

function sentenceOf(entry: ActivityEntry, currency: string): string {
  const { kind, what, symbol, quantity: held, price: at, value, limit, text } = entry
  switch (kind) {
    case 'trade': {
      const verb = what === 'buy' ? 'Bought' : what === 'sell' ? 'Sold' : words(what)
      const count = held === null ? '' : ` ${quantity(Math.abs(held))}`
      const level = at === null ? '' : ` at ${price(Number(at.toFixed(Math.abs(at) < 1 ? 6 : 4)))}`
      return `${verb}${count} ${symbol}${level}`
    }
    case 'violation': {
      const figures =
        value === null || limit === null
          ? ''
          : `: ${figureText(value, text)} against a limit of ${figureText(limit, text)}`
      return what === 'resolved' ? `${words(text)} is over` : `${words(text)}${figures}`
    }
    case 'rebalancing':
      return value === null || value === 0
        ? `${words(what)}: ${text}`
        : `${words(what)}: ${moneyText(value, currency)} moved. ${text}`
    case 'status':
    case 'alert':
      return text === '' ? words(what) : `${text.charAt(0).toUpperCase()}${text.slice(1)}`
  }
}

const RANK = { critical: 0, high: 1, medium: 2, low: 3 } as const

/** The most urgent first. */
export function attention(basis: Basis): Attention {
  const items = [
    ...engineItems(basis),
    ...gateItems(basis),
    ...approvalItems(basis),
    ...violationItems(basis),
    ...sleeveItems(basis),
  ]
  items.sort((one, other) => RANK[one.severity] - RANK[other.severity])
  return { items, calm: 'Nothing needs you.' }
}

function engineItems({ beat, isRunning, portfolio }: Basis): readonly AttentionItem[] {
  if (beat === null) {
    return [item('engine', 'high', `No engine has ever run ${portfolio}.`, null, '/config/sleeves')]
  }
  const failed =
    beat.failure === ''
      ? []
      : [item('failure', 'high', `The last cycle failed: ${beat.failure}`, beat.at, '/config/audit')]
  if (isRunning) return failed
  const how = beat.ended === '' ? 'The engine fell silent.' : `The engine ended: ${beat.ended}`
  return [...failed, item('engine', beat.ended === '' ? 'critical' : 'medium', how, beat.at, '/config/sleeves')]
}

function gateItems({ beat, isRunning }: Basis): readonly AttentionItem[] {
  if (beat === null || !isRunning) return []
  const whole = beat.gates.filter(({ instrument }) => instrument === null)
  const single = beat.gates.filter(({ instrument }) => instrument !== null)
  const shown = whole.map(({ gate, reason, since }) =>
    item(
      `gate ${gate}`,
      gate === 'alive' ? 'critical' : 'high',
      gate === 'alive' ? `Trading is stopped: ${reason}` : `No order leaves: ${reason}`,
      since,
      '/config/sleeves',
    ),
  )
  if (single.length === 0) return shown
  const names = single
    .slice(0, 3)
    .map(({ instrument }) => instrument as string)
    .join(', ')
  const more = single.length > 3 ? ` and ${single.length - 3} more` : ''
  return [...shown, item('gates', 'medium', `Not traded now: ${names}${more}.`, single[0]!.since, '/risk')]
}

function approvalItems({ beat, isRunning, sleeves, config }: Basis): readonly AttentionItem[] {
  const currency = currencyOf({ config, beat })
  const waiting = isRunning ? (beat?.approvals ?? []) : []
  if (waiting.length === 0) return []
  const [first] = waiting
  const title = sleeves.find(({ sleeve }) => sleeve === first!.sleeve)?.title ?? first!.sleeve
  const text =
    waiting.length === 1
      ? `${title} waits for your approval. ${entryText(first!, currency)}`
      : `${waiting.length} entries wait for your approval.`
  return [item('approvals', 'high', text, null, '/config/approvals')]
}

/** `Buy 488 GOOG for $50,501.20, until 2025-02-06.` */
function entryText({ quantity: wanted, instrument, value, until }: WaitingApproval, currency: string): string {
  const worth = value === null ? '' : ` for ${moneyText(value, currency)}`
  const end = until === null ? '' : `, until ${moment(until).slice(0, 10)}`
  return `${wanted < 0 ? 'Sell' : 'Buy'} ${quantity(Math.abs(wanted))} ${instrument}${worth}${end}.`
}

function violationItems({ openViolations }: Basis): readonly AttentionItem[] {
  return openViolations.map((row) =>
    item(
      `violation ${row.id}`,
      row.severity as AttentionItem['severity'],
      `${violationText(row)}.`,
      row.at,
      `/risk?violation=${row.id}`,
    ),
  )
}

function sleeveItems({ sleeves }: Basis): readonly AttentionItem[] {
  return sleeves
    .filter(({ status, strategy }) => status === 'paused' && strategy !== null)
    .map(({ sleeve, title, reason }) =>
      item(
        `sleeve ${sleeve}`,
        'medium',
        `${title} is paused: ${reason}`,
        null,
        `/strategy/${encodeURIComponent(sleeve)}`,
      ),
    )
}

function item(
  id: string,
  severity: AttentionItem['severity'],
  text: string,
  since: number | null,
  to: string,
): AttentionItem {
  return { id, severity, text, since: since === null ? null : moment(since), to }
}
