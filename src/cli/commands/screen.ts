import { basename, join } from 'node:path'
import { readScreener } from '../../adapters/feeds/screener.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { formatDate } from '../../domain/sessions.ts'
import { loadPortfolio } from '../config/load.ts'
import type { RawScreen } from '../config/schema/universe.ts'
import { byDay } from '../market/snapshots.ts'
import { print, printJson } from '../output.ts'
import { packageRoot } from '../package-root.ts'
import { screenRecords } from '../screen.ts'
import { type HistoryWritten, type ScreenedDay, writeHistory } from '../screen-history.ts'
import { textTable } from '../text-table.ts'

interface ScreenOptions {
  readonly snapshot: readonly string[]
  readonly config?: string
  readonly write?: string
  readonly json?: boolean
}

const REASONS_SHOWN = 12
const NAMES_SHOWN = 40

/** `polyfolio screen`: names of snapshots that meet the criteria, and why each other does not; kept as a history on request. */
export async function screen(options: ScreenOptions): Promise<void> {
  const file = options.config ?? join(packageRoot(), 'presets', 'channels.yaml')
  const { screen: criteria, instruments } = await loadPortfolio(file)
  if (criteria === null) {
    const reason = 'is missing; add the criteria, as in presets/channels.yaml'
    throw new FaultError(fault('CONFIG_INVALID', { file, line: 1, column: 1, path: 'screen', reason }))
  }
  const days = await screenedDays(options.snapshot, criteria)
  const history = options.write === undefined ? null : await writeHistory(options.write, days)
  const declared = new Set(instruments.map(({ instrument }) => instrument.symbol))
  // Shown is the last day; the history has all of them.
  const latest = days.at(-1)!
  const { passes, failures } = latest.result
  const passed = passes.map((candidate) => ({ ...candidate, declared: declared.has(candidate.symbol) }))
  if (options.json === true) {
    const snapshot = options.snapshot.map((one) => basename(one)).join(', ')
    const rows = passes.length + failures.length
    const counts = days.map(({ tradeDate, result }) => ({
      date: formatDate(tradeDate),
      rows: result.passes.length + result.failures.length,
      passes: result.passes.length,
    }))
    printJson({ snapshot, rows, criteria, passes: passed, failures, days: counts, history })
    return
  }
  printDay(latest, passed)
  printPrices(passed, file)
  if (history !== null) printHistory(history)
}

/** Every day of every snapshot, earliest first. */
async function screenedDays(files: readonly string[], criteria: RawScreen): Promise<readonly ScreenedDay[]> {
  const days: ScreenedDay[] = []
  for (const file of files) {
    const { records } = await readScreener(file, basename(file))
    for (const [tradeDate, own] of byDay(records)) {
      if (days.some((day) => day.tradeDate === tradeDate)) {
        const reason = `has ${formatDate(tradeDate)} in more than one file; keep one of them`
        throw new FaultError(fault('OPTION_INVALID', { option: '--snapshot', reason }))
      }
      days.push({ tradeDate, result: screenRecords(own, criteria) })
    }
  }
  return days.sort((left, right) => left.tradeDate - right.tradeDate)
}

type Passed = ScreenedDay['result']['passes'][number] & { readonly declared: boolean }

const figure = (value: number | null): string => (value === null ? '' : value.toLocaleString('en-US'))

function printDay({ tradeDate, result: { failures } }: ScreenedDay, passed: readonly Passed[]): void {
  print(`${passed.length} of ${passed.length + failures.length} names pass on ${formatDate(tradeDate)}`)
  print(
    textTable(
      ['symbol', 'name', 'sector', 'industry', 'market cap', 'float', 'volume', 'in the sectors', 'declared'],
      passed.map((candidate) => [
        candidate.symbol,
        candidate.name,
        candidate.sector,
        candidate.industry,
        figure(candidate.marketCap),
        figure(candidate.floatShares),
        figure(candidate.volume),
        candidate.sectorMatch === null ? '' : candidate.sectorMatch ? 'yes' : 'no',
        candidate.declared ? 'yes' : 'no',
      ]),
      [4, 5, 6],
    ),
  )
  const counted = new Map<string, number>()
  for (const { reasons } of failures) {
    for (const reason of reasons) {
      const kind = reason.replace(/-?\d[\d.e+-]* is not/, 'is not').replace(/^.* is outside/, 'sector is outside')
      counted.set(kind, (counted.get(kind) ?? 0) + 1)
    }
  }
  const causes = [...counted].sort((left, right) => right[1] - left[1]).slice(0, REASONS_SHOWN)
  print(`\n${failures.length} names fail (each with its reasons: --json):`)
  print(
    textTable(
      ['names', 'reason'],
      causes.map(([reason, names]) => [figure(names), reason]),
      [0],
    ),
  )
}

function printPrices(passed: readonly Passed[], file: string): void {
  const without = passed.filter((candidate) => !candidate.declared)
  if (without.length === 0) return
  const symbols = without.slice(0, NAMES_SHOWN).map(({ symbol }) => symbol)
  const more = without.length - symbols.length
  const all = without.length === passed.length ? 'None of them is' : `${without.length} of them are not`
  print(
    `\n${all} declared in ${file}: without an instrument they have no prices and cannot be traded: ${symbols.join(' ')}${more > 0 ? ` and ${more} more` : ''}`,
  )
}

function printHistory({ file, kept, added }: HistoryWritten): void {
  const before = kept === 0 ? '' : `, after the ${figure(kept)} that were there`
  print(`\n${file}: ${figure(added)} rows written${before}. A sleeve follows it by universe_history: ${file}`)
}
