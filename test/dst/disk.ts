/** What outlives every process: the tables of a store as one disk holds them, whole transactions only. */
import { firstLink, hexOf, isSame, link } from '../../src/adapters/store/chain.ts'
import type { ClientOrderId } from '../../src/domain/broker.ts'
import type { Message } from '../../src/domain/bus.ts'
import { FaultError, fault } from '../../src/domain/faults.ts'
import { type ExecutionRecord, isEnded, type OrderRecord } from '../../src/domain/order-records.ts'
import type {
  Batch,
  BrokerPlace,
  JournalExtent,
  JournalRow,
  StoreCheck,
  StoredSnapshot,
} from '../../src/domain/store.ts'
import { answerCommands, type ControlTables, demandBegun, emptyControl } from './disk-control.ts'

interface LinkedRow {
  readonly row: JournalRow
  readonly hash: Uint8Array
}

/** What is kept of one portfolio. */
export interface DiskTables {
  readonly journal: LinkedRow[]
  readonly snapshots: StoredSnapshot[]
  readonly messages: Message[]
  /** The last event of which everything was told. */
  toldTo: number
  readonly delivered: Map<string, number>
  readonly orders: Map<ClientOrderId, OrderRecord>
  /** By broker and id. */
  readonly executions: Map<string, ExecutionRecord>
  /** By broker and id. */
  readonly accountEvents: Set<string>
  readonly places: Map<string, BrokerPlace>
  readonly control: ControlTables
  epoch: number
  /** Who has the right to write; null: nobody. */
  holder: object | null
}

export interface Disk {
  readonly id: string
  readonly portfolios: ReadonlyMap<string, DiskTables>
  tables(portfolio: string): DiskTables
  /** @throws as a store's commit does; nothing is kept of what is refused */
  append(portfolio: string, epoch: number, batch: Batch): void
  /** Told of every transaction once it is there. */
  onAppend(told: (batch: Batch) => void): void
  extents(): readonly JournalExtent[]
  check(): StoreCheck
}

/** As messages name it. */
const STORE_NAME = 'disk'

export const executionKey = (broker: string, id: string): string => `${broker} ${id}`

export function createDisk(id: string): Disk {
  const portfolios = new Map<string, DiskTables>()
  const told: ((batch: Batch) => void)[] = []

  function tables(portfolio: string): DiskTables {
    let found = portfolios.get(portfolio)
    if (found === undefined) {
      found = emptyTables()
      portfolios.set(portfolio, found)
    }
    return found
  }

  return {
    id,
    portfolios,
    tables,
    append(portfolio, epoch, batch) {
      append(tables(portfolio), portfolio, epoch, batch)
      for (const tell of told) tell(batch)
    },
    onAppend: (tell) => told.push(tell),
    extents: () => written(portfolios).map(([portfolio, one]) => extentOf(portfolio, one)),
    check: () => ({
      journals: written(portfolios).map(([portfolio, one]) => extentOf(portfolio, one)),
      snapshots: written(portfolios).reduce((sum, [, { snapshots }]) => sum + snapshots.length, 0),
      problems: written(portfolios).flatMap(([portfolio, one]) => problemsOf(portfolio, one)),
    }),
  }
}

function emptyTables(): DiskTables {
  return {
    journal: [],
    snapshots: [],
    messages: [],
    toldTo: -1,
    delivered: new Map(),
    orders: new Map(),
    executions: new Map(),
    accountEvents: new Set(),
    places: new Map(),
    control: emptyControl(),
    epoch: 0,
    holder: null,
  }
}

function written(portfolios: ReadonlyMap<string, DiskTables>): [string, DiskTables][] {
  return [...portfolios]
    .filter(([, { journal }]) => journal.length > 0)
    .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
}

function append(to: DiskTables, portfolio: string, epoch: number, batch: Batch): void {
  if (to.epoch !== epoch)
    throw new FaultError(fault('LEASE_LOST', { store: STORE_NAME, portfolio, owner: `epoch ${to.epoch}` }))
  demandNext(to, portfolio, batch.rows)
  demandNew(to, portfolio, batch.executions ?? [])
  demandUntold(to, batch)
  demandBegun(to.control, portfolio, batch.answers ?? [])
  let hash = to.journal.at(-1)?.hash ?? firstLink(portfolio)
  for (const given of batch.rows) {
    const row = { ...given, payload: Uint8Array.from(given.payload) }
    hash = link(hash, row)
    to.journal.push({ row, hash })
  }
  if (batch.snapshot !== undefined) to.snapshots.push(batch.snapshot)
  if (batch.isAhead !== true) to.toldTo = to.journal.length - 1
  for (const message of batch.messages ?? []) to.messages.push({ number: to.messages.length + 1, ...message })
  for (const order of batch.orders ?? []) to.orders.set(order.clientId, order)
  for (const execution of batch.executions ?? [])
    to.executions.set(executionKey(execution.broker, execution.id), execution)
  answerCommands(to.control, batch.answers ?? [])
  for (const id of batch.accountEvents?.ids ?? []) to.accountEvents.add(executionKey(batch.accountEvents!.broker, id))
  if (batch.place !== undefined) to.places.set(batch.place.broker, batch.place)
}

function demandNext({ journal }: DiskTables, portfolio: string, rows: readonly JournalRow[]): void {
  let expected = journal.length
  for (const { seq } of rows) {
    if (seq !== expected)
      throw new FaultError(fault('JOURNAL_GAP', { store: STORE_NAME, portfolio, expected, found: seq }))
    expected += 1
  }
}

function demandNew({ executions }: DiskTables, portfolio: string, given: readonly ExecutionRecord[]): void {
  const seen = new Set<string>()
  for (const { broker, id } of given) {
    const key = executionKey(broker, id)
    if (executions.has(key) || seen.has(key))
      throw new FaultError(fault('EXECUTION_KNOWN', { store: STORE_NAME, portfolio, broker, execution: id }))
    seen.add(key)
  }
}

function demandUntold({ accountEvents }: DiskTables, { accountEvents: given }: Batch): void {
  for (const id of given?.ids ?? [])
    if (accountEvents.has(executionKey(given!.broker, id))) throw new Error(`event "${id}" was told before`)
}

function extentOf(portfolio: string, { journal }: DiskTables): JournalExtent {
  const moments = journal.map(({ row }) => row.at).filter((at) => at !== 0)
  return {
    portfolio,
    rows: journal.length,
    firstAt: moments[0] ?? null,
    lastAt: moments.at(-1) ?? null,
    head: hexOf(journal.at(-1)?.hash ?? firstLink(portfolio)),
  }
}

function problemsOf(portfolio: string, { journal }: DiskTables): string[] {
  let hash = firstLink(portfolio)
  let expected = 0
  for (const { row, hash: kept } of journal) {
    if (row.seq !== expected)
      return [`the journal of "${portfolio}" goes from ${expected - 1} to ${row.seq}: events are missing`]
    hash = link(hash, row)
    if (!isSame(hash, kept)) return [`event ${row.seq} of "${portfolio}" is not the one that was written`]
    expected += 1
  }
  return []
}

/** Orders that have not ended, as a store gives them. */
export function openOrdersOf({ orders }: DiskTables): readonly OrderRecord[] {
  return [...orders.values()]
    .filter(({ state }) => !isEnded(state))
    .sort((one, other) => one.intendedAt - other.intendedAt || one.order - other.order)
}
