import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readScreener } from '../../adapters/feeds/screener.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { FundamentalsRecord } from '../../domain/market-records.ts'
import type { ScreenRecord } from '../../domain/recorded.ts'
import { formatDate, startOfDay, utcDate } from '../../domain/sessions.ts'
import type { Instant, InstrumentId, TradeDate } from '../../domain/units.ts'
import { notEvaluated, snapshotCriteria } from '../../pipeline/universe/membership.ts'
import type { InstrumentDeclaration, LoadedPortfolio } from '../config/loaded.ts'
import { pathText } from '../config/problems.ts'

/*
 * Snapshots of companies: what was known of each on a day. Criteria ask them from that day on, never before.
 */

/** All companies of one day, from one file. */
export interface Snapshot {
  /** Relative to the data folder. */
  readonly source: string
  readonly tradeDate: TradeDate
  readonly records: readonly ScreenRecord[]
}

/** A snapshot speaks from noon (UTC) of its day on: every close of that day comes after it. */
const PUBLISHED_MS = 12 * 3_600_000

/**
 * Every snapshot that the portfolio names, earliest first.
 * @throws FaultError CONFIG_INVALID for a file that is not there, or a day that two files have
 */
export async function readSnapshots(
  { snapshots, placeOf }: Pick<LoadedPortfolio, 'snapshots' | 'placeOf'>,
  folder: string,
): Promise<readonly Snapshot[]> {
  const all: Snapshot[] = []
  for (const [index, source] of snapshots.entries()) {
    const path = ['snapshots', index]
    const refuse = (reason: string): never => {
      throw new FaultError(fault('CONFIG_INVALID', { ...placeOf(path), path: pathText(path), reason }))
    }
    if (!existsSync(join(folder, source))) {
      refuse(`no file "${source}" in the data folder; correct the name or the folder given by --data`)
    }
    for (const [tradeDate, records] of byDay((await readScreener(join(folder, source), source)).records)) {
      const taken = all.find((other) => other.tradeDate === tradeDate)
      if (taken !== undefined) refuse(`has ${formatDate(tradeDate)}, as "${taken.source}" has; keep one of them`)
      all.push({ source, tradeDate, records })
    }
  }
  return all.sort((left, right) => left.tradeDate - right.tradeDate)
}

/** The companies of a file by their day, in the order of the file. */
export function byDay(records: readonly ScreenRecord[]): ReadonlyMap<TradeDate, readonly ScreenRecord[]> {
  const days = new Map<TradeDate, ScreenRecord[]>()
  for (const record of records) {
    const own = days.get(record.snapshotDate)
    if (own === undefined) days.set(record.snapshotDate, [record])
    else own.push(record)
  }
  return days
}

/** What snapshots say of the instruments that some sleeve asks about; that a name is not in one is said, too. */
export function fundamentalsOf(loaded: LoadedPortfolio, snapshots: readonly Snapshot[]): FundamentalsRecord[] {
  const asked = askedInstruments(loaded)
  return snapshots.flatMap(({ source, tradeDate, records }) => {
    const bySymbol = new Map(records.map((record) => [record.symbol, record]))
    const at = (startOfDay(tradeDate) + PUBLISHED_MS) as Instant
    return loaded.instruments.flatMap(({ instrument: { id, symbol } }: InstrumentDeclaration) => {
      if (!asked.has(id)) return []
      const found = bySymbol.get(symbol) ?? null
      return {
        kind: 'fundamentals' as const,
        id: `${source} ${formatDate(tradeDate)} ${symbol}`,
        instrument: id,
        eventAt: at,
        publishedAt: at,
        origin: 'recorded' as const,
        isListed: found !== null,
        marketCap: found?.marketCap ?? null,
        floatShares: found?.floatShares ?? null,
        sector: found?.sector ?? '',
        industry: found?.industry ?? '',
      }
    })
  })
}

/** Which criteria wait for a snapshot, from the first day of a run on. */
export function snapshotNotes(
  { config, snapshots }: LoadedPortfolio,
  fundamentals: readonly FundamentalsRecord[],
  firstDay: TradeDate | null,
): string[] {
  if (snapshots.length === 0) return []
  const first = fundamentals[0] === undefined ? null : utcDate(fundamentals[0].eventAt)
  return config.sleeves.flatMap(({ id, universeRules }) => {
    const missing = notEvaluated(universeRules, first, firstDay)
    return missing.length === 0 ? [] : `${id}: not evaluated for lack of dated data: ${missing.join(', ')}`
  })
}

function askedInstruments({ config }: LoadedPortfolio): ReadonlySet<InstrumentId> {
  const asking = config.sleeves.filter(({ universeRules }) => snapshotCriteria(universeRules).length > 0)
  return new Set(asking.flatMap(({ universe, universeBelow = [] }) => [...universe, ...universeBelow]))
}
