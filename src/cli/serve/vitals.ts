/** What a process says of itself to those who watch it. */

import { backupState } from '../../adapters/store/backup-state.ts'
import type { OpenedStore } from '../../adapters/store/sql-store.ts'
import type { Vitals } from '../../api/ports.ts'
import { isEnded, PROTOCOL_STATES } from '../../domain/order-records.ts'
import { owedTo } from '../../live/outbox.ts'
import { REDIS_BUS } from '../live/outbox-to.ts'
import { backupDocument } from '../operate/status-text.ts'
import { packageVersion } from '../package-root.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { readinessOf } from './readiness.ts'

export interface VitalsOf {
  readonly store: OpenedStore
  readonly metrics: Metrics
  readonly log: Pick<Log, 'dropped'>
  /** Portfolios that this process runs. */
  readonly own: readonly string[]
  readonly startedAt: number
  /** Address of the bus; left out: there is none. */
  readonly bus?: string
}

export function vitalsOf({ store, metrics, log, own, startedAt, bus }: VitalsOf): Vitals {
  const heard = async () => {
    const beats = await store.control.beats()
    metrics.heard(beats, Date.now())
    metrics.dropped(log.dropped)
    return beats
  }
  const backup = async () => backupDocument(await backupState(store.tables.db, Date.now()))
  return {
    async health() {
      const copy = await backup()
      const uptime = (Date.now() - startedAt) / 1_000
      return { status: copy?.overdue === true ? 'overdue' : 'ok', version: packageVersion(), uptime, backup: copy }
    },
    async ready() {
      const document = readinessOf(await heard(), own, Date.now())
      const awaited = document.engines.filter(({ expected }) => expected)
      const reasons = awaited.flatMap((one) => one.reasons.map((reason) => `${one.portfolio}: ${reason}`))
      return { ready: document.ready, reasons, document }
    },
    async metrics() {
      for (const { portfolio } of await heard()) {
        metrics.orders(portfolio, await openOrders(store, portfolio))
        if (bus !== undefined) metrics.backlog(portfolio, await owedTo(REDIS_BUS, store, portfolio))
      }
      const copy = await backupState(store.tables.db, Date.now())
      metrics.backupAge(store.tables.name, copy === null ? null : copy.age / 1_000)
      return { type: metrics.contentType, text: await metrics.text() }
    },
    async backup() {
      const copy = await backup()
      return copy === null ? null : { at: copy.at, overdue: copy.overdue }
    },
    undelivered: async (portfolio) => (bus === undefined ? null : owedTo(REDIS_BUS, store, portfolio)),
  }
}

/** How many orders of a portfolio have not ended, by state. */
async function openOrders(store: OpenedStore, portfolio: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map(PROTOCOL_STATES.filter((state) => !isEnded(state)).map((state) => [state as string, 0]))
  for (const { state } of await store.openOrders(portfolio)) counts.set(state, (counts.get(state) ?? 0) + 1)
  return counts
}
