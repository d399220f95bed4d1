import { FaultError, fault } from '../../domain/faults.ts'
import type { OptionRecord, OptionRecords } from '../../domain/recorded.ts'
import type { Finding } from '../../domain/series.ts'
import { formatDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import { readMoments } from './moments.ts'
import { readTable } from './read-table.ts'
import { columnOf, type Table, unreadable } from './table.ts'

const RIGHTS: Readonly<Record<string, 'call' | 'put'>> = { call: 'call', c: 'call', put: 'put', p: 'put' }

interface ChainColumns {
  readonly underlying: number
  readonly quoted: number
  readonly expiry: number
  readonly right: number
  readonly strike: number
  readonly bid: number
  readonly ask: number
  readonly mid: number
  readonly volatility: number
  readonly delta: number
  readonly spot: number
}

function chainColumns(table: Table): ChainColumns {
  return {
    underlying: columnOf(table, 'underlying', 'underlyingsymbol', 'symbol', 'root'),
    quoted: columnOf(table, 'quotedate', 'quotetime', 'date'),
    expiry: columnOf(table, 'expiration', 'expirationdate', 'expiry', 'expirydate'),
    right: columnOf(table, 'type', 'optiontype', 'right', 'putcall'),
    strike: columnOf(table, 'strike', 'strikeprice'),
    bid: columnOf(table, 'bid', 'bidprice'),
    ask: columnOf(table, 'ask', 'askprice'),
    mid: columnOf(table, 'midclose', 'mid'),
    volatility: columnOf(table, 'impliedvol', 'impliedvolatility', 'iv'),
    delta: columnOf(table, 'delta'),
    spot: columnOf(table, 'underlyingprice', 'spot', 'underlyinglast'),
  }
}

/** Whether a table is a recorded option chain. */
export function isChain(table: Table): boolean {
  const columns = chainColumns(table)
  return (
    columns.quoted !== -1 &&
    columns.expiry !== -1 &&
    columns.right !== -1 &&
    columns.strike !== -1 &&
    (columns.mid !== -1 || (columns.bid !== -1 && columns.ask !== -1))
  )
}

/**
 * Reads recorded option chains: two-sided quotes or closing mids, with or without implied volatility and delta. What
 * cannot be traded on (no two sides, a crossed quote, an expired contract) is left out and counted.
 *
 * @throws FaultError LAYOUT_UNKNOWN, ROW_UNREADABLE, DATA_REFUSED (strike not positive)
 */
export async function readOptionRecords(path: string, source: string): Promise<OptionRecords> {
  return optionRecords(await readTable(path, source))
}

export function optionRecords(table: Table): OptionRecords {
  if (!isChain(table)) {
    const columns = table.header.join(',')
    const advice = 'an option chain has underlying, quote_date, expiration, type, strike, and bid and ask or mid_close'
    throw new FaultError(fault('LAYOUT_UNKNOWN', { file: table.source, line: table.headerLine, columns, advice }))
  }
  if (table.count === 0) throw new FaultError(fault('FILE_EMPTY', { file: table.source }))
  const all = allRecords(table)
  const leftOut = new Map<string, number[]>()
  const records = all.filter((record) => {
    const why = unusable(record)
    if (why !== null) leftOut.set(why, [...(leftOut.get(why) ?? []), record.line])
    return why === null
  })
  const findings: Finding[] = [...table.findings]
  for (const code of Object.keys(LEFT_OUT)) {
    const lines = leftOut.get(code)
    if (lines === undefined) continue
    findings.push({ kind: 'repair', code, text: LEFT_OUT[code]!, line: lines[0]!, count: lines.length })
  }
  if (records.length === 0) {
    const reason = 'no contract has a two-sided quote or a mid; export the chain again'
    throw new FaultError(fault('DATA_REFUSED', { file: table.source, line: table.lines[0]!, reason }))
  }
  const silent = records.filter(({ impliedVolatility }) => Number.isNaN(impliedVolatility))
  if (silent.length > 0) {
    const text = 'contracts without an implied volatility: it is taken from the mid when they are used'
    findings.push({ kind: 'note', code: 'volatility-missing', text, line: silent[0]!.line, count: silent.length })
  }
  return { source: table.source, layout: layoutOf(table), records, findings }
}

const LEFT_OUT: Readonly<Record<string, string>> = {
  'expired-contracts': 'contracts quoted after their expiry were left out',
  'crossed-quotes': 'contracts whose bid is above the ask were left out',
  'one-sided-quotes': 'contracts without a bid or without an ask were left out: they cannot be both bought and sold',
}

function unusable(record: OptionRecord): string | null {
  if (record.expiry < record.quoteDate) return 'expired-contracts'
  if (Number.isNaN(record.bid) && Number.isNaN(record.ask) && record.mid > 0) return null
  if (record.bid > record.ask && record.ask > 0) return 'crossed-quotes'
  return record.bid > 0 && record.ask > 0 ? null : 'one-sided-quotes'
}

function layoutOf(table: Table): string {
  const columns = chainColumns(table)
  if (columns.mid !== -1) return 'option-mids'
  if (columns.delta !== -1) return 'option-greeks'
  return columns.spot === -1 ? 'option-quotes' : 'option-quotes-with-volatility'
}

function allRecords(table: Table): readonly OptionRecord[] {
  const columns = chainColumns(table)
  const numbers = (column: number): Float64Array =>
    column === -1 ? new Float64Array(table.count).fill(Number.NaN) : table.numbers(column)
  const quoted = readMoments(table, columns.quoted).dates
  const expiries = readMoments(table, columns.expiry).dates
  const strikes = table.numbers(columns.strike)
  const [bids, asks, mids] = [numbers(columns.bid), numbers(columns.ask), numbers(columns.mid)]
  const [volatilities, deltas, spots] = [numbers(columns.volatility), numbers(columns.delta), numbers(columns.spot)]
  return Array.from({ length: table.count }, (_, row) => {
    const line = table.lines[row]!
    const text = table.cell(row, columns.right)
    const right = RIGHTS[text.toLowerCase()]
    if (right === undefined) throw unreadable(table.source, line, table.header[columns.right]!, text, 'call or put')
    const strike = strikes[row]!
    if (!(strike > 0)) throw unreadable(table.source, line, 'strike', String(strike), 'a number above zero')
    return {
      underlying: columns.underlying === -1 ? '' : table.cell(row, columns.underlying),
      quoteDate: quoted[row] as TradeDate,
      expiry: expiries[row] as TradeDate,
      right,
      strike,
      bid: bids[row]!,
      ask: asks[row]!,
      mid: mids[row]!,
      impliedVolatility: volatilities[row]!,
      delta: deltas[row]!,
      underlyingPrice: spots[row]!,
      line,
    }
  })
}

/** The first and last quote dates of a chain file as text. */
export function quoteDates(records: readonly OptionRecord[]): { readonly first: string; readonly last: string } {
  let first = records[0]!.quoteDate
  let last = first
  for (const { quoteDate } of records) {
    if (quoteDate < first) first = quoteDate
    if (quoteDate > last) last = quoteDate
  }
  return { first: formatDate(first), last: formatDate(last) }
}
