/** Orders and executions in their tables. */
import type { Kysely, Selectable, Transaction } from 'kysely'
import type { ClientOrderId } from '../../domain/broker.ts'
import type { BookedShare } from '../../domain/corrections.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import { type ExecutionRecord, isEnded, type OrderRecord, PROTOCOL_STATES } from '../../domain/order-records.ts'
import type { Leg, Share, Terms } from '../../domain/orders.ts'
import type { Batch, BreakerCounts, BrokerPlace, OrderReads } from '../../domain/store.ts'
import type { AccountId, Instant, InstrumentId, Money, OrderId, Price, Quantity } from '../../domain/units.ts'
import type { BulkWriter, Written } from './bulk.ts'
import { inParts } from './parts.ts'
import type { Tables } from './schema.ts'

type OrderRow = Selectable<Tables['broker_order']>
type ExecutionRow = Selectable<Tables['execution']>

const ORDERS: Written = {
  table: 'broker_order',
  columns: [
    'portfolio',
    'client_id',
    'number',
    'account',
    'broker',
    'broker_id',
    'instrument',
    'legs',
    'terms',
    'quantity',
    'filled',
    'reducing',
    'shares',
    'state',
    'cancelling',
    'evidence',
    'intended_at',
    'sends',
    'changed_at',
  ],
  changes: {
    key: ['portfolio', 'client_id'],
    columns: ['broker_id', 'filled', 'state', 'cancelling', 'evidence', 'sends', 'changed_at'],
  },
}
const EXECUTIONS: Written = {
  table: 'execution',
  columns: [
    'portfolio',
    'broker',
    'id',
    'number',
    'corrects',
    'client_id',
    'symbol',
    'instrument',
    'quantity',
    'price',
    'fee',
    'at',
    'shares',
  ],
}
const OPEN_STATES = PROTOCOL_STATES.filter((state) => !isEnded(state))

export async function writeOrders(
  step: Transaction<Tables>,
  bulk: BulkWriter,
  portfolio: string,
  { orders = [], executions = [], accountEvents, place }: Batch,
): Promise<void> {
  // One statement changes a row once: the last word is what stands.
  const last = new Map(orders.map((order) => [order.clientId, order]))
  const values: unknown[] = []
  for (const order of last.values()) addOrder(values, portfolio, order)
  await bulk.write(step, ORDERS, values)
  const booked: unknown[] = []
  for (const execution of executions) addExecution(booked, portfolio, execution)
  await bulk.write(step, EXECUTIONS, booked)
  if (accountEvents !== undefined && accountEvents.ids.length > 0) {
    const { broker, ids } = accountEvents
    for (const some of inParts(ids.map((id) => ({ portfolio, broker, id }))))
      await step.insertInto('account_event').values(some).execute()
  }
  if (place !== undefined) await writePlace(step, portfolio, place)
}

async function writePlace(
  step: Transaction<Tables>,
  portfolio: string,
  { broker, executions: value, events, counts: counted }: BrokerPlace,
): Promise<void> {
  const counts = JSON.stringify(counted)
  await step
    .insertInto('broker_cursor')
    .values({ portfolio, broker, value, events, counts })
    .onConflict((one) => one.columns(['portfolio', 'broker']).doUpdateSet({ value, events, counts }))
    .execute()
}

/** Whether a commit failed because an execution of its kind was there already. */
export function isExecutionTaken(error: unknown): boolean {
  return error instanceof Error && /UNIQUE constraint failed: execution\.|"execution_key"/.test(error.message)
}

/** Which executions of a refused commit were known. */
export async function executionKnown(
  { db, name }: { readonly db: Kysely<Tables>; readonly name: string },
  portfolio: string,
  executions: readonly ExecutionRecord[],
): Promise<FaultError> {
  const seen = new Set<string>()
  for (const { broker, id } of executions) {
    const key = `${broker} ${id}`
    const isKnown = seen.has(key) || (await knownIds(db, 'execution', portfolio, broker, [id])).length > 0
    if (isKnown) return new FaultError(fault('EXECUTION_KNOWN', { store: name, portfolio, broker, execution: id }))
    seen.add(key)
  }
  return new FaultError(fault('EXECUTION_KNOWN', { store: name, portfolio, broker: '', execution: '' }))
}

export function orderReads(db: Kysely<Tables>): OrderReads {
  const one = async (portfolio: string, column: 'client_id' | 'number', value: string | number) => {
    const found = await db
      .selectFrom('broker_order')
      .selectAll()
      .where('portfolio', '=', portfolio)
      .where(column, '=', value)
      .orderBy('intended_at', 'desc')
      .limit(1)
      .executeTakeFirst()
    return found === undefined ? undefined : orderOf(found)
  }
  return {
    openOrders: async (portfolio) => {
      const rows = await db
        .selectFrom('broker_order')
        .selectAll()
        .where('portfolio', '=', portfolio)
        .where('state', 'in', OPEN_STATES)
        .orderBy('intended_at')
        .orderBy('number')
        .execute()
      return rows.map(orderOf)
    },
    orderOf: (portfolio, clientId) => one(portfolio, 'client_id', clientId),
    orderByNumber: (portfolio, order) => one(portfolio, 'number', order),
    hasExecution: (portfolio, broker, ids) => knownIds(db, 'execution', portfolio, broker, ids),
    executionOf: async (portfolio, broker, id) => {
      const found = await db
        .selectFrom('execution')
        .selectAll()
        .where('portfolio', '=', portfolio)
        .where('broker', '=', broker)
        .where('id', '=', id)
        .executeTakeFirst()
      return found === undefined ? undefined : executionOf(found)
    },
    executionsOf: async (portfolio, clientId) => {
      const rows = await db
        .selectFrom('execution')
        .selectAll()
        .where('portfolio', '=', portfolio)
        .where('client_id', '=', clientId)
        .orderBy('number')
        .execute()
      return rows.map(executionOf)
    },
    executionsFrom: (portfolio, number) => executionsFrom(db, portfolio, number),
    hasAccountEvents: (portfolio, broker, ids) => knownIds(db, 'account_event', portfolio, broker, ids),
    placeOf: async (portfolio, broker) => {
      const found = await db
        .selectFrom('broker_cursor')
        .select(['value', 'events', 'counts'])
        .where('portfolio', '=', portfolio)
        .where('broker', '=', broker)
        .executeTakeFirst()
      if (found === undefined) return null
      const { value: executions, events, counts } = found
      return { broker, executions, events, counts: JSON.parse(counts) as BreakerCounts }
    },
  }
}

async function knownIds(
  db: Kysely<Tables>,
  table: 'execution' | 'account_event',
  portfolio: string,
  broker: string,
  ids: readonly string[],
): Promise<readonly string[]> {
  const known: string[] = []
  for (const some of inParts(ids)) {
    const rows = await db
      .selectFrom(table)
      .select('id')
      .where('portfolio', '=', portfolio)
      .where('broker', '=', broker)
      .where('id', 'in', some)
      .execute()
    for (const { id } of rows) known.push(id)
  }
  return known
}

/** Rows that are read at a time. */
const PAGE = 1_000

async function* executionsFrom(db: Kysely<Tables>, portfolio: string, from: number): AsyncIterable<ExecutionRecord> {
  // Several rows may have one number: a page ends where a number does.
  for (let next = from; ; ) {
    const page = await db
      .selectFrom('execution')
      .selectAll()
      .where('portfolio', '=', portfolio)
      .where('number', '>=', next)
      .orderBy('number')
      .orderBy('id')
      .limit(PAGE)
      .execute()
    const last = Number(page.at(-1)?.number ?? 0)
    const isLast = page.length < PAGE
    for (const row of page) if (isLast || Number(row.number) < last) yield executionOf(row)
    if (isLast) return
    next = last
  }
}

function addOrder(values: unknown[], portfolio: string, order: OrderRecord): void {
  const { clientId, order: number, account, broker, brokerId, instrument, quantity, filled, state, evidence } = order
  const [legs, terms, shares] = [JSON.stringify(order.legs), JSON.stringify(order.terms), JSON.stringify(order.shares)]
  const [reducing, cancelling] = [order.reducing ? 1 : 0, order.isCancelling ? 1 : 0]
  values.push(portfolio, clientId, number, account, broker, brokerId, instrument, legs, terms, quantity, filled)
  values.push(reducing, shares, state, cancelling, evidence, order.intendedAt, order.sends, order.changedAt)
}

function orderOf(row: OrderRow): OrderRecord {
  return {
    clientId: row.client_id as ClientOrderId,
    order: Number(row.number) as OrderId,
    account: row.account as AccountId,
    broker: row.broker,
    brokerId: row.broker_id,
    instrument: row.instrument as InstrumentId | null,
    legs: JSON.parse(row.legs) as readonly Leg[],
    terms: JSON.parse(row.terms) as Terms,
    quantity: Number(row.quantity) as Quantity,
    filled: Number(row.filled) as Quantity,
    reducing: row.reducing === 1,
    shares: JSON.parse(row.shares) as readonly Share[],
    state: row.state as OrderRecord['state'],
    isCancelling: row.cancelling === 1,
    evidence: row.evidence,
    intendedAt: Number(row.intended_at) as Instant,
    sends: Number(row.sends),
    changedAt: Number(row.changed_at) as Instant,
  }
}

function addExecution(values: unknown[], portfolio: string, execution: ExecutionRecord): void {
  const { broker, id, number, corrects, clientId, symbol, instrument, quantity, price, fee, at, shares } = execution
  const dealt = shares === null ? null : JSON.stringify(shares)
  values.push(portfolio, broker, id, number, corrects, clientId, symbol, instrument, quantity, price, fee, at, dealt)
}

function executionOf(row: ExecutionRow): ExecutionRecord {
  return {
    broker: row.broker,
    id: row.id,
    number: Number(row.number),
    corrects: row.corrects,
    clientId: row.client_id as ClientOrderId | null,
    symbol: row.symbol,
    instrument: row.instrument as InstrumentId | null,
    quantity: Number(row.quantity) as Quantity,
    price: row.price as Price,
    fee: row.fee === null ? null : (Number(row.fee) as Money),
    at: Number(row.at) as Instant,
    shares: row.shares === null ? null : (JSON.parse(row.shares) as readonly BookedShare[]),
  }
}
