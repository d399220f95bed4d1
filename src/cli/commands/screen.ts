import { basename, join } from 'node:path'
import { readScreener } from '../../adapters/feeds/screener.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { loadPortfolio } from '../config/load.ts'
import { print, printJson } from '../output.ts'
import { packageRoot } from '../package-root.ts'
import { screenRecords } from '../screen.ts'
import { textTable } from '../text-table.ts'

interface ScreenOptions {
  readonly snapshot: string
  readonly config?: string
  readonly json?: boolean
}

const REASONS_SHOWN = 12

/** `polyfolio screen`: names of a snapshot that meet the criteria, and why each other does not. */
export async function screen(options: ScreenOptions): Promise<void> {
  const file = options.config ?? join(packageRoot(), 'presets', 'channels.yaml')
  const { screen: criteria, instruments } = await loadPortfolio(file)
  if (criteria === null) {
    const reason = 'is missing; add the criteria, as in presets/channels.yaml'
    throw new FaultError(fault('CONFIG_INVALID', { file, line: 1, column: 1, path: 'screen', reason }))
  }
  const { records } = await readScreener(options.snapshot, basename(options.snapshot))
  const { passes, failures } = screenRecords(records, criteria)
  const declared = new Set(instruments.map(({ instrument }) => instrument.symbol))
  const passed = passes.map((candidate) => ({ ...candidate, declared: declared.has(candidate.symbol) }))
  if (options.json === true) {
    printJson({ snapshot: basename(options.snapshot), rows: records.length, criteria, passes: passed, failures })
    return
  }
  const text = (value: number | null): string => (value === null ? '' : value.toLocaleString('en-US'))
  print(`${passed.length} of ${records.length} names pass`)
  print(
    textTable(
      ['symbol', 'name', 'sector', 'industry', 'market cap', 'float', 'volume', 'in the sectors', 'declared'],
      passed.map((candidate) => [
        candidate.symbol,
        candidate.name,
        candidate.sector,
        candidate.industry,
        text(candidate.marketCap),
        text(candidate.floatShares),
        text(candidate.volume),
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
      causes.map(([reason, names]) => [text(names), reason]),
      [0],
    ),
  )
  const without = passed.filter((candidate) => !candidate.declared)
  if (without.length > 0) {
    print(`\nnot declared in ${file}, so without prices: ${without.map(({ symbol }) => symbol).join(' ')}`)
  }
}
