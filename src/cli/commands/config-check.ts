import type { SleeveConfig } from '../../domain/config.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import type { EventRecords } from '../../domain/recorded.ts'
import { formatDate, utcDate } from '../../domain/sessions.ts'
import { type Timeframe, timeframeOf } from '../../domain/timeframes.ts'
import type { TradeDate } from '../../domain/units.ts'
import { type Closeness, closenessOf } from '../config/closeness.ts'
import { deployable } from '../config/deployable.ts'
import { syntheticNotes } from '../config/events.ts'
import { limitNotes } from '../config/limit-notes.ts'
import { loadPortfolio } from '../config/load.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'
import { overlapsOf } from '../config/overlaps.ts'
import { snakeCase } from '../config/strategies.ts'
import { concerns, NO_EVENT_ROWS, readEventFiles } from '../market/events.ts'
import { GENERATED } from '../market/futures.ts'
import { type History, loadHistories } from '../market/market.ts'
import { readSnapshots, type Snapshot } from '../market/snapshots.ts'
import { print, printJson } from '../output.ts'
import { ratio } from '../report/numbers.ts'
import { textTable } from '../text-table.ts'
import { approvalWords } from './approval-words.ts'
import { paperWords } from './paper-words.ts'
import { planWarnings, planWords } from './plan-words.ts'
import { universeWords, unjudged } from './universe-words.ts'

interface CheckOptions {
  readonly data?: string
  readonly json?: boolean
}

interface FileView {
  readonly instrument: string
  readonly file: string
  readonly first: string
  readonly last: string
  readonly rows: number
}

/** `polyfolio config check`: what a run of this portfolio would do; with a data folder, on which history. */
export async function configCheck(file: string, options: CheckOptions): Promise<void> {
  const loaded = await loadPortfolio(file)
  const events = options.data === undefined ? NO_EVENT_ROWS : await readEventFiles(loaded, options.data)
  const histories =
    options.data === undefined ? null : await loadHistories(loaded, options.data, () => {}, events.records)
  const snapshots = options.data === undefined ? [] : await readSnapshots(loaded, options.data)
  const view = viewOf(loaded, histories, { snapshots, eventFiles: events.files })
  if (options.json === true) printJson(view)
  else printView(view)
}

/** How often bars close that are shorter than a session. */
const EVERY: Readonly<Record<Timeframe, string>> = {
  '1m': 'every minute',
  '5m': 'every 5 minutes',
  '15m': 'every 15 minutes',
  '1h': 'every hour',
  '4h': 'every 4 hours',
  '1d': 'every day',
}

function decides(sleeve: SleeveConfig): string {
  const { watch, strategy, status } = sleeve
  const said = whenOf(sleeve)
  if (watch === undefined || strategy === null) return said
  return `${said}; ${status === 'paused' ? 'they are' : 'what it holds is'} watched ${EVERY[timeframeOf(watch)]}`
}

function whenOf({ calendar, clock, status, strategy, kind }: SleeveConfig): string {
  if (strategy === null) return 'never: it only holds cash'
  if (kind === 'return_stream') return 'never: it holds recorded returns, sized to its capital at every close'
  if (status === 'paused') return 'never while paused: open positions are managed'
  const timeframe = timeframeOf(clock)
  if (timeframe !== '1d')
    return calendar === 'continuous'
      ? `${EVERY[timeframe]} round the clock; entries act at once`
      : `${EVERY[timeframe]} of a session; entries act on the next open`
  return calendar === 'continuous'
    ? 'every day at 00:00 UTC; entries act at once'
    : 'every session at the close of the exchange; entries act on the next open'
}

/** What lies in the data folder beside prices. */
interface BesidePrices {
  readonly snapshots: readonly Snapshot[]
  readonly eventFiles: readonly EventRecords[]
}

function viewOf(
  loaded: LoadedPortfolio,
  histories: readonly History[] | null,
  { snapshots, eventFiles }: BesidePrices,
) {
  const { config } = loaded
  const past = histories === null ? null : { histories, snapshots }
  const scale = countsPerUnit(config.currency)
  const overlaps = overlapsOf(config)
  const warnings = overlaps
    .filter(({ mixedTimeframes }) => mixedTimeframes)
    .map(
      ({ instrument, sleeves }) =>
        `${instrument} is traded by sleeves of different timeframes (${sleeves.join(', ')}): they decide at different times, and only what acts at the same instant nets`,
    )
  warnings.push(...loaded.unused)
  if (config.capitalPlan !== undefined) warnings.push(...planWarnings(config.capitalPlan))
  const correlations = histories === null ? null : closenessOf(config, histories)
  for (const { sleeves, correlation } of correlations?.close ?? [])
    warnings.push(
      `what ${sleeves.join(' and ')} trade moves together: correlation ${correlation.toFixed(2)} over the last ${correlations!.days} days`,
    )
  if (!config.netting) warnings.push('netting is off: opposing orders of two sleeves both reach the broker')
  return {
    file: loaded.file,
    name: config.name,
    currency: config.currency,
    capital: config.capital / scale,
    weights: config.sleeves.reduce((sum, sleeve) => sum + sleeve.weight, 0),
    leverage: config.limits.leverageMax,
    sleeves: config.sleeves.map((sleeve) => ({
      id: sleeve.id,
      title: sleeve.title,
      strategy: sleeve.strategy,
      recorded: sleeve.recorded ?? null,
      capital: sleeve.capital / scale,
      weight: sleeve.weight,
      decides: decides(sleeve),
      instruments: sleeve.universe,
      parameters: Object.fromEntries(
        Object.entries(sleeve.parameters).map(([name, value]) => [snakeCase(name), value]),
      ),
      sizing: sleeve.sizing,
      positionsMax: sleeve.limits.positionsMax,
      synthetic: syntheticFor(loaded, sleeve),
      universe: universeWords(sleeve.universeRules),
      notEvaluated: unjudged(sleeve.universeRules, past, loaded.snapshots),
    })),
    capitalPlan: config.capitalPlan === undefined ? null : planWords(config, config.capitalPlan),
    approvals: config.approvals === undefined ? null : approvalWords(config, config.approvals),
    paper: config.paper === undefined ? null : paperWords(config),
    limits: config.limits,
    deployable: deployable(config),
    overlaps,
    correlations,
    warnings,
    notes: [
      ...syntheticNotes(loaded.events),
      ...loaded.notes,
      ...loaded.unchecked,
      ...limitNotes(config, loaded.instruments),
    ],
    snapshots: histories === null ? null : snapshotsOf(loaded, snapshots),
    files: histories === null ? null : [...filesOf(histories), ...eventFiles.map(eventFileOf)],
  }
}

/** Kinds of records of its instruments that a seed gives, which its strategy reads or its positions would pay for. */
function syntheticFor({ events, instruments }: LoadedPortfolio, { id, universe }: SleeveConfig): readonly string[] {
  const reads = events.readers.find((reader) => reader.id === id)?.reads ?? []
  const own = instruments.filter(({ instrument }) => universe.includes(instrument.id))
  return events.feeds.flatMap((feed) => {
    if (!('synthetic' in feed)) return []
    const counts = feed.kind === 'funding' || feed.kind === 'borrow' || reads.includes(feed.kind)
    return counts && own.some(({ instrument }) => concerns(feed, instrument)) ? [feed.kind] : []
  })
}

/** Which companies of each snapshot the portfolio has instruments of. */
function snapshotsOf({ instruments }: LoadedPortfolio, snapshots: readonly Snapshot[]) {
  const symbols = new Set(instruments.map(({ instrument }) => instrument.symbol))
  return snapshots.map(({ source, tradeDate, records }) => ({
    file: source,
    date: formatDate(tradeDate),
    companies: records.length,
    declared: records.filter(({ symbol }) => symbols.has(symbol)).length,
  }))
}

/** What a run would read, judged as a run judges it: splits against the declared basis of prices included. */
function filesOf(histories: readonly History[]): readonly FileView[] {
  const day = (date: number | undefined): string => formatDate((date ?? 0) as TradeDate)
  // Contracts that nobody traded are told by their chain.
  const told = histories.filter(
    ({ instrument, series }) => !(instrument.future !== undefined && series.layout === GENERATED),
  )
  return told.map(({ instrument, series: days, intraday }) => {
    const series = intraday ?? days
    return {
      instrument: instrument.id,
      file: series.source,
      first: day(series.dates[0]),
      last: day(series.dates.at(-1)),
      // The index of a recorded stream has a level before its first row.
      rows: series.dates.length - (instrument.kind === 'stream' && series.layout === 'returns' ? 1 : 0),
    }
  })
}

function eventFileOf({ source, kind, records }: EventRecords): FileView {
  const days = records.map(({ publishedAt }) => utcDate(publishedAt)).sort((one, other) => one - other)
  const [first, last] = [formatDate(days[0]!), formatDate(days.at(-1)!)]
  return { instrument: `(${kind})`, file: source, first, last, rows: records.length }
}

type View = ReturnType<typeof viewOf>

function printCorrelations({ sleeves, matrix, days }: Closeness): void {
  const rows = sleeves.map((name, row) => [
    `${row + 1} ${name}`,
    ...matrix[row]!.map((value, column) => (column > row ? '' : ratio(value))),
  ])
  const numbers = sleeves.map((_, column) => String(column + 1))
  print(`\nCorrelation of what sleeves trade, means of their instruments over the last ${days} days:`)
  print(
    textTable(
      ['', ...numbers],
      rows,
      numbers.map((_, column) => column + 1),
    ),
  )
}

function printView(view: View): void {
  const money = (value: number): string => `${value.toLocaleString('en-US')} ${view.currency}`
  print(`${view.file} is a portfolio that can run: ${view.name}, ${money(view.capital)}`)
  const rows = view.sleeves.map((sleeve) => [
    sleeve.id,
    `${sleeve.strategy ?? '(cash)'}${sleeve.synthetic.length === 0 ? '' : ` (SYNTHETIC ${sleeve.synthetic.join(', ')})`}`,
    `${(sleeve.weight * 100).toFixed(1)} %`,
    money(sleeve.capital),
    String(sleeve.instruments.length),
    sleeve.positionsMax === null ? '' : String(sleeve.positionsMax),
    sleeve.decides,
  ])
  print(`\n${textTable(['sleeve', 'strategy', 'weight', 'capital', 'names', 'places', 'decides'], rows, [2, 3, 4, 5])}`)
  if (view.deployable !== null) {
    const { amount, share, positions } = view.deployable
    print(`\nAt most ${money(amount)} (${(share * 100).toFixed(1)} %) work at once, in ${positions} positions.`)
  }
  if (view.capitalPlan !== null) {
    print('\nCapital while the portfolio runs:')
    for (const sentence of view.capitalPlan) print(`  ${sentence}`)
  }
  if (view.approvals !== null) print(`\n${view.approvals}`)
  if (view.paper !== null) print(`\n${view.paper}`)
  if (view.overlaps.length > 0) {
    print('\nInstruments of several sleeves, whose wishes are netted:')
    for (const { instrument, sleeves } of view.overlaps) print(`  ${instrument}: ${sleeves.join(', ')}`)
  }
  if (view.correlations !== null) printCorrelations(view.correlations)
  const judged = view.sleeves.filter(({ universe }) => universe.length > 0)
  if (judged.length > 0) print('\nUniverses, judged at every close:')
  for (const { id, universe, notEvaluated } of judged) {
    print(`  ${id}: ${universe.join(', ')}`)
    if (notEvaluated.length > 0) print(`    not evaluated: ${notEvaluated.join(', ')}`)
  }
  for (const warning of view.warnings) print(`\nwarning: ${warning}`)
  if (view.notes.length > 0) print('')
  for (const note of view.notes) print(`note: ${note}`)
  if (view.files === null) {
    print('\nWith --data FOLDER the price files are read as well.')
    return
  }
  const files = view.files.map(({ instrument, file, first, last, rows: count }) => [
    instrument,
    file,
    first,
    last,
    String(count),
  ])
  print(`\n${textTable(['instrument', 'file', 'first', 'last', 'rows'], files, [4])}`)
}
