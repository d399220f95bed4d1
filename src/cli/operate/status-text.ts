/** How an engine is, for people and as the document of `--json`. */
import type { BackupState } from '../../adapters/store/backup-state.ts'
import type { Heartbeat } from '../../domain/control.ts'
import { count, decimal, finite, money, percentTo, quantityText } from '../report/numbers.ts'
import { textTable } from '../text-table.ts'
import { SILENT_MS } from './portfolio-of.ts'

export interface PortfolioStatus {
  readonly portfolio: string
  /** In its journal. */
  readonly events: number
  /** Null: no engine ever spoke. */
  readonly heartbeat: Heartbeat | null
}

/** Whether an engine runs: it has not said that it ended, and was heard lately. */
export function isRunning(heartbeat: Heartbeat | null, now: number): boolean {
  return heartbeat !== null && heartbeat.ended === '' && now - heartbeat.at <= SILENT_MS
}

/** The daily copy of the store; null where none is asked for. */
export function backupDocument(state: BackupState | null) {
  if (state === null) return null
  return { at: momentText(state.at), age: state.age / 1_000, overdue: state.isOverdue }
}

export function backupText(state: BackupState): string {
  const age = `${decimal(state.age / 3_600_000, 1)} hours`
  const last = state.at === null ? `none yet, asked for since ${age}` : `the last one is ${age} old`
  return `Daily copy of the store: ${last}${state.isOverdue ? '; OVERDUE' : ''}`
}

export function statusDocument({ portfolio, events, heartbeat }: PortfolioStatus, now: number) {
  if (heartbeat === null) return { portfolio, events, running: false, engine: null }
  const { portfolio: _, accountSuffix, ...rest } = heartbeat
  return {
    portfolio,
    events,
    running: isRunning(heartbeat, now),
    engine: {
      ...rest,
      account: accountSuffix,
      startedAt: momentText(rest.startedAt),
      at: momentText(rest.at),
      marketAt: momentText(rest.marketAt),
      lastCycleAt: momentText(rest.lastCycleAt),
      nextCycleAt: momentText(rest.nextCycleAt),
      armedUntil: momentText(rest.armedUntil),
      equity: finite(rest.equity),
      gates: rest.gates.map((gate) => ({ ...gate, since: momentText(gate.since) })),
      approvals: rest.approvals.map((one) => ({ ...one, until: momentText(one.until) })),
    },
  }
}

function momentText(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

export function statusText({ portfolio, events, heartbeat }: PortfolioStatus, now: number): string {
  if (heartbeat === null) return `${portfolio}: ${count(events)} events; no engine has spoken yet`
  const lines = isRunning(heartbeat, now) ? runningLines(heartbeat, now) : stoppedLines(heartbeat)
  return [
    `${portfolio}, ${heartbeat.role}: ${lines[0]}`,
    ...lines.slice(1).map((line) => `  ${line}`),
    ...gateLines(heartbeat).map((line) => `  ${line}`),
    ...(heartbeat.approvals.length === 0 ? [] : ['', approvalsText(heartbeat.approvals, heartbeat.currency)]),
  ].join('\n')
}

function runningLines(beat: Heartbeat, now: number): readonly [string, ...string[]] {
  const { seq, marketAt, lastCycleAt, nextCycleAt, loopLag, dataAge, equity } = beat
  return [
    `run by ${beat.owner} since ${clockText(beat.startedAt)}, last heard ${secondsText(now - beat.at)} ago`,
    `event ${count(seq)}, market at ${clockText(marketAt)}; last cycle ${clockText(lastCycleAt)}, next ${clockText(nextCycleAt)}`,
    `equity ${equity === null ? 'n/a' : money(equity, beat.currency)}; ${workText(beat)}`,
    `data ${dataAge === null ? 'replayed' : `${secondsText(dataAge)} old`}; timers late by ${decimal(loopLag, 1)} ms`,
    ...fractionLine(beat),
    ...(beat.failure === '' ? [] : [`last cycle failed: ${beat.failure}`]),
  ]
}

function workText({ openOrders, unknownOrders, waitingWishes }: Heartbeat): string {
  return `${count(openOrders)} orders at the broker, ${count(unknownOrders)} of unknown outcome; ${count(waitingWishes)} wishes wait`
}

/** What the part leaves stays in reserve until somebody takes the next step. */
function fractionLine({ liveFraction, equity, currency, accountSuffix }: Heartbeat): readonly string[] {
  if (liveFraction === null) return []
  const rest = equity === null ? 'the rest' : money(equity * (1 - liveFraction), currency)
  const reserve = liveFraction === 1 ? '' : `, ${rest} of it stays in reserve`
  return [`${percentTo(liveFraction, 1)} of the allocation trades${reserve}; account …${accountSuffix}`]
}

function stoppedLines(beat: Heartbeat): readonly [string, ...string[]] {
  const { owner, at, ended, failure } = beat
  return [
    ended === ''
      ? `no engine runs it; ${owner} was last heard at ${clockText(at)}, and did not say that it ended`
      : `no engine runs it; ${owner} ended at ${clockText(at)}: ${ended}`,
    `event ${count(beat.seq)}, market at ${clockText(beat.marketAt)}; then ${workText(beat)}`,
    ...(failure === '' || failure === ended ? [] : [`last cycle failed: ${failure}`]),
  ]
}

function gateLines({ mode, gates, armedUntil }: Heartbeat): readonly string[] {
  const armed = armedUntil === null ? [] : [`armed until ${clockText(armedUntil)}`]
  if (gates.length === 0) return [mode === 'active' ? 'every gate is open' : 'only reducing orders leave', ...armed]
  const shut = gates.map(({ gate, instrument, reason, since }) => {
    const of = instrument === null ? '' : ` of ${instrument}`
    return `shut: ${gate}${of}, ${reason} (since ${clockText(since)})`
  })
  return [...shut, ...(mode === 'active' ? [] : ['only reducing orders leave']), ...armed]
}

export function approvalsText(waiting: Heartbeat['approvals'], currency: string): string {
  if (waiting.length === 0) return 'No wish waits for an approval.'
  return textTable(
    ['Approval', 'Sleeve', 'Instrument', 'Quantity', 'Value', 'Until', 'Reason'],
    waiting.map(({ id, sleeve, instrument, quantity, value, until, reason }) => [
      id,
      sleeve,
      instrument,
      quantityText(quantity),
      value === null ? 'n/a' : money(value, currency),
      clockText(until),
      reason,
    ]),
    [3, 4],
  )
}

function clockText(at: number | null): string {
  return at === null ? 'n/a' : `${new Date(at).toISOString().replace('T', ' ').slice(0, 19)} UTC`
}

function secondsText(milliseconds: number): string {
  return `${decimal(Math.max(0, milliseconds) / 1_000, 1)} s`
}
