/** The page of one strategy: its figures as the report has them, what it did, holds and is run with. */
import type { Panel } from '../../api/contract/analysis.ts'
import type {
  SleeveEquity,
  SleeveMark,
  SleevePage,
  SleeveParameters,
  SleevePosition,
} from '../../api/contract/sleeve-page.ts'
import type { SleeveConfig } from '../../domain/config.ts'
import type { Parameters, ParameterTable } from '../../domain/parameters.ts'
import { formatDate, formatInstant } from '../../domain/sessions.ts'
import type { AttributionRecord, RunResult, SleeveResult, TradeRecord } from '../../engine/records/result.ts'
import { cumulativeReturns } from '../../pipeline/metrics/returns.ts'
import { snakeCase } from '../config/strategies.ts'
import { finite, known } from '../report/numbers.ts'
import { shadowReturns } from '../report/shadow-figures.ts'
import { empty, type Facts, filled } from './facts.ts'
import { lineOf } from './lines.ts'
import { pricesOf } from './prices.ts'
import { sizingOf } from './sizing.ts'

const MARKS_MOST = 2_000
const DAY_MS = 86_400_000
const EPSILON = 1e-9
/** Bookings that open and close positions. */
const MOVES: ReadonlySet<AttributionRecord['kind']> = new Set([
  'fill',
  'cross',
  'expiry',
  'assignment',
  'ended',
  'external',
  'assigned',
  'reversal',
  'correction',
  'split',
])

/** Null where the portfolio has no such sleeve. */
export function sleevePage(facts: Facts, name: string, instrument: string | undefined): SleevePage | null {
  const { report, result } = facts
  const ordinal = result.sleeves.findIndex(({ id }) => id === name)
  const sleeve = result.sleeves[ordinal]
  const figures = report.sleeves[ordinal]
  const config = result.config.sleeves[ordinal]
  if (sleeve === undefined || figures === undefined || config === undefined) return null
  const marks = marksOf(result, sleeve)
  return {
    currency: report.portfolio.currency,
    name,
    title: figures.title,
    sleeves: report.sleeves.map((one) => ({ name: one.name, title: one.title })),
    status: statusOf(facts, config, sleeve),
    stage: result.capital?.stages.find((one) => one.sleeve === name)?.stage ?? null,
    figures,
    equity: equityOf(facts, sleeve, ordinal, marks),
    prices: pricesOf(facts, config, marks, instrument),
    positions: positionsOf(facts, sleeve, ordinal),
    parameters: parametersOf(facts, config),
  }
}

function statusOf({ pausedSleeves }: Facts, config: SleeveConfig, sleeve: SleeveResult): SleevePage['status'] {
  if (config.kind === 'external') return 'external'
  if (config.strategy === null) return 'cash'
  return sleeve.paused !== null || pausedSleeves.has(sleeve.id) ? 'paused' : 'active'
}

function marksOf(result: RunResult, sleeve: SleeveResult): readonly SleeveMark[] {
  const closed = result.trades
    .filter((trade) => trade.sleeve === sleeve.id)
    .flatMap((trade) => [markOf(trade, 'entry'), markOf(trade, 'exit')])
  const open = openEntries(result, sleeve.id).map(
    ({ record, quantity }): SleeveMark => ({
      day: formatDate(record.tradeDate),
      at: formatInstant(record.at),
      instrument: record.instrument,
      what: 'entry',
      side: quantity > 0 ? 'long' : 'short',
      quantity: known(Math.abs(quantity)),
      price: finite(record.price),
      order: String(record.order),
      reason: record.reason,
      pnl: null,
    }),
  )
  return [...closed, ...open].sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0))
}

function markOf(trade: TradeRecord, what: SleeveMark['what']): SleeveMark {
  const isEntry = what === 'entry'
  return {
    day: formatDate(isEntry ? trade.entryDate : trade.exitDate),
    at: formatInstant(isEntry ? trade.openedAt : trade.closedAt),
    instrument: trade.instrument,
    what,
    side: trade.side,
    quantity: known(trade.quantity),
    price: finite(isEntry ? trade.entryPrice : trade.exitPrice),
    order: String(isEntry ? trade.entryOrder : trade.exitOrder),
    reason: isEntry ? trade.entryReason : trade.exitReason,
    pnl: isEntry ? null : known(trade.pnl),
  }
}

interface OpenEntry {
  /** The booking that opened it. */
  readonly record: AttributionRecord
  readonly quantity: number
}

/** What opened each position that is still there. */
function openEntries(result: RunResult, sleeve: string): readonly OpenEntry[] {
  const open = new Map<string, { record: AttributionRecord; quantity: number }>()
  for (const record of result.attribution) {
    if (record.sleeve !== sleeve || record.quantity === 0 || !MOVES.has(record.kind)) continue
    const before = open.get(record.instrument)
    const quantity = (before?.quantity ?? 0) + record.quantity
    if (Math.abs(quantity) < EPSILON) open.delete(record.instrument)
    else if (before === undefined || Math.sign(before.quantity) !== Math.sign(quantity))
      open.set(record.instrument, { record, quantity })
    else before.quantity = quantity
  }
  const held = new Set(
    result.positions.flatMap((position) => (position.sleeve === sleeve ? [position.instrument] : [])),
  )
  return [...open.values()].filter(({ record }) => held.has(record.instrument))
}

function equityOf(
  facts: Facts,
  sleeve: SleeveResult,
  ordinal: number,
  marks: readonly SleeveMark[],
): Panel<SleeveEquity> {
  const { days, returns, result, report } = facts
  if (days.length === 0) return empty('No day has ended yet.')
  const { title, name } = report.sleeves[ordinal]!
  const shadow = result.shadows.find((one) => one.sleeve === name)
  const actual = lineOf({ name, title }, days, cumulativeReturns(returns.sleeves[ordinal]!))
  return filled({
    equity: lineOf({ name, title }, days, sleeve.equity),
    actual,
    shadow:
      shadow === undefined
        ? null
        : lineOf({ name: 'shadow', title: 'Alone' }, days, cumulativeReturns(shadowReturns(result, shadow))),
    marks: marks.slice(-MARKS_MOST),
    gap: gapOf(facts, sleeve, ordinal),
  })
}

function gapOf({ report, result }: Facts, sleeve: SleeveResult, ordinal: number): SleeveEquity['gap'] {
  const figures = report.sleeves[ordinal]!
  const { shadow } = figures
  if (shadow === null) return null
  const ends = (end: string): number =>
    result.refusals.filter((refusal) => refusal.sleeve === sleeve.id && refusal.end === end).length
  return {
    actual: figures.totalReturn,
    shadow: shadow.totalReturn,
    difference:
      figures.totalReturn === null || shadow.totalReturn === null
        ? null
        : finite(figures.totalReturn - shadow.totalReturn),
    fees: figures.fees,
    shadowFees: shadow.fees,
    crossingGain: known(sleeve.crossingGain),
    slippage: known(sleeve.slippage),
    refused: ends('refused'),
    trimmed: ends('trimmed'),
  }
}

function positionsOf(facts: Facts, sleeve: SleeveResult, ordinal: number): Panel<readonly SleevePosition[]> {
  const { result } = facts
  const held = result.positions.filter((position) => position.sleeve === sleeve.id)
  if (held.length === 0) return empty('Nothing is held.')
  const entries = new Map(openEntries(result, sleeve.id).map(({ record }) => [record.instrument, record]))
  const equity = sleeve.equity.at(-1) ?? Number.NaN
  const now = facts.at ?? 0
  return filled(
    held.map(({ instrument: symbol, quantity, averagePrice, mark, value, unrealised }): SleevePosition => {
      const entry = entries.get(symbol)
      const instrument = result.instruments.find((one) => one.symbol === symbol)!
      return {
        instrument: symbol,
        side: quantity > 0 ? 'long' : 'short',
        quantity: known(quantity),
        entryPrice: known(averagePrice),
        price: known(mark),
        value: known(value),
        weight: finite(value / equity),
        unrealised: known(unrealised),
        enteredAt: entry === undefined ? null : formatInstant(entry.at),
        entryDay: entry === undefined ? null : formatDate(entry.tradeDate),
        held: entry === undefined ? null : finite((now - entry.at) / DAY_MS),
        order: entry === undefined || entry.order === 0 ? null : String(entry.order),
        reason: entry?.reason ?? '',
        sizing: sizingOf(facts, ordinal, instrument),
      }
    }),
  )
}

function parametersOf({ strategies }: Facts, config: SleeveConfig): Panel<SleeveParameters> {
  if (config.strategy === null) return empty('It holds cash and has nothing to set.')
  const strategy = strategies.get(config.isolatedAs ?? config.strategy)
  const table = (strategy?.parameters ?? {}) as ParameterTable<Parameters>
  return filled({
    strategy: config.strategy,
    about: strategy?.summary ?? '',
    instruments: config.universe,
    timeframe: config.clock,
    parameters: Object.entries(config.parameters).map(([name, value]) => {
      const standard = table[name]?.default ?? null
      return { name: snakeCase(name), value, standard, isStandard: value === standard, about: table[name]?.title ?? '' }
    }),
  })
}
