/** One history from one seed: the production engine among a venue, a net, disks and machines that fail, then in peace. */
import { createRandom } from '../../src/numerics/random.ts'
import { simBroker } from './broker.ts'
import { createDisk, type Disk } from './disk.ts'
import { diskControl } from './disk-control.ts'
import { IDLE_ACCESS } from './disk-store.ts'
import type { FaultClass } from './faults.ts'
import { createMachine, type Machine, type ProcessPorts } from './machine.ts'
import { MUTANTS, type MutantName } from './mutants.ts'
import { createNet } from './net.ts'
import { createOperator } from './operator.ts'
import { type SplitLog, splitLog } from './own-units.ts'
import { drawScript, PORTFOLIO, type Scene, type Script, sceneOf } from './scene.ts'
import { createScheduler, type Scheduler } from './scheduler.ts'
import { createTrace } from './trace.ts'
import { createVenue, type Venue } from './venue.ts'
import { createWatch, type Watch } from './watch.ts'

export interface HistoryOptions {
  readonly mutant?: MutantName
  /** Classes of faults that are left out. */
  readonly without?: ReadonlySet<FaultClass>
  /** Last lines of the trace that are kept. */
  readonly keep?: number
  /** Plays on after something broke, to its end. */
  readonly goesOn?: boolean
}

export interface History {
  readonly seed: number
  /** Empty: everything held. */
  readonly problems: readonly string[]
  /** Of everything that happened, in order. */
  readonly hash: string
  readonly lines: readonly string[]
  readonly events: number
  readonly lives: number
  readonly orders: number
  readonly executions: number
}

/** All of one history that its checks and its engine look at. */
export interface World {
  readonly scene: Scene
  readonly scheduler: Scheduler
  readonly venue: Venue
  readonly disk: Disk
  readonly watch: Watch
  /** Pages that somebody was sent. */
  readonly alerts: string[]
  isCalm(): boolean
  /** Whether the history ends here, because something broke. */
  isBroken(): boolean
  /** When the first transaction was on the disk: what the account did before is its past; null: there is none yet. */
  firstWrite: number | null
  /** True from when the engine is asked to put itself away. */
  isOver: boolean
  /** When a process came to the end of its market last; null: none did yet. */
  endedAt: number | null
  /** Which trades were booked on which side of a split. */
  readonly splitLog: SplitLog
  /** The engine that is wrong on purpose; undefined: none. */
  readonly mutant: MutantName | undefined
}

/** The engine in one process, to its end; and what must be true when all is over. */
export interface Subject {
  /** Whether it compares the account with its books before it opens anything. */
  readonly compares: boolean
  run(world: World, ports: ProcessPorts): Promise<void>
  judge(world: World): Promise<void>
}

/** Before the first bar. */
const LEAD_IN_MS = 30_000
/** More than any sound history takes: an engine that turns in circles. */
const EVENTS_MOST = 60_000

export function playHistory(seed: number, subject: Subject, options: HistoryOptions = {}): Promise<History> {
  return playScript(drawScript(seed, options.without ?? new Set()), subject, options)
}

export async function playScript(script: Script, subject: Subject, options: HistoryOptions = {}): Promise<History> {
  const scene = sceneOf(script)
  const { seed, market, faults, calmFrom } = scene
  const random = createRandom(`chance ${seed}`)
  const trace = createTrace(options.keep ?? 0)
  const scheduler = createScheduler(market.begin - LEAD_IN_MS, (time, what) => trace.say(time, what))
  const say = (line: string): void => trace.say(scheduler.now, line)
  const disk = createDisk(`disk ${seed}`)
  const isCalm = (): boolean => scheduler.now >= calmFrom
  const net = createNet(scheduler, random.fork('net'), faults.net)
  const watch: Watch = createWatch({
    scheduler,
    market,
    tables: disk.tables(PORTFOLIO),
    compares: subject.compares,
    judgesAge:
      subject.compares &&
      (faults.stream.lateBars ?? []).length > 0 &&
      faults.machine.skew === 0 &&
      faults.machine.steps.length === 0,
    asksAll: subject.compares && scene.input.config.approvals !== undefined,
    venue: () => venue,
  })
  const capital = scene.input.config.capital
  const venue: Venue = createVenue({
    scheduler,
    random: random.fork('venue'),
    market,
    faults: faults.venue,
    capital,
    onAccepted: (order) => watch.accepted(order),
    onRested: (order) => watch.rested(order),
  })
  const isBroken = (): boolean => watch.problems.length > 0 && options.goesOn !== true
  venue.listen((event) => say(`venue ${JSON.stringify(event)}`))
  const world: World = {
    scene,
    scheduler,
    venue,
    disk,
    watch,
    alerts: [],
    isCalm,
    isBroken,
    firstWrite: null,
    isOver: false,
    endedAt: null,
    splitLog: splitLog(),
    mutant: options.mutant,
  }
  const isSplit = market.data.actions.some(({ action }) => action.kind === 'split')
  disk.onAppend((batch) => {
    world.firstWrite ??= scheduler.now
    say(`disk ${batch.rows.length} ${JSON.stringify(batch.orders ?? [])} ${JSON.stringify(batch.executions ?? [])}`)
    for (const { seq, payload } of batch.rows)
      trace.note(scheduler.now, () => `row ${seq} ${new TextDecoder().decode(payload)}`)
    watch.wrote(batch)
    if (isSplit) world.splitLog.wrote({ rows: batch.rows, executions: batch.executions ?? [] })
  })

  const machineOf = (name: string): Machine => {
    const time = { skew: faults.machine.skew }
    for (const { at, by } of faults.machine.steps)
      scheduler.at(at, `clock of ${name} steps`, () => {
        time.skew += by
      })
    scheduler.at(calmFrom, `clock of ${name} is right`, () => {
      time.skew = 0
    })
    const own = random.fork(`machine ${name}`)
    return createMachine({
      name,
      scheduler,
      random: own,
      disk,
      portfolio: PORTFOLIO,
      time,
      faults: faults.machine,
      outages: faults.operator.outages,
      watch,
      isCalm,
      isFileImpossible: () => !scene.file.now.isPossible,
      say,
      broker: (life) => {
        const broker = simBroker({
          scheduler,
          random: own.fork(`broker ${life.name}`),
          net,
          venue,
          life,
          venueFaults: faults.venue,
          stream: faults.stream,
          restLag: () => (isCalm() ? 0 : faults.net.restLag),
          isCalm,
        })
        const submit: typeof broker.submit = (request) => {
          watch.sends(life, request)
          return broker.submit(request)
        }
        const snapshot: typeof broker.snapshot = async () => {
          const answer = await broker.snapshot()
          watch.compared(life)
          return answer
        }
        return { ...broker, submit, snapshot }
      },
      mutate: options.mutant === undefined ? (ports) => ports : MUTANTS[options.mutant],
      run: async (ports) => {
        await subject.run(world, ports)
        world.endedAt = scheduler.now
      },
    })
  }

  const machines = [machineOf('a')]
  if (faults.machine.standby) machines.push(machineOf('b'))
  for (const machine of machines) machine.start()
  for (const at of faults.machine.leaseLosses)
    scheduler.at(at, 'a session is lost', () => {
      const holder = machines[random.integer(0, machines.length - 1)]!
      holder.loseSession()
    })
  for (const { at, place, side } of faults.venue.manual)
    scheduler.at(at, 'a trade by hand', () => venue.tradeByHand(place, 7 * side))
  for (const { at, cents, cause } of faults.venue.moves ?? [])
    scheduler.at(at, 'money moves', () => venue.moveMoney(cents, cause))
  const lateActions = faults.venue.lateActions ?? 0
  for (const action of market.data.actions) {
    scheduler.at(action.at, `${action.action.kind} of ${action.action.instrument}`, () => venue.opens(action))
    scheduler.at(action.at + lateActions, `${action.action.kind} is booked`, () => venue.acts(action))
  }
  for (const { at, place } of faults.venue.foreign)
    scheduler.at(at, 'an order by hand', () => venue.restByHand(place, 11, 120_000))
  createOperator({ world, control: diskControl(disk, IDLE_ACCESS), script: faults.operator })
  scheduler.at(calmFrom, 'calm', () => {
    net.heal()
    venue.heal()
  })

  await runUntil(world, market.last - 1_000)
  world.isOver = true
  await runUntil(world, scheduler.now + LEAD_IN_MS)
  for (const machine of machines) machine.retire()
  if (!isBroken()) await subject.judge(world)
  return {
    seed,
    problems: watch.problems,
    hash: trace.hash(),
    lines: trace.lines,
    events: scheduler.taken,
    lives: machines.reduce((sum, { lives }) => sum + lives, 0),
    orders: venue.orders.length,
    executions: venue.books.executions.length,
  }
}

async function runUntil({ scheduler, watch, isBroken }: World, time: number): Promise<void> {
  for (;;) {
    const next = scheduler.next()
    if (next === null || next > time || isBroken()) return
    await scheduler.step()
    if (scheduler.taken <= EVENTS_MOST) continue
    watch.report(`${EVENTS_MOST} events and no end`)
    return
  }
}
