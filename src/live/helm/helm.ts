/**
 * Who decides whether anything may leave: operators' commands, leave that ends, the kill latch, our clock and the age of
 * prices. It says what the kernel is to be told, and keeps nothing that a restart needs: a new process is disarmed, and all
 * else is in the kernel.
 */
import type { ControlCommand } from '../../domain/control.ts'
import { isDoubtful } from '../../domain/discrepancies.ts'
import { isExternal } from '../../domain/external.ts'
import type { Slice } from '../../domain/market.ts'
import { barLength, timeframeOf } from '../../domain/timeframes.ts'
import type { ClockId, Instant, InstrumentId, IntentId } from '../../domain/units.ts'
import { shutGates } from '../../engine/gates/gates.ts'
import { countsOfUnit } from '../../engine/positions/valuation.ts'
import type { EventBody } from '../../engine/run/broker-side.ts'
import type { Runtime } from '../../engine/runtime.ts'
import type { CycleEnd, Turn } from '../engine-options.ts'
import { type Arming, type ArmingInput, DISARMED, type Doubt, stepArming } from '../gates/arming.ts'
import {
  type BarClock,
  type FreshnessOf,
  type FreshnessRules,
  freshnessChanges,
  oldestAge,
  type Seen,
  sawBar,
  UNSEEN,
} from '../gates/freshness.ts'
import { type KillLatch, killLatch } from '../gates/kill.ts'
import { type LagWatch, stepLag } from '../gates/loop-lag.ts'
import { type Moment, open } from '../gates/moment.ts'
import { CLOCK_UNREAD, type ClockInput, type ClockWatch, stepClock } from '../gates/skew.ts'
import { firstExpiry, unanswered } from '../gates/unanswered.ts'
import { foreignInstrumentId } from '../reconcile/foreign-instrument.ts'
import type { KnownInstrument } from './assign.ts'
import { type Carried, carryOut, type Effect, type Standpoint } from './carry-out.ts'
import { type Changes, changesOf, NO_CHANGES } from './changes.ts'
import { cycleAnswer } from './cycle-answer.ts'

export interface HelmOptions {
  readonly role: 'paper' | 'live'
  readonly accountSuffix: string
  /** True: prices come as time goes on, so that their age and our clock are judged. False: bars are replayed. */
  readonly isPaced: boolean
  readonly freshness: FreshnessRules
  /** Part of the allocation that live trading begins with. Left out: all of it. */
  readonly startFraction?: number
  /** False while bars of the past are played that nobody was there for: their age says nothing. Left out: it never does that. */
  isCaughtUp?(): boolean
}

export interface Helm {
  /** Asked before every send; tripped before its event is written, released after. */
  readonly latch: KillLatch
  readonly armedUntil: Instant | null
  /**
   * A new process, before anything else.
   *
   * @param isFirst nothing was ever written of this portfolio: a live one then begins with a part of its allocation
   */
  begin(now: Moment, isFirst: boolean): readonly EventBody[]
  /**
   * One command that the engine has taken up.
   *
   * @param present of whoever asked, where the engine's bars have another time
   */
  obey(command: ControlCommand, runtime: Runtime, now: Moment, present?: Instant): Turn
  /** What takes leave away without anybody's word. */
  doubt(doubt: Doubt, now: Moment): readonly EventBody[]
  /** Whether the kill switch was used cannot be told: that counts as used. */
  unable(reason: string): readonly EventBody[]
  /** Bars have closed. */
  saw(slices: readonly Slice[], runtime: Runtime): void
  /** The broker's clock was read. */
  read(reading: Extract<ClockInput, { readonly kind: 'reading' }>, now: Moment): readonly EventBody[]
  /**
   * Time has passed: leave ends, clocks jump, prices grow old, timers come late.
   *
   * @param late milliseconds by which they did, at most, since it was last asked
   */
  time(runtime: Runtime, now: Moment, late?: number): readonly EventBody[]
  /** When it wants to be asked again, whatever happens; null: it need not be. */
  nextAt(runtime: Runtime | null): Instant | null
  /** Looks at what has changed for the worse; to be asked after each commit. */
  look(runtime: Runtime): void
  /** Milliseconds of trading time since the last bar of whatever waits longest; null: unknown. */
  dataAge(now: Instant): number | null
  /** What somebody should know of our clock; empty: nothing. */
  readonly warning: string
}

const REVIVED = 'an operator revived it'

export function createHelm(options: HelmOptions): Helm {
  const { role, isPaced, startFraction = 1 } = options
  const isPresent = (): boolean => isPaced && (options.isCaughtUp?.() ?? true)
  const latch = killLatch()
  const ages = createAges(options.freshness)
  let arming: Arming = DISARMED
  let watch: ClockWatch = CLOCK_UNREAD
  let changes: Changes = NO_CHANGES
  let warning = ''
  let lag: LagWatch = null

  const arm = (input: ArmingInput, now: Moment): readonly EventBody[] => {
    const step = stepArming(arming, input, now)
    arming = step.arming
    return step.changes
  }
  const clock = (input: ClockInput, now: Moment): readonly EventBody[] => {
    const step = stepClock(watch, input, now)
    watch = step.watch
    warning = step.warning
    const isShut = step.changes.some(({ isOpen }) => !isOpen)
    return isShut ? [...step.changes, ...arm({ kind: 'doubt', doubt: 'clock' }, now)] : step.changes
  }
  /** What the kernel knows takes leave away as well: a breaker shut the gate, or books and broker differ. */
  const judge = ({ state }: Runtime, now: Moment): readonly EventBody[] => {
    if (arming.until === null) return []
    if (state.gates?.shut.some(({ gate }) => gate === 'armed') === true) arming = DISARMED
    return state.reconciliation?.open.some(isDoubtful) === true ? arm({ kind: 'doubt', doubt: 'mismatch' }, now) : []
  }
  const effectOf = (effect: Effect | null, now: Moment): readonly EventBody[] => {
    switch (effect?.kind) {
      case 'arm':
        if (effect.until === null) return [open('armed', 'an operator armed it')]
        return arm({ kind: 'arm', until: effect.until }, now)
      case 'disarm':
        // On paper nobody had to arm: the gate is shut all the same.
        if (arming.until !== null) return arm(effect, now)
        return [{ kind: 'gate', gate: 'armed', isOpen: false, instrument: null, reason: effect.reason }]
      case 'kill':
        latch.trip(effect.reason)
        return arm({ kind: 'doubt', doubt: 'killed' }, now)
      case 'release': {
        const opened = effect.frozen.map((instrument) => open('frozen', REVIVED, instrument))
        return effect.isReducing ? [...opened, { kind: 'mode', mode: 'active', reason: REVIVED }] : opened
      }
      default:
        return []
    }
  }

  return {
    latch,
    get armedUntil() {
      return arming.until
    },
    get warning() {
      return warning
    },
    begin(now, isFirst) {
      if (role !== 'live') return []
      const shut = arm({ kind: 'doubt', doubt: 'started' }, now)
      return isFirst && startFraction < 1 ? [...shut, startsWith(startFraction)] : shut
    },
    obey(command, runtime, now, present = now.wall) {
      changes = changesOf(changes, runtime)
      const isLate = command.until !== null && present > command.until
      const carried: Carried = isLate
        ? { isDeclined: true, reason: 'it was asked too long ago' }
        : carryOut(command, standpointOf(runtime, options, changes), now.wall)
      return turnOf(command, carried, carried.isDeclined ? [] : effectOf(carried.effect, now), latch)
    },
    doubt: (doubt, now) => arm({ kind: 'doubt', doubt }, now),
    unable(reason) {
      const isNew = latch.ask(() => {
        throw new RangeError(reason)
      })
      return isNew ? [killed(latch.reason, 'engine', 'unable')] : []
    },
    saw: (slices, runtime) => {
      if (isPaced) ages.saw(slices, runtime)
    },
    read: clock,
    time(runtime, now, late = 0) {
      const over = [...arm({ kind: 'time' }, now), ...judge(runtime, now), ...unanswered(runtime.state, now.wall)]
      if (!isPresent()) return over
      const lagged = stepLag(lag, late, runtime.state, now)
      lag = lagged.watch
      return [...over, ...clock({ kind: 'time' }, now), ...ages.changes(runtime, now.wall), ...lagged.bodies]
    },
    nextAt(runtime) {
      const expiry = runtime === null ? null : firstExpiry(runtime.state)
      if (arming.until === null || expiry === null) return arming.until ?? expiry
      return Math.min(arming.until, expiry) as Instant
    },
    look(runtime) {
      changes = changesOf(changes, runtime)
    },
    dataAge: (now) => (isPresent() ? ages.oldest(now) : null),
  }
}

function startsWith(fraction: number): EventBody {
  return { kind: 'operator', id: 'start', actor: 'engine', seen: 0, command: { kind: 'fraction', fraction } }
}

function killed(reason: string, actor: string, id: string): EventBody {
  return { kind: 'operator', id, actor, seen: 0, command: { kind: 'kill', reason } }
}

function turnOf(
  { id, actor, seen, body }: ControlCommand,
  carried: Carried,
  effects: readonly EventBody[],
  latch: KillLatch,
): Turn {
  if (carried.isDeclined) {
    const { reason } = carried
    return { events: [], answer: () => ({ id, state: 'declined', answer: reason }), committed: () => {} }
  }
  const told = carried.commands.map((command) => ({ kind: 'operator', id, actor, seen, command }) as const)
  let isDone = true
  return {
    events: [...told, ...effects],
    ...(carried.decision === undefined ? {} : { decision: carried.decision }),
    ...(carried.isCycle === true ? { cycle: (ended: CycleEnd) => cycleAnswer(id, ended, carried.answer) } : {}),
    answer(declined) {
      isDone = declined === ''
      return { id, state: isDone ? 'done' : 'declined', answer: isDone ? carried.answer : declined }
    },
    committed() {
      if (body.kind === 'revive' && isDone) latch.release()
    },
  }
}

function standpointOf(runtime: Runtime, { role, accountSuffix }: HelmOptions, { worse, capital }: Changes): Standpoint {
  const { state } = runtime
  const config = state.config!
  return {
    role,
    accountSuffix,
    sleeves: runtime.sleeves
      .filter((sleeve) => !isExternal(sleeve.config))
      .map(({ config: { id }, ordinal }) => ({ id, isPaused: state.sleeves[ordinal]!.paused !== '' })),
    gates: shutGates(runtime),
    reducing: state.gates?.modeReason ?? '',
    sessions: runtime.sessions.get(config.dayCalendar)!,
    liveFraction: state.liveFraction ?? 1,
    changed: { worse, capital },
    unitsOf: (approval) => unitsOf(runtime, approval),
    discrepancies: state.reconciliation?.open ?? [],
    instrumentOf: (subject) => instrumentOf(runtime, subject),
  }
}

function instrumentOf(runtime: Runtime, subject: string): KnownInstrument | null {
  const { state, byId } = runtime
  // What the portfolio does not list is named by the broker's symbol.
  const index = byId.get(subject as InstrumentId) ?? byId.get(foreignInstrumentId(subject))
  if (index === undefined) return null
  const { id } = state.instruments[index]!
  return { id, mark: state.mark[index]!, countsPerUnit: countsOfUnit(runtime, state.books.currency[index]!) }
}

function unitsOf({ state }: Runtime, id: IntentId): number | null {
  if (state.approvals?.some(({ intent }) => intent === id) !== true) return null
  const wish = state.waiting.find(({ intent }) => intent === id)
  // Structures are counted whole.
  return wish === undefined ? 1 : state.instruments[wish.instrument]!.unitsPerWhole
}

/** The bars of every instrument that the engine trades by, and which of them are stale. */
function createAges(rules: FreshnessRules) {
  const clocks = new Map<ClockId, BarClock>()
  const seen = new Map<InstrumentId, { readonly clock: ClockId; bars: Seen }>()
  const stale = new Set<InstrumentId>()
  const all = (): readonly FreshnessOf[] =>
    [...seen].map(([instrument, { clock, bars }]) => ({ instrument, seen: bars, clock: clocks.get(clock)! }))

  return {
    saw(slices: readonly Slice[], { state, sessions }: Runtime): void {
      for (const { clock, at, instruments, close } of slices) {
        const [first] = instruments
        const table = first === undefined ? undefined : sessions.get(state.instruments[first]!.calendar)
        if (table === undefined) continue
        const bars = { sessions: table, barMs: barLength(timeframeOf(clock)) }
        clocks.set(clock, bars)
        instruments.forEach((index, column) => {
          const { id, clocks: own } = state.instruments[index]!
          // Prices are those of the shortest clock.
          if (own[0] !== undefined && own[0] !== clock) return
          const before = seen.get(id)?.bars ?? UNSEEN
          const hasBar = !Number.isNaN(close[column]!)
          seen.set(id, { clock, bars: hasBar ? sawBar(before, bars, at) : before })
        })
      }
    },
    changes: ({ state, byId }: Runtime, now: Instant): readonly EventBody[] => {
      const gone: EventBody[] = []
      // A process before this one may have shut it.
      for (const { gate, instrument } of state.gates?.shut ?? []) {
        const id = gate === 'fresh' ? state.instruments[instrument]?.id : undefined
        if (id !== undefined && seen.has(id)) stale.add(id)
      }
      for (const id of seen.keys()) {
        if (state.delisted[byId.get(id)!] !== 1) continue
        seen.delete(id)
        if (stale.delete(id)) gone.push(open('fresh', 'it is no longer listed', id))
      }
      return [...gone, ...freshnessChanges(all(), stale, rules, now)]
    },
    oldest: (now: Instant) => oldestAge(all(), now),
  }
}
