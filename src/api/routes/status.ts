/** How the process and its portfolios are, for those who watch them; and one cycle at once. */
import { z } from 'zod'
import type { Heartbeat } from '../../domain/control.ts'
import type { UpdateView } from '../contract/commands.ts'
import type { StatusView } from '../contract/overview.ts'
import { Refusal } from '../refusal.ts'
import { updateView } from '../schemas/commands.ts'
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

const NOTHING_RUNS = 'No engine runs here: there is nothing to update.'

/** `POST /api/update`: one cycle of every engine that runs, now. */
export function updateRoutes({ ports, readings }: Context): readonly Endpoint[] {
  const known = new Map<string, Update>()
  let current: Update | null = null

  async function stateOf(update: Update): Promise<UpdateView> {
    const beats = await ports.store.control.beats()
    const commands = await Promise.all(
      update.portfolios.map(({ portfolio }) => ports.store.control.find(portfolio, update.id)),
    )
    const ended = update.portfolios.every(({ portfolio, before }, index) => {
      const command = commands[index]
      if (command !== undefined) return command.state !== 'asked' && command.state !== 'begun'
      const beat = beats.find((one) => one.portfolio === portfolio)
      return beat !== undefined && (beat.ended !== '' || (beat.lastCycleAt ?? 0) > before)
    })
    if (ended && update.endedAt === null) update.endedAt = ports.now()
    const declined = commands.find((command) => command?.state === 'declined')
    const answers = commands.flatMap((command) =>
      command === undefined || command.answer === '' ? [] : [command.answer],
    )
    return {
      id: update.id,
      state: !ended ? 'running' : declined === undefined ? 'done' : 'declined',
      askedAt: moment(update.askedAt),
      endedAt: update.endedAt === null ? null : moment(update.endedAt),
      text: answers.join(' '),
    }
  }

  return [
    endpoint({
      method: 'POST',
      path: '/api/update',
      name: 'update',
      summary: 'The next cycle of every engine that runs; a second one meanwhile is the same one',
      tag: 'status',
      who: 'operator',
      answer: updateView,
      status: 202,
      async run({ now, request }) {
        if (current !== null) {
          const state = await stateOf(current)
          if (state.state === 'running' && now - current.askedAt < UPDATE_MS_MOST) return state
        }
        const names = await readings.names()
        const all = await Promise.all(names.map((name) => readings.basis(name)))
        const running = all.flatMap((basis) => (basis?.isRunning === true ? [basis] : []))
        if (running.length === 0) throw new Refusal('unavailable', NOTHING_RUNS)
        const portfolios = running.map(({ portfolio, beat }) => ({ portfolio, before: beat?.lastCycleAt ?? 0 }))
        current = { id: request.id, askedAt: now, endedAt: null, portfolios }
        known.set(current.id, current)
        if (known.size > UPDATES_MOST) known.delete(known.keys().next().value!)
        return stateOf(current)
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/update/:id',
      name: 'updateOf',
      summary: 'Whether the cycle that was asked for has ended',
      tag: 'status',
      who: 'viewer',
      params: z.object({ id: z.string().min(1).max(64) }),
      answer: updateView,
      async run({ params: { id } }) {
        const update = known.get(id)
        if (update === undefined) throw new Refusal('not_found', `There is no update ${id}.`)
        return stateOf(update)
      },
    }),
  ]
}

interface Update {
  readonly id: string
  readonly askedAt: number
  endedAt: number | null
  readonly portfolios: readonly { readonly portfolio: string; readonly before: number }[]
}

/** One that has not ended by then is given up, and another one may be asked for. */
const UPDATE_MS_MOST = 120_000
const UPDATES_MOST = 100
