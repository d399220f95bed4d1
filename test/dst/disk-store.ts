/** A store on a simulated disk, for one process: what is not yet on the disk when it dies is there or not, as chance has it. */
import type { Batch, Lease, Store } from '../../src/domain/store.ts'
import { type Disk, type DiskTables, executionKey, openOrdersOf } from './disk.ts'

/** How a process reaches a disk. */
export interface DiskAccess {
  /** What reads at once. */
  read<T>(what: string, effect: () => T): Promise<T>
  /** What waits for the disk: refused before it is tried, done, or done and not known. */
  write(what: string, effect: () => void): Promise<void>
  /** The lock falls with the process, and with the session where the server loses that. */
  onEnd(told: () => void): () => void
}

/** A disk that is always there at once. */
export const IDLE_ACCESS: DiskAccess = {
  read: (_, effect) => Promise.resolve().then(effect),
  write: (_, effect) => Promise.resolve().then(effect),
  onEnd: () => () => {},
}

export function diskStore(disk: Disk, access: DiskAccess): Store {
  const read = <T>(what: string, portfolio: string, of: (tables: DiskTables) => T): Promise<T> =>
    access.read(what, () => of(disk.tables(portfolio)))

  /** As it is when the first one is asked for. */
  async function* list<T>(what: string, portfolio: string, of: (tables: DiskTables) => readonly T[]) {
    yield* await read(what, portfolio, of)
  }

  const held = new Set<() => void>()

  return {
    id: disk.id,
    extents: () => access.read('extents', () => disk.extents()),
    lease: (portfolio) => access.read('lease', () => leaseOf(disk.tables(portfolio), access, held)),
    commit: (portfolio, { epoch }, batch) => {
      const given = frozen(batch)
      return access.write(`commit ${given.rows.length}`, () => {
        if (given.rows.length > 0 || given.snapshot !== undefined || carriesMore(given))
          disk.append(portfolio, epoch, given)
      })
    },
    read: (portfolio, from) =>
      list('read', portfolio, ({ journal }) => journal.slice(Math.max(0, from)).map(({ row }) => row)),
    toldTo: (portfolio) => read('told', portfolio, (tables) => tables.toldTo),
    snapshotBefore: (portfolio, seq) =>
      read('snapshot', portfolio, ({ snapshots }) => snapshots.findLast((one) => one.seq <= seq)),
    messages: (portfolio, from) =>
      list('messages', portfolio, (tables) => tables.messages.slice(Math.max(1, from) - 1)),
    delivered: (portfolio, bus) => read('delivered', portfolio, ({ delivered }) => delivered.get(bus) ?? 0),
    confirm: (portfolio, bus, number) =>
      access.write('confirm', () => {
        disk.tables(portfolio).delivered.set(bus, number)
      }),
    openOrders: (portfolio) => read('open orders', portfolio, openOrdersOf),
    orderOf: (portfolio, clientId) => read('order', portfolio, ({ orders }) => orders.get(clientId)),
    orderByNumber: (portfolio, order) =>
      read('order', portfolio, ({ orders }) => [...orders.values()].findLast((one) => one.order === order)),
    hasExecution: (portfolio, broker, ids) =>
      read('executions', portfolio, ({ executions }) => ids.filter((id) => executions.has(executionKey(broker, id)))),
    executionOf: (portfolio, broker, id) =>
      read('execution', portfolio, ({ executions }) => executions.get(executionKey(broker, id))),
    executionsOf: (portfolio, clientId) =>
      read('executions', portfolio, ({ executions }) =>
        [...executions.values()]
          .filter((one) => one.clientId === clientId)
          .sort((one, other) => one.number - other.number),
      ),
    executionsFrom: (portfolio, number) =>
      list('executions', portfolio, ({ executions }) =>
        [...executions.values()]
          .filter((one) => one.number >= number)
          .sort((one, other) => one.number - other.number || (one.id < other.id ? -1 : 1)),
      ),
    hasAccountEvents: (portfolio, broker, ids) =>
      read('events', portfolio, ({ accountEvents }) => ids.filter((id) => accountEvents.has(executionKey(broker, id)))),
    placeOf: (portfolio, broker) => read('place', portfolio, ({ places }) => places.get(broker) ?? null),
    check: () => access.read('check', () => disk.check()),
    async close() {
      for (const release of held) release()
    },
  }
}

/** What is said at the commit is what is written, whatever becomes of the arrays meanwhile. */
function frozen(batch: Batch): Batch {
  const rows = batch.rows.map((row) => ({ ...row, payload: Uint8Array.from(row.payload) }))
  return {
    ...batch,
    rows,
    ...(batch.orders === undefined ? {} : { orders: [...batch.orders] }),
    ...(batch.executions === undefined ? {} : { executions: [...batch.executions] }),
    ...(batch.messages === undefined ? {} : { messages: [...batch.messages] }),
  }
}

function carriesMore({ orders = [], executions = [], answers = [], messages = [], place }: Batch): boolean {
  return messages.length > 0 || orders.length > 0 || executions.length > 0 || answers.length > 0 || place !== undefined
}

function leaseOf(tables: DiskTables, access: DiskAccess, held: Set<() => void>): Lease | null {
  if (tables.holder !== null) return null
  const holder = {}
  tables.holder = holder
  tables.epoch += 1
  const release = (): void => {
    forget()
    held.delete(release)
    if (tables.holder === holder) tables.holder = null
  }
  const forget = access.onEnd(release)
  held.add(release)
  return {
    epoch: tables.epoch,
    release: () => access.write('release', release),
  }
}
