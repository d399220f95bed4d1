/**
 * The loop around the kernel. What the market, the broker, operators and watches say is given to the kernel; what that
 * changed is written down in one durable transaction; and only then what it commanded is sent. Read `round` first.
 */
import type { Broker } from '../domain/broker.ts'
import type { Clock } from '../domain/clock.ts'
import type { Command, EngineEvent } from '../domain/events.ts'
import type { Instant } from '../domain/units.ts'
import { revive } from '../engine/canonical.ts'
import type { EventBody } from '../engine/run/broker-side.ts'
import { giveEvent, type Run } from '../engine/run/drive.ts'
import { beginInstant, INSTANT_STEPS } from '../engine/run/instant.ts'
import { startRun } from '../engine/run/run.ts'
import { laterCalendars } from '../engine/run/run-state.ts'
import { nextInstant } from '../engine/run/timeline.ts'
import { accountBodies, isOfOrders } from './account-events.ts'
import { BrokerLine } from './broker-line.ts'
import { codeChanged } from './code-changed.ts'
import { actionsAhead, isBehind, recallsOver } from './dated-actions.ts'
import { deferredExchange, marketElsewhere, type Outgoing } from './deferred.ts'
import type { DeskAlert, OrderDesk } from './desk/order-desk.ts'
import { DESK_POLICY, type DeskPolicy } from './desk/policy.ts'
import type { Elsewhere } from './elsewhere.ts'
import type { EngineEnd, EngineInput, EngineOptions, OrderDecision, Told, Venue, Watch } from './engine-options.ts'
import { type EngineTime, engineTime, untilWaking } from './engine-time.ts'
import { bookedShares } from './executions/booked-shares.ts'
import { isAhead } from './gates/kill.ts'
import { toldAll } from './observers.ts'
import { openAccount } from './open-desk.ts'
import type { ProjectionWriter } from './projections/writer.ts'
import { type Expected, expectedPostings } from './reconcile/expected.ts'
import { type Beginning, beginRun, snapshotOf } from './resumption.ts'
import { batchOf, RunJournal } from './run-journal.ts'
import { sendDue, takeCommanded } from './sending.ts'
import { happenedBefore, Sleeper } from './sleeper.ts'
import { Tellings } from './tellings.ts'

/** Milliseconds that an instant waits for answers, where nothing else is said. */
const PATIENCE_MS = 2_000

export class LiveEngine {
  readonly run: Run
  readonly broker: Broker
  readonly #options: EngineOptions
  readonly #input: EngineInput
  readonly #begun: Beginning
  /** Null where the venue is elsewhere. */
  readonly #venue: Venue | null
  readonly #journal: RunJournal
  readonly #parts = bookedShares()
  readonly #expected: Expected
  readonly #line: BrokerLine
  readonly #watches: readonly Watch[]
  readonly #time: EngineTime
  #desk: OrderDesk | null = null
  /** Null where the venue is in this process. */
  #elsewhere: Elsewhere | null = null
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
  #isStopping = false
  readonly #sleeper: Sleeper
  readonly #deskPolicy: DeskPolicy

  constructor(input: EngineInput, options: EngineOptions, begun: Beginning, tables: ProjectionWriter) {
    const { venue } = options
    const { from } = begun
    this.#input = input
    this.#options = options
    this.#begun = begun
    this.#journal = new RunJournal(begun.known, tables)
    this.#steps = from?.steps ?? 0
    this.#venue = venue.kind === 'here' ? venue.open(from === undefined ? undefined : revive(from.venue)) : null
    this.broker = venue.kind === 'here' ? this.#venue!.broker : venue.broker
    this.#sleeper = new Sleeper(options.clock)
    this.#deskPolicy = options.desk ?? DESK_POLICY
    this.#line = new BrokerLine(this.broker, options.store, options.portfolio, () => this.#sleeper.wake())
    this.#watches = options.watches ?? []
    this.#time = engineTime(options.clock, () => this.run.at)
    const open = () => (this.#isLive ? this.desk.open : [])
    const exchange = deferredExchange(this.#venue?.market ?? marketElsewhere(input.config, open), (outgoing) => {
      // What a venue elsewhere was sent, its records tell.
      if (this.#venue !== null || !this.#journal.isKnown) this.#outgoing.push(outgoing)
    })
    const again = (event: EngineEvent): EngineEvent => {
      if (event.kind === 'slices') options.onSlices?.(event.slices)
      return this.#journal.keep(event, this.#steps)
    }
    const commanded = (commands: readonly Command[]): void => {
      this.#told.commanded(commands)
      this.#journal.commanded(commands)
    }
    this.#expected = expectedPostings(options.reconcile?.tolerance, from?.expected)
    const own = [this.#journal.observer, this.#parts.observer, this.#expected.observer]
    const observer = toldAll(options.observer === undefined ? own : [...own, options.observer])
    this.run = startRun({ ...input, again, commanded }, observer, null, from?.run, exchange)
    observer.attach(this.run.kernel.runtime)
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
    await this.#begun.known.read()
    const { store, portfolio, sha256: hash, clock, isStopped, lease, reconcile } = this.#options
    this.#journal.toldTo = await store.toldTo(portfolio)
    const { from, known } = this.#begun
    const of = { broker: this.broker, store, portfolio, hash, clock, isStopped, wake: () => this.#sleeper.wake() }
    const account = { account: this.#input.config.account.id, policy: this.#deskPolicy, epoch: lease.epoch, reconcile }
    const expected = { expected: this.#expected, isBehind: () => isBehind(run, this.#time.now()) }
    const own = { ...of, ...account, ...expected, runtime: run.kernel.runtime }
    const resumedAt = this.#venue === null ? this.#time.steady() : null
    const opened = await openAccount(own, from?.desk, resumedAt, from === undefined && known.isOver(0))
    this.#desk = opened.desk
    this.#elsewhere = opened.elsewhere
    this.#bookedBefore = opened.lastExecution
    beginRun(run, this.#begun, this.#input)
  }

  /** Plays the market to its end, or until it is stopped. */
  async play(): Promise<EngineEnd> {
    try {
      for (;;) {
        const at = nextInstant(this.run.cursors)
        const isThere = at === null ? await this.#linger() : await this.#reach(at)
        if (this.#told.changes.isOver) return this.#ended('configured')
        if (at === null || !isThere) return await this.#end(isThere ? 'market' : 'stopped')
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
    const meter = this.#isLive ? this.#options.meter : undefined // what the journal holds was measured before
    const since = meter?.now() ?? 0
    const added = this.#added
    beginInstant(this.run)
    for (const step of INSTANT_STEPS) {
      const begun = meter?.now() ?? 0
      for (let isMore = true; isMore; ) {
        isMore = step(this.run)
        this.#steps += 1
        await this.#settle(this.#options.patience ?? PATIENCE_MS)
      }
      meter?.took(step.name, begun)
    }
    this.#journal.close()
    if (!this.#isLive) return
    if (this.#venue === null) this.#outgoing.push(...recallsOver(this.desk.open, actionsAhead(this.run)))
    meter?.took('instant', since)
    if (this.#added > added || this.#journal.length > 0) this.#unkept += 1
    this.#told.cycled({ kind: 'played', seq: this.run.kernel.runtime.state.seq, at: this.run.at })
    const isKept = this.#unkept >= this.#options.snapshotEvery
    // That a venue in this process took an order follows from its events: alone it is written with what comes next.
    const isTold = this.#venue === null || isKept || this.#journal.isBehind
    const isNews = this.#journal.length + this.#told.answers + this.#alerts.length > 0
    if (isTold || isNews) await this.#commit(isKept, !isTold)
    this.#options.onInstant?.(this.run)
  }

  /** Goes on when the instant is due; false when it was stopped before. Meanwhile what comes from outside is taken. */
  async #reach(at: Instant): Promise<boolean> {
    const { clock, due } = this.#options
    for (;;) {
      await this.#settle(0)
      if (!this.#isLive) return true
      if (this.#isStopping || this.#options.isStopped() || (await this.#changeOver())) return false
      if (clock === null || clock.now() >= at || this.#isHurried) break
      await this.#sleep(Math.min(at - clock.now(), this.#untilWaking(clock)), () => this.#isStopping || this.#canChange)
    }
    if (due !== undefined && !this.#isHurried && !(await this.#listenUntil(due(at)))) return false
    if (this.#told.length > 0) await this.#settle(0)
    return !this.#isStopping && !this.#options.isStopped()
  }

  /** Behind the last bar, until there are more; false when it was stopped before. */
  async #linger(): Promise<boolean> {
    if (this.#options.more !== undefined) return this.#listenUntil(this.#options.more())
    await this.#settle(0)
    return !(await this.#changeOver())
  }

  /** Somebody asks for another configuration, and nothing is under way. */
  get #canChange(): boolean {
    return this.#isLive && this.#told.changes.isAsked && !this.#line.isAsking && !this.#hasMore()
  }

  /** Between two instants: whether it stands under another configuration now. */
  async #changeOver(): Promise<boolean> {
    if (!this.#canChange) return false
    this.#told.change(this.run, (body) => this.#give(body, true))
    this.#dispatch()
    this.#noteAlerts()
    await this.#commit(this.#told.changes.isOver)
    return this.#told.changes.isOver
  }

  /** Bars that are all there are played at once where somebody asks for that; those that come are played as they come. */
  get #isHurried(): boolean {
    return this.#told.isHurried && this.#options.more === undefined
  }

  /** Takes what comes from outside until something has happened; false when it was stopped before. */
  async #listenUntil(happening: Promise<void>): Promise<boolean> {
    const { clock, lookNow } = this.#options
    let hasHappened = false
    void happening.then(() => {
      hasHappened = true
      this.#sleeper.wake()
    })
    // What has happened already is waited for by nobody.
    await happenedBefore()
    for (;;) {
      this.#told.look(lookNow, () => this.#sleeper.wake())
      const isAwake = (): boolean => hasHappened || this.#isStopping || this.#canChange
      await this.#sleep(clock === null ? null : this.#untilWaking(clock), isAwake)
      if (this.#isStopping || this.#options.isStopped() || (await this.#changeOver())) return false
      if (hasHappened) return true
      await this.#settle(0)
      if (this.#isHurried) return true
    }
  }

  #untilWaking(clock: Clock): number {
    // A venue in this process has the time of its market: it is asked at the next step of that.
    const steady = this.#elsewhere === null ? [] : [this.#line.nextAt(), ...this.#elsewhere.nextAt()]
    return untilWaking(steady, this.#time.steady(), this.#watches, clock.now())
  }

  /** Until somebody says something; null: however long that takes. */
  async #sleep(milliseconds: number | null, isAwake: () => boolean = () => false): Promise<void> {
    if (this.#hasMore() || isAwake()) return
    // Nobody knows how long this takes.
    await this.#commit(false)
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
      if (this.#venue !== null) {
        // It answers at once, and always before the market goes on: nothing is written down in between.
        await this.#sleeper.sleep(null)
        continue
      }
      if (clock !== null && clock.monotonic() >= until) return
      await this.#sleep(clock === null ? null : until - clock.monotonic())
    }
  }

  #hasMore(): boolean {
    // What was told while the journal is played again waits until that is over.
    const waiting = this.#bodies.length + (this.#isLive ? this.#told.length : 0) + this.#outgoing.length
    const isTold = this.#line.hasNews || (this.#isLive && this.#elsewhere?.hasNews === true)
    return waiting > 0 || isTold || this.#nextKnownOutside() !== null
  }

  /** One turn: what was said, to the kernel; what that changed, to the store; what it commanded, out. */
  async #round(): Promise<void> {
    if (!this.#isLive) await this.#playAgain()
    if (this.#isLive) this.#takeOutside()
    if (this.#isLive || this.#venue !== null) this.#takeBroker()
    const isLeaving = this.#dispatch()
    if (this.#isLive || this.#venue !== null) this.#noteAlerts()
    // What nothing outside follows from is written with what comes next: by the end of the instant, or before a wait.
    const isDue = isLeaving || this.#told.answers > 0 || this.desk.awaitsCommit
    if (isDue) this.#journal.close()
    if (isDue || !this.#isLive) await this.#commit(false, true)
    if (this.#isLive || this.#venue !== null) this.#send()
  }

  /** What came from outside at this place when it was played for the first time. */
  async #playAgain(): Promise<void> {
    await this.#begun.known.read()
    for (let event = this.#nextKnownOutside(); event !== null; event = this.#nextKnownOutside())
      giveEvent(this.run, event)
    if (this.#begun.known.isOver(this.#steps)) this.#goLive()
  }

  #nextKnownOutside(): EngineEvent | null {
    if (this.#isLive) return null
    return this.#begun.known.outside(this.#steps, (index) => this.run.kernel.runtime.state.instruments[index]!.id)
  }

  #goLive(): void {
    this.#isLive = true
    this.#journal.forget()
    for (const body of codeChanged(this.run.kernel.runtime.state, this.#input.codes)) this.#told.add({ body })
    for (const sessions of laterCalendars(this.run))
      this.#told.add({ body: { kind: 'sessions', calendar: sessions.calendar, sessions } })
    if (this.#venue === null) this.#line.listen(this.#options.clock!)
  }

  #takeOutside(): void {
    const { kernel } = this.run
    const now = this.#time.now()
    for (const watch of this.#watches) this.#told.add(...watch.look(now, kernel))
    for (const watch of this.#elsewhere?.watches ?? []) this.#told.add(...watch.look(this.#time.steady(), kernel))
    this.#told.give(kernel, now, {
      give: (body) => this.#give(body, true),
      decide: (decision) => this.#decided(decision),
      canHurry: this.#venue !== null,
    })
  }

  /** What follows from an operator's word on an order; the reason where there is nothing to decide. */
  #decided({ clientId, verdict, actor }: OrderDecision): readonly EventBody[] | string {
    if (this.#venue !== null) return 'its venue is in this process, and knows every order'
    return this.desk.undecidable(clientId, verdict) ?? this.desk.decide(clientId, verdict, actor, this.#deskTime())
  }

  #takeBroker(): void {
    const now = this.#deskTime()
    this.#line.giveUp(now)
    const heard = [...this.#line.takeHeard(), ...(this.#venue?.drain() ?? [])]
    const bodies = this.#bodies.splice(0)
    const { tradeDate, kernel } = this.run
    const ofAccount = this.#elsewhere?.takeAccount(heard, now) ?? heard
    bodies.push(...accountBodies(ofAccount, kernel.runtime, { tradeDate, isElsewhere: this.#venue === null }))
    const ofOrders = heard.filter(isOfOrders)
    if (ofOrders.length > 0) bodies.push(...this.desk.heard(ofOrders, now))
    for (const { action, answer } of this.#line.takeAnswers()) bodies.push(...this.desk.answered(action, answer, now))
    bodies.push(...this.desk.elapsed(now))
    for (const body of bodies) this.#give(body, this.#venue === null)
  }

  /** What the kernel commanded, to the desk. @returns whether there was anything */
  #dispatch(): boolean {
    return takeCommanded(this.desk, this.#outgoing.splice(0), this.#deskTime())
  }

  #give(body: EventBody, isOutside: boolean): void {
    const { run } = this
    const from = isOutside ? { at: this.#time.now(), outside: this.#steps } : { at: run.at }
    giveEvent(run, { seq: run.seq, ...from, ...body } as EngineEvent)
  }

  /** One transaction of all that changed; what was played again is there. `isAhead`: what is told of it may come later. */
  async #commit(isKept: boolean, isAhead = false): Promise<void> {
    const { store, portfolio, lease, meter } = this.#options
    const records = this.desk.takeRecords()
    const executions = this.#parts.complete(records.executions).filter(({ number }) => number > this.#bookedBefore)
    const place = this.#elsewhere?.place.next() ?? null
    const events = this.#elsewhere?.takeIds() ?? []
    const isAll = isKept && !this.#line.isAsking // what was asked and is not answered is in no state
    const snapshot = isAll
      ? snapshotOf(this.run, this.desk, this.#venue, this.#steps, this.#expected, this.#told.changes.isOver)
      : undefined
    const isWhole = !isAhead || this.#told.answers + this.#alerts.length > 0 || snapshot !== undefined
    const isNews =
      this.#journal.pending(isWhole) + records.orders.length + executions.length + this.#told.answers > 0 ||
      snapshot !== undefined ||
      place !== null
    if (!this.#isLive) this.#journal.forget()
    if (isNews && this.#isLive) {
      const answers = this.#told.takeAnswers()
      const written = isWhole ? this.#journal.take() : this.#journal.takeAhead()
      const told = { broker: this.broker.name, ids: events }
      const batch = batchOf({ ...written, orders: records.orders, executions, answers }, told, place, snapshot)
      const since = meter?.now() ?? 0
      await store.commit(portfolio, lease, batch)
      meter?.took('commit', since)
      meter?.committed(written.rows.length)
      this.#added += written.rows.length
      this.#elsewhere?.committed(events)
      if (isWhole) this.#options.onTold?.(this.run)
      if (snapshot !== undefined) this.#unkept = 0
    }
    this.#told.committed()
    this.desk.committed()
    if (this.#alerts.length > 0 && this.#isLive) this.#options.onAlerts?.(this.#alerts)
    this.#alerts = []
  }

  /** What somebody must look at is an event: its row and its message come with it. */
  #noteAlerts(): void {
    const alerts = this.desk.takeAlerts()
    this.#alerts.push(...alerts)
    for (const { rule, instrument, clientId, text } of alerts)
      this.#give({ kind: 'alert', rule, instrument, clientId, text }, this.#venue === null)
  }

  /** Everything that may leave now; answers come in a later round. */
  #send(): void {
    const { runtime } = this.run.kernel
    const now = this.#deskTime()
    const isTripped = this.#venue === null && isAhead(this.#options.latch, runtime)
    // A venue in this process always answers.
    const by = this.#venue === null ? ((now + this.#deskPolicy.answerWithin) as Instant) : null
    this.#bodies.push(...sendDue({ desk: this.desk, line: this.#line, runtime, isTripped, by }, now))
  }

  async #end(ended: EngineEnd['ended']): Promise<EngineEnd> {
    await this.#settle(this.#options.patience ?? PATIENCE_MS)
    if (!this.#isLive) this.#begun.known.demandOver()
    if (ended === 'market' && this.#options.more === undefined) this.#told.marketEnded()
    await this.#commit(this.#unkept > 0)
    return this.#ended(ended)
  }

  #ended(ended: EngineEnd['ended']): EngineEnd {
    const resumed = (this.#begun.from?.run.seq ?? 0) + this.#begun.known.count
    return { run: this.run, resumed, added: this.#added, ended, waiting: this.#told.waiting }
  }

  /** A venue in this process lives in the time of its market. */
  #deskTime(): Instant {
    return this.#venue === null ? this.#time.steady() : this.run.at
  }
}
