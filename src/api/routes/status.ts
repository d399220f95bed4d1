/** How the process and its portfolios are, for those who watch them. */
import { z } from 'zod'
import type { Heartbeat } from '../../domain/control.ts'
import type { StatusView } from '../contract/overview.ts'
import { statusView } from '../schemas/overview.ts'
import { summaryView } from '../views/figures.ts'
import { moment } from '../views/moments.ts'
import type { Context } from './context.ts'
import { type Endpoint, endpoint } from './endpoint.ts'

export function vitalRoutes({ ports: { vitals } }: Context): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/health',
      name: 'health',
      summary: 'Whether the process lives, and how old the copy of its store is',
      tag: 'status',
      who: 'anyone',
      answer: z.unknown(),
      run: () => vitals.health(),
    }),
    endpoint({
      method: 'GET',
      path: '/ready',
      mayBeUnready: true,
      name: 'ready',
      summary: 'Whether every engine may trade now: 503 where not, with the reasons',
      tag: 'status',
      who: 'local',
      answer: z.unknown(),
      async run({ reply }) {
        const { ready, document } = await vitals.ready()
        if (!ready) reply.code(503)
        return document
      },
    }),
    endpoint({
      method: 'GET',
      path: '/metrics',
      name: 'metrics',
      summary: 'Figures for Prometheus',
      tag: 'status',
      who: 'local',
      answer: null,
      async run({ reply }) {
        const { type, text } = await vitals.metrics()
        reply.header('cache-control', 'no-store')
        reply.type(type)
        return text
      },
    }),
  ]
}

export function statusRoutes({ ports: { vitals }, options, readings }: Context): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/api/status',
      mayBeUnready: true,
      name: 'status',
      summary:
        'Version, engines, ages of data, store, bus, broker, lease and open violations; 503 where an engine may not trade',
      tag: 'status',
      who: 'local',
      answer: statusView,
      async run({ reply, now }): Promise<StatusView> {
        const { ready, reasons } = await vitals.ready()
        if (!ready) reply.code(503)
        const names = await readings.names()
        const all = await Promise.all(names.map((name) => readings.basis(name)))
        const backlogs = await Promise.all(names.map((name) => vitals.undelivered(name)))
        const undelivered = backlogs.reduce<number>((sum, one) => sum + (one ?? 0), 0)
        return {
          at: moment(now),
          version: options.version,
          ready,
          reasons,
          store: { name: options.storeName, backup: await vitals.backup() },
          bus: backlogs.some((one) => one !== null) ? { kind: 'redis', undelivered } : null,
          portfolios: all.flatMap((basis) => {
            if (basis === null) return []
            const { portfolio, seq, isRunning, beat } = basis
            const own = { portfolio, events: seq + 1, running: isRunning }
            return [{ ...summaryView(basis), ...own, ...engineStatus(beat) }]
          }),
        }
      },
    }),
  ]
}

function engineStatus(beat: Heartbeat | null) {
  if (beat === null) return { lease: null, feeds: [], broker: { connected: false, account: '' } }
  return {
    lease: { owner: beat.owner, epoch: beat.epoch },
    feeds: [{ feed: 'bars', age: beat.dataAge }],
    broker: {
      connected: !beat.gates.some(({ gate }) => gate === 'connected'),
      account: beat.accountSuffix === '' ? '' : `…${beat.accountSuffix}`,
    },
  }
}
