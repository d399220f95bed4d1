/** When events happened and became known: instants, never taken for what they may not be. */
import { FaultError, fault } from '../../domain/faults.ts'
import { newYorkInstants } from '../../domain/new-york.ts'
import { isTradeDate, startOfDay } from '../../domain/sessions.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import { type Table, unreadable } from './table.ts'

const MS_PER_MINUTE = 60_000
const STAMP = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/
const EPOCH_MS = /^\d{12,13}$/
const DAY = /^(\d{4})-?(\d{2})-?(\d{2})$/
const OFFSET = /^[+-](\d{2}):(\d{2})$/
const NEW_YORK = 'America/New_York'

/** The zones that may be stated for times without one. */
export const ZONE_ADVICE = `"UTC", "${NEW_YORK}" or an offset such as "+01:00"`

/** Whether a text names a zone in which times can be read. */
export function isZone(text: string): boolean {
  const offset = OFFSET.exec(text)
  return text === 'UTC' || text === NEW_YORK || (offset !== null && Number(offset[1]) <= 14 && Number(offset[2]) <= 59)
}

/** How the times of a file are to be read. */
export interface ZoneRule {
  /** The zone of times that carry none; null: none is stated. */
  readonly zone: string | null
  /** Whether times without a zone are refused where none is stated; else they are taken as UTC. */
  readonly isRequired: boolean
}

export interface Instants {
  readonly columns: readonly Float64Array[]
  /** No time carries a zone of its own. */
  readonly isNaive: boolean
}

interface Stamp {
  readonly date: TradeDate
  readonly ms: number
  /** As written; null: none. */
  readonly zone: string | null
}

/**
 * Reads columns of instants. All of a file carry a zone, or none does and one is stated.
 *
 * @throws FaultError ROW_UNREADABLE for what is no date with a time of day; DATA_REFUSED for mixed zones, for times without
 *   a zone where none is stated, for a stated zone where times carry their own, and for an hour that clocks skip or repeat
 */
export function readInstants(table: Table, columns: readonly number[], rule: ZoneRule): Instants {
  const read = columns.map(() => new Float64Array(table.count))
  let isNaive = false
  for (let row = 0; row < table.count; row += 1) {
    for (const [place, column] of columns.entries()) {
      const stamp = stampAt(table, row, column)
      const isBare = stamp.zone === null
      if (row === 0 && place === 0) isNaive = isBare
      if (isBare !== isNaive) throw mixedZones(table, { row, column }, isNaive)
      read[place]![row] = instantOf(table, { row, column }, stamp, rule.zone)
    }
  }
  if (table.count > 0) demandZone(table, { row: 0, column: columns[0]!, isNaive }, rule)
  return { columns: read, isNaive }
}

function mixedZones(table: Table, cell: Cell, isNaive: boolean): FaultError {
  const [here, there] = isNaive ? ['has a zone', 'has none'] : ['has no zone', 'has one']
  return refused(table, cell, `${here}, line ${table.lines[0]} ${there}; write every time with its zone, or none`)
}

/** Reads a column of days without a time. @throws FaultError ROW_UNREADABLE */
export function readDays(table: Table, column: number): Int32Array {
  return Int32Array.from({ length: table.count }, (_, row) => {
    const parts = DAY.exec(table.cell(row, column))
    const date = parts === null ? 0 : Number(`${parts[1]}${parts[2]}${parts[3]}`)
    if (isTradeDate(date)) return date
    throw unreadableAt(table, { row, column }, 'a day such as 2024-01-31')
  })
}

interface Cell {
  readonly row: number
  readonly column: number
}

function demandZone(table: Table, cell: Cell & { readonly isNaive: boolean }, { zone, isRequired }: ZoneRule): void {
  if (cell.isNaive && zone === null && isRequired) {
    throw refused(
      table,
      cell,
      `has no zone; state one where the file is named, "zone:" with ${ZONE_ADVICE}, or write it in every time`,
    )
  }
  if (!cell.isNaive && zone !== null) {
    throw refused(table, cell, `has a zone of its own, but "zone: ${zone}" is stated; remove that line`)
  }
}

function stampAt(table: Table, row: number, column: number): Stamp {
  const text = table.cell(row, column)
  if (EPOCH_MS.test(text)) return { date: 19_700_101 as TradeDate, ms: Number(text), zone: 'Z' }
  const parts = STAMP.exec(text)
  const date = parts === null ? 0 : Number(`${parts[1]}${parts[2]}${parts[3]}`)
  const [hours, minutes, seconds] = [Number(parts?.[4]), Number(parts?.[5]), Number(parts?.[6] ?? 0)]
  if (parts === null || !isTradeDate(date) || hours > 23 || minutes > 59 || seconds > 59) {
    throw unreadableAt(table, { row, column }, 'a date with a time of day, such as 2024-01-31T16:05:00-05:00')
  }
  const fraction = Math.floor(Number(`0.${parts[7] ?? 0}`) * 1_000)
  return { date, ms: (hours * 60 + minutes) * MS_PER_MINUTE + seconds * 1_000 + fraction, zone: parts[8] ?? null }
}

function instantOf(table: Table, cell: Cell, { date, ms, zone }: Stamp, stated: string | null): Instant {
  const named = zone ?? stated ?? 'UTC'
  if (named !== NEW_YORK) return (startOfDay(date) + ms - offsetMs(named)) as Instant
  const instants = newYorkInstants(date, ms)
  if (instants.length === 1) return instants[0]!
  const how = instants.length === 0 ? 'does not exist' : 'happens twice'
  throw refused(table, cell, `${how} in ${NEW_YORK}, whose clocks change then; write the offset in every time`)
}

function offsetMs(zone: string): number {
  if (zone === 'Z' || zone === 'UTC') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return (zone.startsWith('-') ? 0 - minutes : minutes) * MS_PER_MINUTE
}

function refused(table: Table, { row, column }: Cell, what: string): FaultError {
  const reason = `${table.header[column]} "${table.cell(row, column)}" ${what}`
  return new FaultError(fault('DATA_REFUSED', { file: table.source, line: table.lines[row]!, reason }))
}

function unreadableAt(table: Table, { row, column }: Cell, expected: string): FaultError {
  return unreadable(table.source, table.lines[row]!, table.header[column]!, table.cell(row, column), expected)
}
