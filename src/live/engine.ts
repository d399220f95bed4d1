/**
 * The loop around the kernel. What the market, the broker, operators and watches say is given to the kernel; what that
 * changed is written down in one durable transaction; and only then what it commanded is sent. Read `round` first.
 */
import type { Broker, BrokerEvent } from '../domain/broker.ts'
import type { Clock } from '../domain/clock.ts'
import type { Command, EngineEvent } from '../domain/events.ts'
import { withExternal } from '../domain/external.ts'
import type { Sessions } from '../domain/sessions.ts'
import type { Batch } from '../domain/store.ts'
import type { Instant } from '../domain/units.ts'
import { freeze, revive } from '../engine/canonical.ts'
import { stopOf } from '../engine/gates/leaving.ts'
import { awaitsStructure } from '../engine/orders/batch.ts'
import type { EventBody } from '../engine/run/broker-side.ts'
import { giveEvent, type Run } from '../engine/run/drive.ts'
import { beginInstant, INSTANT_STEPS } from '../engine/run/instant.ts'
import { openBooks, startRun } from '../engine/run/run.ts'
import { laterCalendars, runState, takeUp } from '../engine/run/run-state.ts'
import { nextInstant } from '../engine/run/timeline.ts'
import { accountBodies } from './account-events.ts'
import { BrokerLine } from './broker-line.ts'
import { deferredExchange, marketElsewhere, type Outgoing } from './deferred.ts'
import type { DeskAlert, DeskEvent, OrderDesk } from './desk/order-desk.ts'
import { DESK_POLICY } from './desk/policy.ts'
import type { EngineEnd, EngineInput, EngineOptions, Told, Venue, Watch } from './engine-options.ts'
import { bookedShares } from './executions/booked-shares.ts'
import type { KnownRows } from './known-rows.ts'
import { toldAll } from './observers.ts'
import { openDesk } from './open-desk.ts'
import { type ProjectionWriter, projectionWriter } from './projections/writer.ts'
import { type Expected, expectedPostings } from './reconcile/expected.ts'
import { reconcileWatch } from './reconcile/watch.ts'
import { type Beginning, beginning, type LiveState, snapshotOf } from './resumption.ts'
import { RunJournal } from './run-journal.ts'
import { Sleeper } from './sleeper.ts'
import { Tellings } from './tellings.ts'

/** Milliseconds that an instant waits for answers, where nothing else is said. */
const PATIENCE_MS = 2_000
/** How long the loop sleeps at most. */
const SLEEP_MS = 60_000

/** @throws FaultError where the store holds this portfolio under another configuration or on other data */
export async function openEngine(given: EngineInput, options: EngineOptions): Promise<LiveEngine> {
  const input = { ...given, config: withExternal(given.config) }
  const { store, storeName, portfolio } = options
  const tables = projectionWriter(await store.projections?.projectionMemory(portfolio))
  const engine = new LiveEngine(input, options, await beginning(input.config, { store, storeName, portfolio }), tables)
  await engine.open()
  return engine
}

/** Opens a run and plays it to its end. */
export async function runEngine(input: EngineInput, options: EngineOptions): Promise<EngineEnd> {
  return (await openEngine(input, options)).play()
}

export class LiveEngine {
  readonly run: Run
  readonly broker: Broker
  readonly #options: EngineOptions
  readonly #input: EngineInput
  readonly #from: LiveState | undefined
  readonly #toldCalendars: readonly Sessions[] | undefined
  readonly #known: KnownRows
  /** Null where the venue is elsewhere. */
  readonly #venue: Venue | null
  readonly #journal: RunJournal
  readonly #parts = bookedShares()
  readonly #expected: Expected
  readonly #line: BrokerLine
  readonly #watches: readonly Watch[]
  #desk: OrderDesk | null = null
  #outgoing: Outgoing[] = []
  #bodies: EventBody[] = []
  readonly #told = new Tellings()
  #alerts: DeskAlert[] = []
  /** Everything that the journal held was played again. */
  #isLive = false
  /** Steps of instants taken since the run began. */
  #steps: number
  #added = 0
  /** Instants and events since a state was last kept. */
  #unkept = 0
  #bookedBefore = 0
  #cursor = ''
  #isStopping = false
  readonly #sleeper: Sleeper

  constructor(input: EngineInput, options: EngineOptions, { from, known, told }: Beginning, tables: ProjectionWriter) {
    const { venue } = options
    this.#input = input
    this.#options = options
    this.#from = from
    this.#toldCalendars = told
    this.#known = known
    this.#journal = new RunJournal(known, tables)
    this.#steps = from?.steps ?? 0
    this.#venue = venue.kind === 'here' ? venue.open(from === undefined ? undefined : revive(from.venue)) : null
    this.broker = venue.kind === 'here' ? this.#venue!.broker : venue.broker
    this.#sleeper = new Sleeper(options.clock)
    this.#line = new BrokerLine(this.broker, options.store, options.portfolio, () => this.#sleeper.wake())
    this.#watches = [...(options.watches ?? []), ...(this.#venue === null ? [this.#reconciliation()] : [])]
    const exchange = deferredExchange(this.#venue?.market ?? marketElsewhere(input.config), (outgoing) => {
      // What a venue elsewhere was sent, its records tell.
      if (this.#venue !== null || !this.#journal.isKnown) this.#outgoing.push(outgoing)
    })
    const again = (event: EngineEvent): EngineEvent => {
      if (event.kind === 'slices') options.onSlices?.(event.slices)
      return this.#journal.keep(event, this.#steps)
    }
    const commanded = (commands: readonly Command[]): void => {
      for (const command of commands) if (command.kind === 'declined') this.#told.declined(command.reason)
      this.#journal.commanded(commands)
    }
    this.#expected = expectedPostings(options.reconcile?.tolerance)
    const own = [this.#journal.observer, this.#parts.observer, this.#expected.observer]
    const observer = toldAll(options.observer === undefined ? own : [...own, options.observer])
    this.run = startRun({ ...input, again, commanded }, observer, null, from?.run, exchange)
    observer.attach(this.run.kernel.runtime)
  }

  /** The books say what the account holds, or nothing is opened. */
  #reconciliation(): Watch {
    const { store, portfolio, reconcile } = this.#options
    return reconcileWatch({
      broker: this.broker,
      store,
      portfolio,
      desk: () => this.desk,
      expected: () => this.#expected.take(),
      wake: () => this.#sleeper.wake(),
      ...(reconcile === undefined ? {} : { policy: reconcile }),
    })
  }

  get desk(): OrderDesk {
    return this.#desk!
  }

  get isLive(): boolean {
    return this.#isLive
  }

  /** Number of the last event that is written down; -1 before the first. */
  get seq(): number {
    return this.run.seq - this.#journal.length - 1
  }

  /** To be called once, before anything else. */
  async open(): Promise<void> {
    const { run } = this
    await this.#known.read()
    const { store, portfolio, sha256: hash, desk: policy = DESK_POLICY } = this.#options
    const account = this.#input.config.account.id
    const asked = { broker: this.broker, account, runtime: run.kernel.runtime, store, portfolio, hash, policy }
    const opened = await openDesk(asked, this.#from?.desk, this.#venue === null ? this.#now() : null)
    this.#desk = opened.desk
    this.#bookedBefore = opened.lastExecution
    const { market } = this.#input
    if (this.#from !== undefined) takeUp(run, this.#from.run)
    else openBooks(run, { ...this.#input, market: { ...market, sessions: this.#toldCalendars ?? market.sessions } })
  }

  /** Plays the market to its end, or until it is stopped. */
  async play(): Promise<EngineEnd> {
    try {
      for (;;) {
        const at = nextInstant(this.run.cursors)
        if (at === null) return await this.#end((await this.#linger()) ? 'market' : 'stopped')
        if (!(await this.#reach(at))) return await this.#end('stopped')
        await this.#playInstant()
      }
    } finally {
      this.#line.close()
    }
  }

  /** Asks it to end between two instants. */
  stop(): void {
    this.#isStopping = true
    this.#sleeper.wake()
  }

  /** Gives the kernel something from outside, in the next round. */
  tell(told: Told): void {
    this.#told.add(told)
    this.#sleeper.wake()
  }

  async #playInstant(): Promise<void> {
    const { meter } = this.#options
    const since = meter?.now() ?? 0
    const added = this.#added
    beginInstant(this.run)
    for (const step of INSTANT_STEPS) {
      for (let isMore = true; isMore; ) {
        isMore = step(this.run)
        this.#steps += 1
        await this.#settle(this.#options.patience ?? PATIENCE_MS)
      }
    }
    if (!this.#isLive) return
    meter?.took('instant', since)
    if (this.#added > added) this.#unkept += 1
    if (this.#unkept >= this.#options.snapshotEvery) await this.#commit(true)
    this.#options.onInstant?.(this.run)
  }

  /** Goes on when the instant is due; false when it was stopped before. Meanwhile what comes from outside is taken. */
  async #reach(at: Instant): Promise<boolean> {
    const { clock, due } = this.#options
    for (;;) {
      await this.#settle(0)
      if (!this.#isLive) return true
      if (this.#isStopping || this.#options.isStopped()) return false
      if (clock === null || clock.now() >= at) break
      await this.#sleep(Math.min(at - clock.now(), this.#untilWaking(clock)))
    }
    if (due !== undefined && !(await this.#listenUntil(due(at)))) return false
    if (this.#told.length > 0) await this.#settle(0)
    return !this.#isStopping && !this.#options.isStopped()
  }

  /** Behind the last bar, until there are more; false when it was stopped before. */
  async #linger(): Promise<boolean> {
    const { more } = this.#options
    return more === undefined || this.#listenUntil(more())
  }

  /** Takes what comes from outside until something has happened; false when it was stopped before. */
  async #listenUntil(happening: Promise<void>): Promise<boolean> {
    const { clock } = this.#options
    let hasHappened = false
    void happening.then(() => {
      hasHappened = true
      this.#sleeper.wake()
    })
    for (;;) {
      await this.#sleep(clock === null ? null : this.#untilWaking(clock), () => hasHappened)
      if (this.#isStopping || this.#options.isStopped()) return false
      if (hasHappened) return true
      await this.#settle(0)
    }
  }

  /** Milliseconds until the desk or a watch wants to be asked again. */
  #untilWaking(clock: Clock): number {
    // A venue in this process has the time of its market: it is asked at the next step of that.
    const ofDesk = this.#venue === null ? this.desk.nextAt() : null
    const next = [ofDesk, ...this.#watches.map((watch) => watch.nextAt())].filter((at) => at !== null)
    return Math.min(SLEEP_MS, ...next.map((at) => at - clock.now()))
  }

  /** Until somebody says something; null: however long that takes. */
  async #sleep(milliseconds: number | null, isAwake: () => boolean = () => false): Promise<void> {
    if (!this.#hasMore() && !isAwake()) await this.#sleeper.sleep(milliseconds)
  }

  /** Rounds until there is nothing left to say and to answer, or until patience ends. */
  async #settle(patience: number): Promise<void> {
    const { clock } = this.#options
    const until = clock === null ? Number.POSITIVE_INFINITY : clock.monotonic() + patience
    for (;;) {
      await this.#round()
      if (this.#hasMore()) continue
      if (!this.#line.isAsking) return
      // A venue in this process answers at once, and always before the market goes on.
      if (this.#venue === null && clock !== null && clock.monotonic() >= until) return
      await this.#sleep(this.#venue === null && clock !== null ? until - clock.monotonic() : null)
    }
  }

  #hasMore(): boolean {
    // What was told while the journal is played again waits until that is over.
    const told = this.#isLive ? this.#told.length : 0
    const waiting = this.#bodies.length + told + this.#outgoing.length
    return waiting > 0 || this.#line.hasNews || this.#nextKnownOutside() !== null
  }

  /** One turn: what was said, to the kernel; what that changed, to the store; what it commanded, out. */
  async #round(): Promise<void> {
    if (!this.#isLive) await this.#playAgain()
    if (this.#isLive) this.#takeOutside()
    if (this.#isLive || this.#venue !== null) this.#takeBroker()
    this.#dispatch()
    await this.#commit(false)
    if (this.#isLive || this.#venue !== null) this.#send()
  }

  /** What came from outside at this place when it was played for the first time. */
  async #playAgain(): Promise<void> {
    await this.#known.read()
    for (let event = this.#nextKnownOutside(); event !== null; event = this.#nextKnownOutside())
      giveEvent(this.run, event)
    if (this.#known.isOver(this.#steps)) this.#goLive()
  }

  #nextKnownOutside(): EngineEvent | null {
    if (this.#isLive) return null
    return this.#known.outside(this.#steps, (index) => this.run.kernel.runtime.state.instruments[index]!.id)
  }

  #goLive(): void {
    this.#isLive = true
    this.#journal.forget()
    for (const sessions of laterCalendars(this.run))
      this.#told.add({ body: { kind: 'sessions', calendar: sessions.calendar, sessions } })
    if (this.#venue === null) this.#line.listen(this.#options.clock!)
  }

  #takeOutside(): void {
    const now = this.#now()
    for (const watch of this.#watches) this.#told.add(...watch.look(now, this.run.kernel))
    this.#told.give(this.run.kernel, now, (body) => this.#give(body, true))
  }

  #takeBroker(): void {
    const now = this.#deskTime()
    const heard = [...this.#line.takeHeard(), ...(this.#venue?.drain() ?? [])]
    const bodies = this.#bodies
    this.#bodies = []
    const { tradeDate, kernel } = this.run
    bodies.push(...accountBodies(heard, kernel.runtime, { tradeDate, isElsewhere: this.#venue === null }))
    const ofOrders = heard.filter(isOfOrders)
    if (ofOrders.length > 0) bodies.push(...this.desk.heard(ofOrders, now))
    for (const { action, answer } of this.#line.takeAnswers()) bodies.push(...this.desk.answered(action, answer, now))
    bodies.push(...this.desk.elapsed(now))
    for (const body of bodies) this.#give(body, this.#venue === null)
  }

  /** What the kernel commanded, to the desk. */
  #dispatch(): void {
    const outgoing = this.#outgoing
    this.#outgoing = []
    for (const one of outgoing) {
      if (one.kind === 'submit') this.desk.intend(one.orders, this.#deskTime())
      else this.desk.askCancel(one.order, this.#deskTime())
    }
  }

  #give(body: EventBody, isOutside: boolean): void {
    const { run } = this
    if (!isOutside) giveEvent(run, { seq: run.seq, at: run.at, ...body } as EngineEvent)
    else giveEvent(run, { seq: run.seq, at: this.#now(), outside: this.#steps, ...body } as EngineEvent)
  }

  /** One transaction of all that changed; what was played again is there already. */
  async #commit(isKept: boolean): Promise<void> {
    const { store, portfolio, lease } = this.#options
    const records = this.desk.takeRecords()
    const executions = this.#parts.complete(records.executions).filter(({ number }) => number > this.#bookedBefore)
    const { cursor } = this.desk.state()
    const snapshot = isKept && this.#isQuiet() ? snapshotOf(this.#state()) : undefined
    const isNews =
      this.#journal.length + records.orders.length + executions.length + this.#told.answers > 0 ||
      snapshot !== undefined ||
      cursor !== this.#cursor
    if (!this.#isLive) this.#journal.forget()
    if (isNews && this.#isLive) {
      const answers = this.#told.takeAnswers()
      const written = this.#journal.take()
      const batch: Batch = {
        ...written,
        orders: records.orders,
        executions,
        answers,
        ...(cursor === this.#cursor ? {} : { cursor: { broker: this.broker.name, value: cursor } }),
        ...(snapshot === undefined ? {} : { snapshot }),
      }
      const { meter } = this.#options
      const since = meter?.now() ?? 0
      await store.commit(portfolio, lease, batch)
      meter?.took('commit', since)
      meter?.committed(written.rows.length)
      this.#added += written.rows.length
      this.#cursor = cursor
      if (snapshot !== undefined) this.#unkept = 0
    }
    this.#told.committed()
    this.desk.committed()
    this.#alerts.push(...this.desk.takeAlerts())
    if (this.#alerts.length > 0 && this.#isLive) this.#options.onAlerts?.(this.#alerts)
    this.#alerts = []
  }

  /** Whether all that will be known after a restart is in the state. */
  #isQuiet(): boolean {
    return this.#journal.length === 0 && !awaitsStructure(this.run.kernel.runtime) && !this.#line.isAsking
  }

  #state(): LiveState {
    const { desk, run } = this
    return {
      run: { ...runState(run), exchange: null },
      venue: this.#venue === null ? null : freeze(this.#venue.state()),
      desk: { state: desk.state(), records: desk.open },
      steps: this.#steps,
    }
  }

  /** Everything that may leave now; answers come in a later round. */
  #send(): void {
    const { runtime } = this.run.kernel
    const now = this.#deskTime()
    for (const action of this.desk.due(now)) {
      if (action.kind === 'submit') {
        const gate = this.#isTripped() ? 'alive' : stopOf(runtime, action.request.order)
        if (gate !== null) {
          this.#bodies.push(...this.desk.refuse(action.request.clientId, gate, now))
          continue
        }
      }
      this.#line.send(action)
    }
  }

  /** The kill switch was used, and the kernel does not know of it yet: what it knows, its gates say. */
  #isTripped(): boolean {
    if (this.#venue !== null || (this.#options.latch?.reason ?? '') === '') return false
    return this.run.kernel.runtime.state.gates?.shut.some(({ gate }) => gate === 'alive') !== true
  }

  async #end(ended: EngineEnd['ended']): Promise<EngineEnd> {
    await this.#settle(this.#options.patience ?? PATIENCE_MS)
    if (!this.#isLive) this.#known.demandOver()
    if (this.#unkept > 0) await this.#commit(true)
    return { run: this.run, resumed: (this.#from?.run.seq ?? 0) + this.#known.count, added: this.#added, ended }
  }

  #now(): Instant {
    const { clock } = this.#options
    return clock === null ? this.run.at : (Math.max(this.run.at, clock.now()) as Instant)
  }

  /** A venue in this process lives in the time of its market. */
  #deskTime(): Instant {
    return this.#venue === null ? this.#now() : this.run.at
  }
}

function isOfOrders(event: BrokerEvent): event is DeskEvent {
  return event.kind === 'execution' || event.kind === 'order' || event.kind === 'gap'
}
