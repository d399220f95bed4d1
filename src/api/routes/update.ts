/** One cycle of every engine that runs, at once: asked through the store, as every command is. */
import { z } from 'zod'
import type { ControlCommand } from '../../domain/control.ts'
import type { Instant } from '../../domain/units.ts'
import type { UpdateView } from '../contract/commands.ts'
import { Refusal } from '../refusal.ts'
import { updateView } from '../schemas/commands.ts'
import { moment } from '../views/moments.ts'
import type { Context } from './context.ts'
import { type Endpoint, endpoint } from './endpoint.ts'

const NOTHING_RUNS = 'No engine runs here: there is nothing to update.'
/** One that has not ended by then is given up, and another one may be asked for. */
const UPDATE_MS_MOST = 120_000
const UPDATES_MOST = 100

interface Update {
  /** Of the command that each engine is given. */
  readonly id: string
  readonly askedAt: number
  endedAt: number | null
  readonly portfolios: readonly string[]
}

export function updateRoutes({ ports, readings }: Context): readonly Endpoint[] {
  const { control } = ports.store
  const known = new Map<string, Update>()
  let current: Promise<Update> | null = null

  async function outcomeOf(portfolio: string, { id, askedAt }: Update): Promise<Outcome> {
    const command = await control.find(portfolio, id)
    if (command === undefined || ports.now() - askedAt < UPDATE_MS_MOST) return outcome(command)
    return outcome(command.state === 'asked' ? await control.withdraw(portfolio, id) : command, true)
  }

  async function viewOf(update: Update): Promise<UpdateView> {
    const { id, askedAt, portfolios } = update
    const outcomes = await Promise.all(portfolios.map((portfolio) => outcomeOf(portfolio, update)))
    const isOver = outcomes.every(({ state }) => state !== 'running')
    if (isOver) update.endedAt ??= ports.now()
    const isDeclined = outcomes.some(({ state }) => state === 'declined')
    const texts = outcomes.flatMap(({ text }, index) => {
      if (text === '') return []
      return [portfolios.length === 1 ? text : `${portfolios[index]!}: ${text}`]
    })
    return {
      id,
      state: !isOver ? 'running' : isDeclined ? 'declined' : 'done',
      askedAt: moment(askedAt),
      endedAt: update.endedAt === null ? null : moment(update.endedAt),
      text: texts.join('. '),
    }
  }

  async function asked(id: string, actor: string, now: number): Promise<Update> {
    const names = await readings.names()
    const all = await Promise.all(names.map((name) => readings.basis(name)))
    const running = all.flatMap((basis) => (basis?.isRunning === true ? [basis] : []))
    if (running.length === 0) throw new Refusal('unavailable', NOTHING_RUNS)
    const until = (now + UPDATE_MS_MOST) as Instant
    for (const { portfolio, seq } of running)
      await control.ask({ id, portfolio, actor, at: now as Instant, seen: seq, until, body: { kind: 'update' } })
    const update = { id, askedAt: now, endedAt: null, portfolios: running.map(({ portfolio }) => portfolio) }
    known.set(id, update)
    if (known.size > UPDATES_MOST) known.delete(known.keys().next().value!)
    return update
  }

  return [
    endpoint({
      method: 'POST',
      path: '/api/update',
      name: 'update',
      summary: 'One cycle of every engine that runs, at once; a second request meanwhile is the same one',
      tag: 'status',
      who: 'operator',
      answer: updateView,
      status: 202,
      async run({ caller, now, request }) {
        const before = current
        if (before !== null) {
          const view = await before.then(viewOf, () => null)
          if (view?.state === 'running') return view
        }
        // Two that come at once are one.
        if (current === before) current = asked(request.id, caller!.user, now)
        return viewOf(await current!)
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/update/:id',
      name: 'updateOf',
      summary: 'Whether the cycle that was asked for has ended, and with which event',
      tag: 'status',
      who: 'viewer',
      params: z.object({ id: z.string().min(1).max(64) }),
      answer: updateView,
      async run({ params: { id } }) {
        const update = known.get(id)
        if (update === undefined) throw new Refusal('not_found', `There is no update ${id}.`)
        return viewOf(update)
      },
    }),
  ]
}

interface Outcome {
  readonly state: 'running' | 'done' | 'declined'
  readonly text: string
}

/** @param isLate nobody waits any longer */
function outcome(command: ControlCommand | undefined, isLate = false): Outcome {
  switch (command?.state) {
    case 'done':
    case 'declined':
      return { state: command.state, text: command.answer }
    case 'asked':
    case 'begun':
      if (!isLate) return { state: 'running', text: '' }
      return { state: 'declined', text: 'the engine took it up and has not answered' }
    default:
      return { state: 'declined', text: 'no engine took it up' }
  }
}
