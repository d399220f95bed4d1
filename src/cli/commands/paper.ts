import { hostname, userInfo } from 'node:os'
import { setImmediate as breathe, setTimeout as wait } from 'node:timers/promises'
import { writeThrough } from '../../adapters/store/durability.ts'
import { isServer, openStore } from '../../adapters/store/open.ts'
import type { OpenedStore } from '../../adapters/store/sql-store.ts'
import type { Clock } from '../../domain/clock.ts'
import type { PortfolioConfig } from '../../domain/config.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { MarketData } from '../../domain/market.ts'
import { formatInstant, startOfDay } from '../../domain/sessions.ts'
import type { Lease } from '../../domain/store.ts'
import type { Instant, TradeDate } from '../../domain/units.ts'
import { type CycleBlock, cycleLog } from '../../live/cycle-log.ts'
import type { LiveEngine } from '../../live/engine.ts'
import type { EngineEnd, EngineOptions } from '../../live/engine-options.ts'
import { keysOf } from '../../live/messages.ts'
import { openEngine } from '../../live/open-engine.ts'
import type { Outbox } from '../../live/outbox.ts'
import { standingOf } from '../../live/standing.ts'
import { clockWatch } from '../live/clock-watch.ts'
import { machineClock, replayClock } from '../live/clocks.ts'
import { auditedChange, toldOfFile } from '../live/configuring.ts'
import { cycleLine, cycleText, isRepeat } from '../live/cycle-text.ts'
import { engineMeter } from '../live/engine-meter.ts'
import { failedCycle, failureBefore } from '../live/failed-cycle.ts'
import { helmOf, suffixOf } from '../live/helm-of.ts'
import { outboxTo } from '../live/outbox-to.ts'
import { paperVenueFor, sha256 } from '../live/paper-venue.ts'
import { strategiesWith } from '../live/recorded.ts'
import { followed, type RunOn, type RunOnOptions, runOn } from '../live/run-on.ts'
import { standingDocument, standingText } from '../live/standing-text.ts'
import { openSteering, type Steering } from '../live/steering.ts'
import { listenForStop } from '../live/stopping.ts'
import { keepUp, UPKEEP_NOTES } from '../live/upkeep.ts'
import { print, printJson } from '../output.ts'
import { requireFolder } from '../paths.ts'

/** How often a standby asks whether the one before it has ended. */
const STANDBY_MS = 500
/** A replay at full speed lets timers in this often. */
const BREATHE_MS = 50

export interface PaperOptions extends RunOnOptions {
  readonly store: string
  readonly snapshotEvery: number
  readonly standby?: boolean
  readonly bus?: string
  readonly cycles?: 'text' | 'json'
  readonly json?: boolean
}

/** `polyfolio paper`: a portfolio on replayed bars, every event written down before the next one. */
export async function paper(file: string, options: PaperOptions): Promise<void> {
  if (options.data !== undefined) requireFolder(options.data)
  const stopping = listenForStop()
  const on = await runOn(file, options, stopping.signal)
  const { loaded } = on
  const { store: settings } = loaded.running
  const store = await openStore(options.store, { create: true, encrypted: settings.encrypted })
  const upkeep = keepUp(options.store, store, settings, UPKEEP_NOTES)
  let lease: Lease | null = null
  let outbox: Outbox | null = null
  try {
    lease = await leaseOf(store, loaded.config.name, options, stopping.signal)
    if (lease === null) return
    if (options.bus !== undefined) outbox = await outboxTo(options.bus, store, loaded.config.name)
    const end = await traded({ file, on, store, lease, outbox, signal: stopping.signal }, options)
    outbox?.poke(() => keysOf(standingOf(end.run.kernel)))
    tellEnd(end, options)
  } finally {
    const owed = (await outbox?.close()) ?? 0
    if (owed > 0) process.stderr.write(`note: the bus is owed ${owed} messages; they are in ${options.store}\n`)
    await upkeep.close()
    await lease?.release()
    await store.close()
    stopping.close()
  }
}

/** A venue in this process has the clock of this machine. */
function ownTime(): Promise<Instant> {
  return Promise.resolve(machineClock.now())
}

function tellEnd(end: EngineEnd, { json, store, cycles }: PaperOptions): void {
  const document = standingDocument(end.run.kernel)
  if (json !== true) print(standingText(end.run.kernel))
  else if (cycles === 'json') print(JSON.stringify(document))
  else printJson(document)
  const held = end.resumed > 0 ? `${end.resumed} events were there already, ` : ''
  process.stderr.write(`note: ${held}${end.added} written to ${store}; ${ENDED[end.ended]}\n`)
}

const ENDED: Readonly<Record<EngineEnd['ended'], string>> = {
  market: 'the bars end here',
  stopped: 'stopped as asked',
  configured: 'it goes on under another configuration',
}

interface Trading {
  readonly file: string
  /** What it begins with. */
  readonly on: RunOn
  readonly store: OpenedStore
  readonly lease: Lease
  readonly outbox: Outbox | null
  readonly signal: AbortSignal
}

/** The engine with whoever steers it, to the end of the bars or until it is stopped. */
async function traded(
  { file, on: begun, store, lease, outbox, signal }: Trading,
  options: PaperOptions,
): Promise<EngineEnd> {
  let on = begun
  /** What the engine goes over to. */
  let taken: { readonly on: RunOn; before: PortfolioConfig; after: PortfolioConfig; actor: string } | null = null
  const { config } = on.loaded
  const portfolio = config.name
  const helm = helmOf(on.loaded, {
    role: 'paper',
    accountNumber: config.account.id,
    isPaced: on.follower !== null,
    isCaughtUp: () => on.follower?.isCaughtUp === true,
  })
  let engine: LiveEngine | null = null
  const cycles = cycleLog(() => engine?.isLive === true)
  const meter = engineMeter(portfolio)
  let lastCycle: Instant | null = null
  let told: CycleBlock | null = null
  const atOf = (): Instant => engine?.run.at ?? (0 as Instant)
  const paced =
    options.speed === undefined
      ? null
      : pacedClock(options.speed, options.speedFrom, () => firstMoment(engine, on.market))
  const clock = on.follower === null ? paced : machineClock
  const steering: Steering = openSteering({
    control: store.control,
    portfolio,
    helm,
    facts: {
      owner: `${hostname()} ${process.pid}`,
      role: 'paper',
      startedAt: Date.now() as Instant,
      epoch: lease.epoch,
      accountSuffix: suffixOf(config.account.id),
    },
    engine: () =>
      engine === null
        ? null
        : {
            tell: (told) => engine!.tell(told),
            isLive: engine.isLive,
            kernel: engine.run.kernel,
            marketAt: engine.run.at,
            now: () => ({ wall: clock?.now() ?? atOf(), monotonic: clock?.monotonic() ?? atOf() }),
          },
    cycles: () => ({ last: lastCycle, next: on.follower?.nextAt ?? null }),
    toldOfFile: (command) =>
      toldOfFile(command, {
        file,
        read: () => runOn(file, options, signal, false),
        onTaken(next, { before, after }) {
          taken = { on: next, before, after, actor: command.actor }
        },
      }),
    onTrouble: (what, error) => process.stderr.write(`note: ${what}: ${String((error as Error).message)}\n`),
  })
  const history = await historyOf(store, options)
  const tellChange = (change: Parameters<typeof auditedChange>[2]): void => {
    auditedChange(store.audit, portfolio, change).catch((error: Error) => {
      process.stderr.write(`note: the change of configuration is not in the log: ${error.message}\n`)
    })
  }
  let breathed = performance.now()
  let ended = 'it did not begin'
  const listen = ({ follower, loaded }: RunOn): void => {
    if (follower === null) return
    follower.onTrouble = (reason) => {
      steering.fail(reason)
      if (reason !== '') engine?.tell(failedCycle(loaded, reason))
    }
  }
  listen(on)
  // One that sleeps until its next bar is not to finish that first.
  signal.addEventListener('abort', () => engine?.stop(), { once: true })
  const failedBefore = failureBefore(await store.control.beats(), portfolio)
  const opened = (known: MarketData): Promise<LiveEngine> =>
    openEngine(
      {
        config: on.loaded.config,
        market: known,
        strategies: [...strategiesWith(on.loaded).values()],
        codes: on.loaded.codes,
        checks: true,
      },
      {
        store,
        lease,
        storeName: options.store,
        portfolio,
        snapshotEvery: options.snapshotEvery,
        venue: paperVenueFor(on.loaded.config, store.id),
        sha256,
        desk: on.loaded.running.desk,
        clock,
        watches: on.follower === null ? [steering.watch] : [clockWatch(helm, machineClock, ownTime), steering.watch],
        onSlices: (slices) => {
          if (engine !== null) helm.saw(slices, engine.run.kernel.runtime)
        },
        ...followingOf(on),
        observer: cycles.observer,
        latch: helm.latch,
        ...(meter === null ? {} : { meter }),
        async due() {
          if (options.every > 0) await pause(options.every * 1_000, signal)
          else if (performance.now() - breathed >= BREATHE_MS) {
            await breathe()
            breathed = performance.now()
          }
        },
        isStopped: () => signal.aborted,
        onConfigured: (before, after) => tellChange({ before, after, actor: userInfo().username }),
        onAlerts(alerts) {
          for (const { at, rule, text } of alerts) process.stderr.write(`${formatInstant(at)} ${rule}: ${text}\n`)
        },
        onTold({ kernel }) {
          outbox?.poke(() => keysOf(standingOf(kernel)))
        },
        onInstant({ kernel, at }) {
          lastCycle = Date.now() as Instant
          history.reached(at)
          if (options.cycles === undefined) return
          const block = cycles.take(kernel)
          if (options.cycles === 'json') print(cycleLine(block))
          else if (!isRepeat(told, block)) print(`${cycleText(block)}\n`)
          told = block
        },
      },
    )
  try {
    engine = await opened(on.market)
    if (failedBefore !== '') engine.tell(failedCycle(on.loaded, failedBefore))
    await steering.first()
    let end = await engine.play()
    while (end.ended === 'configured' || (on.follower !== null && end.ended === 'market')) {
      // What was played so far is kept: the engine goes on from there, on a market that has grown or is another one.
      engine = null
      if (end.ended === 'configured') {
        tellChange(taken!)
        on.follower?.close()
        const { on: next } = taken!
        on = on.follower === null ? next : { ...next, follower: await followed(next.loaded, options, signal) }
        listen(on)
      }
      engine = await opened(on.follower?.market ?? on.market)
      const { added, resumed, waiting } = end
      for (const told of waiting) engine.tell(told)
      end = await engine.play()
      end = { ...end, resumed, added: end.added + added }
    }
    ended = ENDED[end.ended]
    return end
  } catch (error) {
    ended = error instanceof Error ? error.message : String(error)
    steering.fail(ended)
    throw error
  } finally {
    await steering.close(ended)
  }
}

/** Where a folder is followed, it is asked for more bars. */
function followingOf({ follower }: RunOn): Pick<EngineOptions, 'more' | 'lookNow'> {
  return follower === null ? {} : { more: () => follower.more(), lookNow: () => follower.lookNow() }
}

/** Bars before a day may be played at once: what lies behind whoever looks on. */
function pacedClock(speed: number, speedFrom: TradeDate | undefined, first: () => Instant): Clock {
  return replayClock(speed, first, speedFrom === undefined ? 0 : startOfDay(speedFrom))
}

/**
 * What lies before `--speed-from` is computed, not traded, and can be computed again: until there the disk is not waited for.
 */
async function historyOf(
  { tables }: OpenedStore,
  { store, speed, speedFrom }: PaperOptions,
): Promise<{ reached(at: Instant): void }> {
  if (speed === undefined || speedFrom === undefined || isServer(store)) return { reached() {} }
  const end = startOfDay(speedFrom)
  let isOver = false
  await writeThrough(tables.db, 'checkpoint')
  return {
    reached(at) {
      if (isOver || at < end) return
      isOver = true
      void writeThrough(tables.db, 'commit')
    },
  }
}

/** Where time begins: where the run stands, or at its first bar. */
function firstMoment(engine: LiveEngine | null, { blocks }: MarketData): Instant {
  const at = engine?.run.at ?? 0
  return (at > 0 ? at : Math.min(...blocks.map(({ opens }) => opens[0] ?? Number.POSITIVE_INFINITY))) as Instant
}

/** The right to run the portfolio; null where a standby was stopped before it had it. */
async function leaseOf(
  store: OpenedStore,
  portfolio: string,
  options: PaperOptions,
  signal: AbortSignal,
): Promise<Lease | null> {
  for (let asked = 0; !signal.aborted; asked += 1) {
    const lease = await store.lease(portfolio)
    if (lease !== null) return lease
    if (options.standby !== true) throw new FaultError(fault('LEASE_TAKEN', { store: options.store, portfolio }))
    if (asked === 0) process.stderr.write(`note: another process runs "${portfolio}"; waiting for it to end\n`)
    await pause(STANDBY_MS, signal)
  }
  return null
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await wait(milliseconds, undefined, { signal }).catch(() => {})
}
