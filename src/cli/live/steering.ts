/**
 * What joins an engine and whoever steers it: takes up commands from the store, tells the engine, and says how it is. It
 * lives in the time of the machine, whatever time the engine's bars have.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Clock } from '../../domain/clock.ts'
import type { Control, ControlCommand, Heartbeat } from '../../domain/control.ts'
import type { Instant } from '../../domain/units.ts'
import type { Kernel } from '../../engine/kernel.ts'
import type { Told, Watch } from '../../live/engine-options.ts'
import type { Moment } from '../../live/gates/moment.ts'
import { heartbeatOf, type ShellFacts } from '../../live/heartbeat.ts'
import type { Helm } from '../../live/helm/helm.ts'
import { machineClock } from './clocks.ts'

/** Milliseconds between two looks for commands. */
const POLL_MS = 200
/** Milliseconds between two words of how the engine is. */
const BEAT_MS = 1_000
/** Looks in a row that may fail before not knowing counts as the kill switch. */
const FAILURES_MOST = 3
const LAG_RESOLUTION_MS = 20

/** The engine that runs now; null between two of them. */
export interface Steered {
  tell(told: Told): void
  readonly isLive: boolean
  readonly kernel: Kernel
  /** Where its market stands; 0 before the first bar. What outside events say bears the time of the machine. */
  readonly marketAt: Instant
  /** The present of its bars or of the machine. */
  now(): Moment
}

export interface SteeringOptions {
  readonly control: Pick<Control, 'begin' | 'beat'>
  readonly portfolio: string
  readonly helm: Helm
  /** Left out: that of the machine. */
  readonly clock?: Clock
  /** Milliseconds between two looks for commands. Left out: 200. */
  readonly lookEvery?: number
  /** What the engine is to be told of a command to take its portfolio file anew. Left out: it declines. */
  toldOfFile?(command: ControlCommand): Promise<Told>
  /** Measures how late this process is for its own timers. */
  readonly lag?: LagMeter
  /** What does not change while the process lives. */
  readonly facts: Pick<ShellFacts, 'owner' | 'role' | 'startedAt' | 'epoch' | 'accountSuffix'>
  engine(): Steered | null
  /** When the last cycle ended and the next one is due. */
  cycles(): { readonly last: Instant | null; readonly next: Instant | null }
  /** Told every word as well. */
  onBeat?(heartbeat: Heartbeat): void
  onTrouble?(what: string, error: unknown): void
}

export interface LagMeter {
  /** Milliseconds, at most, since it was last asked. */
  take(): number
  close(): void
}

export interface Steering {
  /** The first look for commands: before anything trades. @throws where it cannot be told what was asked */
  first(): Promise<void>
  /** Leave ends, prices grow old, clocks jump: as the engine's time goes on. */
  readonly watch: Watch
  /** What went wrong since the last good cycle; shown until then. */
  fail(reason: string): void
  /**
   * The last word, and silence.
   *
   * @param ended how the engine came to its end
   */
  close(ended: string): Promise<void>
}

export function openSteering(options: SteeringOptions): Steering {
  const { control, portfolio, helm, clock = machineClock, lag = loopLag(), lookEvery = POLL_MS } = options
  const handed = new Set<string>()
  const stop = new AbortController()
  let failure = ''
  let ended = ''
  let isBeatDue = true
  /** By how much timers came late, at most: since the last word, and since the helm was last told. */
  let [worst, late] = [0, 0]
  /** Commands that were taken up while no engine was there to be told. */
  const unheard: Told[] = []

  const hand = (told: Told): void => {
    const engine = options.engine()
    if (engine === null) unheard.push(told)
    else engine.tell(told)
  }
  const toldOf = (command: ControlCommand): Told => ({
    turn: (kernel, now) => {
      const moment = momentOf(options, now)
      const turn = helm.obey(command, kernel.runtime, moment, clock.now())
      return {
        ...turn,
        committed() {
          turn.committed()
          handed.delete(command.id)
          isBeatDue = true
        },
      }
    },
  })
  const poll = async (): Promise<void> => {
    // One that is answered while the store is being asked may still be in what it says.
    const before = new Set(handed)
    for (const command of await control.begin(portfolio)) {
      if (before.has(command.id) || handed.has(command.id)) continue
      handed.add(command.id)
      // Nothing may leave from now on, whatever the engine is doing.
      if (command.body.kind === 'kill') helm.latch.trip(command.body.reason)
      if (command.body.kind === 'configure' && options.toldOfFile !== undefined && !isLate(command))
        void options.toldOfFile(command).then(hand)
      else hand(toldOf(command))
    }
  }
  const isLate = ({ until }: ControlCommand): boolean => until !== null && clock.now() > until
  const measure = (): void => {
    const taken = lag.take()
    worst = Math.max(worst, taken)
    late = Math.max(late, taken)
  }
  const beat = async (): Promise<void> => {
    const engine = options.engine()
    if (engine === null || engine.kernel.runtime.state.config === null) return
    isBeatDue = false
    measure()
    const { last, next } = options.cycles()
    const facts = {
      ...options.facts,
      at: clock.now(),
      marketAt: engine.marketAt === 0 ? null : engine.marketAt,
      lastCycleAt: last,
      nextCycleAt: next,
      loopLag: worst,
      failure,
      ended,
    }
    const heartbeat = heartbeatOf(engine.kernel, helm, facts)
    worst = 0
    options.onBeat?.(heartbeat)
    await control.beat(heartbeat)
  }
  const pump = async (): Promise<void> => {
    let failures = 0
    let beaten = 0
    while (!stop.signal.aborted) {
      try {
        if (options.engine() !== null) for (const told of unheard.splice(0)) hand(told)
        measure()
        await poll()
        failures = 0
        if (isBeatDue || clock.monotonic() - beaten >= BEAT_MS) {
          beaten = clock.monotonic()
          await beat()
        }
      } catch (error) {
        failures += 1
        options.onTrouble?.('commands and heartbeats', error)
        if (failures === FAILURES_MOST) for (const body of helm.unable(textOf(error))) hand({ body })
      }
      await clock.wait(lookEvery, stop.signal)
    }
  }

  let running: Promise<void> | null = null
  return {
    async first() {
      await poll()
      running = pump()
    },
    watch: {
      look(now, kernel) {
        helm.look(kernel.runtime)
        const told = helm.time(kernel.runtime, momentOf(options, now), late)
        late = 0
        return told.map((body) => ({ body }))
      },
      nextAt: () => helm.nextAt(options.engine()?.kernel.runtime ?? null),
    },
    fail(reason) {
      failure = reason
      isBeatDue = true
    },
    async close(how) {
      stop.abort()
      await running
      ended = how
      await beat().catch((error: unknown) => options.onTrouble?.('the last heartbeat', error))
      lag.close()
    },
  }
}

/** Of the loop of this process. */
function loopLag(): LagMeter {
  const delay = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS })
  delay.enable()
  return {
    take() {
      const lag = Math.max(0, delay.max / 1e6 - LAG_RESOLUTION_MS)
      delay.reset()
      return lag
    },
    close: () => {
      delay.disable()
    },
  }
}

function momentOf({ engine }: SteeringOptions, wall: Instant): Moment {
  return { wall, monotonic: engine()?.now().monotonic ?? wall }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
