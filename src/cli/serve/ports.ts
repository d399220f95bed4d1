/** What the API is handed in this program. */

import { CALENDARS } from '../../adapters/calendars/calendars.ts'
import type { OpenedStore } from '../../adapters/store/sql-store.ts'
import type { ApiPorts, Vitals } from '../../api/ports.ts'
import type { CalendarId } from '../../domain/units.ts'
import { isRunning } from '../operate/status-text.ts'
import type { Log } from './log.ts'

/** Those who compute or keep something for the API; left out: their routes are not there, or find nothing. */
export type Desks = Partial<
  Pick<ApiPorts, 'analyses' | 'jobs' | 'exports' | 'backtests' | 'explainer' | 'configurations' | 'alerts'>
>

export interface PortsOf extends Desks {
  readonly store: OpenedStore
  readonly vitals: Vitals
  readonly log: Log
  /** Portfolios that this process runs. */
  readonly own?: readonly string[]
  /** Portfolios on a simulated market. */
  readonly demos?: ReadonlySet<string>
}

export function apiPorts({ store, vitals, log, own = [], demos = new Set(), ...desks }: PortsOf): ApiPorts {
  const { extents, control, projections, access, paging, notes } = store
  const orders = { openOrders: store.openOrders }
  const none = {
    analyses: null,
    jobs: null,
    exports: null,
    backtests: null,
    explainer: null,
    configurations: null,
    alerts: null,
  }
  return {
    store: { extents, control, projections, orders, access, paging, notes },
    vitals,
    log,
    ...none,
    ...desks,
    own,
    now: Date.now,
    isRunning,
    sessions: (calendar, from, to) => CALENDARS.get(calendar as CalendarId)?.(from, to) ?? null,
    isDemo: (portfolio) => demos.has(portfolio),
  }
}
