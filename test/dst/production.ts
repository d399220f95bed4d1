/** The production engine as `paper` and `live` run it, in one process of a history; and what must be true in the end. */
import { createHash } from 'node:crypto'
import { clockWatch } from '../../src/cli/live/clock-watch.ts'
import { openSteering } from '../../src/cli/live/steering.ts'
import type { Execution } from '../../src/domain/broker.ts'
import type { ControlAnswer, ControlCommand } from '../../src/domain/control.ts'
import { withExternal } from '../../src/domain/external.ts'
import type { Kernel } from '../../src/engine/kernel.ts'
import { type ChangeOutcome, outcomeText } from '../../src/live/change-over.ts'
import type { LiveEngine } from '../../src/live/engine.ts'
import type { EngineInput, Told } from '../../src/live/engine-options.ts'
import type { Moment } from '../../src/live/gates/moment.ts'
import { createHelm } from '../../src/live/helm/helm.ts'
import { openEngine } from '../../src/live/open-engine.ts'
import { RECONCILE_POLICY } from '../../src/live/reconcile/policy.ts'
import { replay } from '../../src/live/replay.ts'
import { BROKER_NAME } from './broker.ts'
import { executionKey } from './disk.ts'
import { diskStore, IDLE_ACCESS } from './disk-store.ts'
import type { Subject, World } from './history.ts'
import type { Life } from './life.ts'
import { judgeOrders } from './order-verdicts.ts'
import { judgeOwnUnits } from './own-units.ts'
import { type FileVersion, versionInForce } from './portfolio-file.ts'
import { judgeRestarts } from './restarts.ts'
import { PORTFOLIO } from './scene.ts'
import { ACCOUNT_SUFFIX } from './venue.ts'
import { LOOK_EVERY_MS } from './watch.ts'

/** A state is kept this often: a restart plays some instants again, never the whole history. */
const SNAPSHOT_EVERY = 5
/** Often enough for what an operator is to be shown to be found before the history ends. */
const RECONCILE = { ...RECONCILE_POLICY, everyMs: 45_000 }
const FRESHNESS = { graceMs: 5_000, barsMissed: 2 }

/** @returns a subject of its own for each history: it remembers the kernel that ran last */
export function production(): Subject {
  let kernel: Kernel | null = null
  /** Of the lease under which that was opened: who lost the account may come up later than who took it. */
  let epoch = 0
  return {
    compares: true,
    async run(world, ports) {
      const { store, control, clock, lease, broker, life } = ports
      const { lateBars = [] } = world.scene.faults.stream
      // Whose prices come in time and whose clocks are right has nothing to find out, and looks cost time.
      const isPaced = lateBars.length > 0 || hasClockFaults(world)
      const helm = createHelm({
        role: 'live',
        accountSuffix: ACCOUNT_SUFFIX,
        isPaced,
        freshness: world.mutant === 'staleTrades' ? { ...FRESHNESS, barsMissed: Number.MAX_SAFE_INTEGER } : FRESHNESS,
        startFraction: world.scene.seed % 2 === 0 ? 1 : 0.5,
      })
      const moment = (): Moment => ({ wall: clock.now(), monotonic: clock.monotonic() })
      let engine: LiveEngine | null = null
      const steering = openSteering({
        control,
        portfolio: PORTFOLIO,
        helm,
        clock,
        lookEvery: LOOK_EVERY_MS,
        lag: { take: () => 0, close: () => {} },
        facts: {
          owner: life.name,
          role: 'live',
          startedAt: clock.now(),
          epoch: lease.epoch,
          accountSuffix: ACCOUNT_SUFFIX,
        },
        engine: () =>
          engine === null
            ? null
            : {
                tell: (told) => engine!.tell(told),
                isLive: engine.isLive,
                kernel: engine.run.kernel,
                marketAt: engine.run.at,
                now: moment,
              },
        cycles: () => ({ last: null, next: null }),
        toldOfFile: (command) => toldOfFile(world, life, command),
      })
      const { file } = world.scene
      const opened = (version: FileVersion): Promise<LiveEngine> =>
        openEngine(inputOf(world, version), {
          store,
          lease,
          storeName: 'disk',
          portfolio: PORTFOLIO,
          snapshotEvery: SNAPSHOT_EVERY,
          venue: { kind: 'elsewhere', broker },
          sha256,
          clock,
          watches: isPaced
            ? [clockWatch(helm, clock, () => broker.time(), LOOK_EVERY_MS), steering.watch]
            : [steering.watch],
          onSlices: (slices) => {
            world.watch.saw(life, Math.max(...slices.map(({ at }) => at)))
            if (engine !== null) helm.saw(slices, engine.run.kernel.runtime)
          },
          latch: helm.latch,
          reconcile: RECONCILE,
          // Prices arrive when they are made, whatever our clock says.
          due: (at) =>
            life.ask('prices', (done) => {
              const late = lateBars.find(({ from, until }) => at >= from && at < until)
              const arrives = late === undefined ? at : Math.max(at, Math.min(late.until, world.scene.calmFrom))
              void world.scheduler.at(arrives, `prices of ${at}`, () => done(undefined))
            }),
          isStopped: () => world.isOver,
          onAlerts: (alerts) => world.alerts.push(...alerts.map(({ text }) => text)),
        })
      const remember = (of: LiveEngine): void => {
        if (lease.epoch >= epoch) [kernel, epoch] = [of.run.kernel, lease.epoch]
      }
      engine = await opened(file.now)
      remember(engine)
      for (const body of helm.begin(moment(), engine.seq < 0)) engine.tell({ body })
      await steering.first()
      let end = await engine.play()
      while (end.ended === 'configured') {
        engine = null
        // What it has gone over to, whatever the file says by now.
        engine = await opened(versionInForce(file, end.run.kernel.runtime.state.config!)!)
        remember(engine)
        for (const told of end.waiting) engine.tell(told)
        end = await engine.play()
      }
      await steering.close('stopped')
    },
    judge: (world) => judge(world, kernel),
  }
}

/** The file is read when the command is taken up; who asked for another one is declined. */
async function toldOfFile({ scene }: World, life: Life, command: ControlCommand): Promise<Told> {
  const { id, actor, seen, body } = command
  const { file, market, input, faults } = scene
  const version = await life.ask<FileVersion>('portfolio file', (done) => done(file.now))
  if (body.kind !== 'configure' || version.sha256 !== body.file)
    return {
      turn: () => ({ events: [], answer: () => ({ id, state: 'declined', answer: OTHER_FILE }), committed() {} }),
    }
  const { changes = [] } = faults.operator
  const dies = changes[file.versions.indexOf(version) - 1]?.dies ?? null
  const told = (outcome: ChangeOutcome): ControlAnswer => {
    // Its transaction is what the process does next.
    if (outcome.kind === 'taken' && dies !== null) life.endAtNext(dies)
    return { id, state: outcome.kind === 'refused' ? 'declined' : 'done', answer: outcomeText(outcome) }
  }
  const { strategies } = input
  return { change: { config: version.config, market: market.data, strategies, codes: {}, actor, id, seen, told } }
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()

function hasClockFaults({ scene }: World): boolean {
  const { skew, steps } = scene.faults.machine
  return skew !== 0 || steps.length > 0
}

function inputOf({ scene: { input }, mutant }: World, { config }: FileVersion): EngineInput {
  const { market } = input
  const known =
    mutant === 'blindToSplits' ? market.actions.filter(({ action }) => action.kind !== 'split') : market.actions
  return { ...input, market: { ...market, actions: known }, config: withExternal(config) }
}

async function judge(world: World, kernel: Kernel | null): Promise<void> {
  if (kernel === null) {
    world.watch.report('no engine ever came up')
    return
  }
  judgeExecutions(world)
  judgeMoves(world)
  judgeOrders(world)
  judgeBooks(world, kernel)
  judgeOwnUnits(world, kernel)
  judgeCommands(world)
  const inForce = judgeFile(world, kernel)
  await judgeReplay(world, kernel)
  if (inForce !== null) await judgeRestarts(world, inputOf(world, inForce), kernel)
}

/** Every execution is booked, but for what others did before the first word was written. */
function judgeExecutions({ venue, disk, watch, firstWrite }: World): void {
  const { executions } = disk.tables(PORTFOLIO)
  const past = pastOf(venue.books.executions, firstWrite)
  for (const { id } of venue.books.executions)
    if (!past.has(id) && !executions.has(executionKey(BROKER_NAME, id)))
      watch.report(`execution ${id} was never booked`)
}

/** An engine that went on for so long has answered. */
const ANSWERED_MS = 60_000

/** Whatever operators asked was carried out or declined, with a reason. */
function judgeCommands({ disk, watch, endedAt }: World): void {
  for (const { id, at, state, answer } of disk.tables(PORTFOLIO).control.commands.values()) {
    const isOpen = state === 'asked' || state === 'begun'
    if (isOpen && endedAt !== null && at < endedAt - ANSWERED_MS) watch.report(`nobody answered "${id}"`)
    if (state === 'declined' && answer === '') watch.report(`"${id}" was declined, and nobody says why`)
  }
}

/** What was taken is in force, and what can be taken was: whoever asked last has what they asked for. */
function judgeFile({ disk, scene: { file }, watch }: World, { runtime }: Kernel): FileVersion | null {
  const inForce = versionInForce(file, runtime.state.config!)
  if (inForce === null) {
    watch.report('the configuration in force is that of no version of the file')
    return null
  }
  for (const { id, body, state, answer } of disk.tables(PORTFOLIO).control.commands.values()) {
    if (body.kind !== 'configure') continue
    const asked = file.versions.find(({ sha256: own }) => own === body.file)!
    if (state === 'done' && !asked.isPossible) watch.report(`"${id}" went over to what cannot be`)
    if (state === 'done' && file.versions.indexOf(asked) > file.versions.indexOf(inForce))
      watch.report(`"${id}" is done (${answer}), and another version is in force`)
    if (state === 'declined' && asked.isPossible && answer !== OTHER_FILE)
      watch.report(`"${id}" was declined: ${answer}`)
  }
  return inForce
}

/** Whatever money moved without an order was told, and is what it was: no discrepancy that an operator must assign. */
function judgeMoves({ venue, disk, watch, firstWrite }: World): void {
  const { accountEvents } = disk.tables(PORTFOLIO)
  for (const { id, at } of venue.books.happened)
    if (firstWrite !== null && at >= firstWrite && !accountEvents.has(executionKey(BROKER_NAME, id)))
      watch.report(`nobody was told of ${id}`)
}

/** What others did before the first start is in the account's positions, found by comparison and booked as that. */
function pastOf(executions: readonly Execution[], firstWrite: number | null): ReadonlySet<string> {
  const past = new Set<string>()
  for (const { id, clientId, corrects, at } of executions)
    if (clientId === null && ((firstWrite !== null && at < firstWrite) || (corrects !== null && past.has(corrects))))
      past.add(id)
  return past
}

const OTHER_FILE = 'the file is another one than the one that was seen'
const COUNTS_PER_DOLLAR = 1_000_000

/** Who is told late of trades reckons dividends and fractions on other shares than the venue: what it paid is waited for, for days. */
function paidInDoubt({ venue, scene: { market } }: World): number {
  let counts = 0
  for (const { at, action } of market.data.actions) {
    const place = market.instruments.findIndex(({ id }) => id === action.instrument)
    if (action.kind === 'split') counts += market.priceAt(place, at) * COUNTS_PER_DOLLAR
    if (action.kind !== 'dividend') continue
    for (const { instrument, quantity } of venue.books.executions)
      if (instrument === action.instrument) counts += Math.abs(quantity) * action.amount
  }
  return counts
}

/** The sleeves together, the external one included, hold what the venue says that the account holds. */
function judgeBooks(world: World, { runtime }: Kernel): void {
  const { venue, scheduler, watch } = world
  const { books, instruments } = runtime.state
  const there = venue.books.at(scheduler.now)
  for (const { index, symbol } of instruments) {
    let sum = 0
    for (let sleeve = 0; sleeve < books.sleeves; sleeve += 1) sum += books.quantity[sleeve * books.width + index]!
    if (sum !== books.accountQuantity[index])
      watch.report(`the sleeves hold ${sum} of ${symbol}, the books ${books.accountQuantity[index]}`)
    const held = there.positions.get(symbol) ?? 0
    if (sum !== held) watch.report(`the books hold ${sum} of ${symbol}, the venue ${held}`)
  }
  let cash = 0
  for (let sleeve = 0; sleeve < books.sleeves; sleeve += 1) cash += books.cash[sleeve * books.currencies]!
  if (Math.abs(cash - there.cash) > paidInDoubt(world))
    watch.report(`the books hold ${cash} in cash, the venue ${there.cash}`)
}

/** What was journalled is all that the kernel was given. */
async function judgeReplay({ disk, scene, watch }: World, kernel: Kernel): Promise<void> {
  const store = diskStore(disk, IDLE_ACCESS)
  const strategies = new Map(scene.input.strategies.map((strategy) => [strategy.name, strategy]))
  const again = await replay(store, PORTFOLIO, strategies, kernel.runtime.state.seq)
  const [told, own] = [again === null ? '' : textOf(again), textOf(kernel)]
  if (told !== own) watch.report(`the journal leads to other books: ${difference(told, own)}`)
  for (const problem of disk.check().problems) watch.report(problem)
}

/** Where two texts part, with what stands around it. */
function difference(one: string, other: string): string {
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  const around = (text: string): string => text.slice(Math.max(0, at - 60), at + 60)
  return `"${around(one)}" is "${around(other)}"`
}

const textOf = (kernel: Kernel): string => new TextDecoder().decode(kernel.canonical())
