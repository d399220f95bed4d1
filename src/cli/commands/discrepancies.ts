import { countsPerUnit } from '../../domain/currencies.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { ProjectedRows, ProjectedTable } from '../../domain/projections.ts'
import type { CurrencyCode } from '../../domain/units.ts'
import { type AskOptions, askEngine } from '../operate/ask.ts'
import { type Addressed, withPortfolio } from '../operate/portfolio-of.ts'
import { print, printJson } from '../output.ts'
import { textTable } from '../text-table.ts'

interface DiscrepanciesOptions extends AskOptions {
  readonly all?: boolean
  readonly assign?: string
  readonly to?: string
  readonly price?: number
  readonly cash?: number
  readonly note: string
}

/** `polyfolio discrepancies`: shows them, or says of one whose it is. */
export async function discrepancies(options: DiscrepanciesOptions): Promise<void> {
  const { assign, to = null, price = null, cash = null, note } = options
  if (assign !== undefined) {
    await askEngine({ kind: 'assign', discrepancy: assign, to, price, cash, note }, options)
    return
  }
  for (const [name, given] of [
    ['--to', to],
    ['--price', price],
    ['--cash', cash],
  ] as const)
    if (given !== null)
      throw new FaultError(fault('OPTION_INVALID', { option: name, reason: 'goes with --assign <id>' }))
  await withPortfolio(options, (found) => show(found, options))
}

async function show(found: Addressed, { all, json }: DiscrepanciesOptions): Promise<void> {
  const instruments = await instrumentsOf(found)
  const known = (await rowsOf(found, 'discrepancy')).map((row) => inWords(row, instruments))
  const shown = known
    .filter(({ state }) => all === true || state === 'open')
    .sort((one, other) => (one.since < other.since ? -1 : one.since > other.since ? 1 : 0))
  if (json === true) printJson({ portfolio: found.portfolio, discrepancies: shown })
  else print(shown.length === 0 ? 'Books and broker agree.' : textOf(shown))
}

interface Named {
  readonly symbol: string
  readonly unitsPerWhole: number
}

async function instrumentsOf(found: Addressed): Promise<ReadonlyMap<string, Named>> {
  const rows = await rowsOf(found, 'instrument')
  return new Map(
    rows.map(({ instrument, symbol, unitsPerWhole }) => [
      String(instrument),
      { symbol: String(symbol), unitsPerWhole: Number(unitsPerWhole) },
    ]),
  )
}

/** As a database gives them: whole numbers may come as text. */
type Row<Table extends ProjectedTable> = Readonly<Record<keyof ProjectedRows[Table] & string, unknown>>

async function rowsOf<Table extends ProjectedTable>(
  { store, portfolio }: Addressed,
  table: Table,
): Promise<Row<Table>[]> {
  const rows: Row<Table>[] = []
  for await (const row of store.projections.projectedRows(portfolio, table)) rows.push(row as Row<Table>)
  return rows
}

/** Units of an instrument that nobody here lists. */
const UNLISTED_UNITS = 1_000_000

/** In whole shares, contracts, coins and money. */
function inWords(row: Row<'discrepancy'>, instruments: ReadonlyMap<string, Named>) {
  const [kind, subject] = [String(row.kind), String(row.subject)]
  const listed = instruments.get(subject) ?? instruments.get(`external:${subject}`)
  const units = listed?.unitsPerWhole ?? UNLISTED_UNITS
  const whole = kind === 'cash' ? countsPerUnit(subject as CurrencyCode) : kind === 'position' ? units : 1
  return {
    id: String(row.id),
    kind,
    subject: listed?.symbol ?? subject,
    books: Number(row.ours) / whole,
    broker: Number(row.theirs) / whole,
    difference: Number(row.difference) / whole,
    external: Number(row.adopted) / whole,
    foreign: Boolean(Number(row.isForeign)),
    since: new Date(Number(row.since)).toISOString(),
    state: String(row.state),
    resolution: String(row.resolution),
  }
}

/** Columns of numbers. */
const NUMBERS = [2, 3, 4]

function textOf(shown: readonly ReturnType<typeof inWords>[]): string {
  const head = ['Id', 'What', 'Books', 'Broker', 'External', 'Since', 'State']
  const rows = shown.map(({ id, kind, subject, books, broker, external, since, state, resolution }) => [
    id,
    `${kind} ${subject}`,
    String(books),
    String(broker),
    String(external),
    since.replace('T', ' ').slice(0, 16),
    resolution === '' ? state : `${state}: ${resolution}`,
  ])
  return textTable(head, rows, NUMBERS)
}
