/**
 * What trades a portfolio file, from its lease to the last word of its engine: on paper and live the same, but for the place at
 * which its orders are carried out.
 */
import { hostname, userInfo } from 'node:os'
import { setImmediate as breathe, setTimeout as wait } from 'node:timers/promises'
import { writeThrough } from '../../adapters/store/durability.ts'
import { isServer } from '../../adapters/store/open.ts'
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
import type { EngineEnd, EngineOptions, VenueSource } from '../../live/engine-options.ts'
import { keysOf } from '../../live/messages.ts'
import { openEngine } from '../../live/open-engine.ts'
import type { Outbox } from '../../live/outbox.ts'
import { standingOf } from '../../live/standing.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'
import { print, printJson } from '../output.ts'
import { clockWatch } from './clock-watch.ts'
import { machineClock, replayClock } from './clocks.ts'
import { auditedChange, toldOfFile } from './configuring.ts'
import { cycleLine, cycleText, isRepeat } from './cycle-text.ts'
import { engineMeter } from './engine-meter.ts'
import { failedCycle, failureBefore } from './failed-cycle.ts'
import { helmOf, suffixOf } from './helm-of.ts'
import { outboxTo } from './outbox-to.ts'
import { sha256 } from './paper-venue.ts'
import { strategiesWith } from './recorded.ts'
import type { MarketFollower, RunOn, RunOnOptions } from './run-on.ts'
import { standingDocument, standingText } from './standing-text.ts'
import { openSteering, type Steering } from './steering.ts'
import { keepUp, UPKEEP_NOTES } from './upkeep.ts'

/** How often a standby asks whether the one before it has ended. */
const STANDBY_MS = 500
/** A replay at full speed lets timers in this often. */
const BREATHE_MS = 50

export interface TradingOptions extends RunOnOptions {
  readonly store: string
  readonly snapshotEvery: number
  readonly standby?: boolean
  readonly bus?: string
  readonly cycles?: 'text' | 'json'
  readonly json?: boolean
}

/** Where orders are carried out, and whose account it is. */
export interface TradingPlace {
  readonly role: 'paper' | 'live'
  /** As whoever has the account names it. */
  readonly accountNumber: string
  venueOf(config: PortfolioConfig, storeId: string): VenueSource
  /** The venue's own time. */
  time(): Promise<Instant>
  /** The portfolio file as it stands, with the market that it asks for. @throws Error where it must not be gone over to */
  read(): Promise<RunOn>
  /** Goes on following, for a portfolio that may trade other instruments now. */
  follow(loaded: LoadedPortfolio): Promise<MarketFollower>
}

interface Begun {
  readonly file: string
  /** What it begins with. */
  readonly on: RunOn
  readonly store: OpenedStore
  readonly signal: AbortSignal
}

/** Until the bars end or it is stopped. What it took is given back; the store stays open. */
export async function tradePortfolio(begun: Begun, place: TradingPlace, options: TradingOptions): Promise<void> {
  const { on, store, signal } = begun
  const { loaded } = on
  const upkeep = keepUp(options.store, store, loaded.running.store, UPKEEP_NOTES)
  let lease: Lease | null = null
  let outbox: Outbox | null = null
  try {
    lease = await leaseOf(store, loaded.config.name, options, signal)
    if (lease === null) return
    if (options.bus !== undefined) outbox = await outboxTo(options.bus, store, loaded.config.name)
    const end = await traded({ ...begun, place, lease, outbox }, options)
    outbox?.poke(() => keysOf(standingOf(end.run.kernel)))
    tellEnd(end, options)
  } finally {
    on.follower?.close()
    const owed = (await outbox?.close()) ?? 0
    if (owed > 0) process.stderr.write(`note: the bus is owed ${owed} messages; they are in ${options.store}\n`)
    await upkeep.close()
    await lease?.release()
  }
}

function tellEnd(end: EngineEnd, { json, store, cycles }: TradingOptions): void {
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

interface Trading extends Begun {
  readonly place: TradingPlace
  readonly lease: Lease
  readonly outbox: Outbox | null
}

/** The engine with whoever steers it, to the end of the bars or until it is stopped. */
async function traded(
  { file, on: begun, place, store, lease, outbox, signal }: Trading,
  options: TradingOptions,
): Promise<EngineEnd> {
  let on = begun
  /** What the engine goes over to. */
  let taken: { readonly on: RunOn; before: PortfolioConfig; after: PortfolioConfig; actor: string } | null = null
  const { config } = on.loaded
  const portfolio = config.name
  const helm = helmOf(on.loaded, {
    role: place.role,
    accountNumber: place.accountNumber,
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
      role: place.role,
      startedAt: Date.now() as Instant,
      epoch: lease.epoch,
      accountSuffix: suffixOf(place.accountNumber),
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
        read: place.read,
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
        venue: place.venueOf(on.loaded.config, store.id),
        sha256,
        desk: on.loaded.running.desk,
        clock,
        watches: on.follower === null ? [steering.watch] : [clockWatch(helm, machineClock, place.time), steering.watch],
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
    const now = { wall: machineClock.now(), monotonic: machineClock.monotonic() }
    for (const body of helm.begin(now, engine.seq < 0)) engine.tell({ body })
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
        on = on.follower === null ? next : { ...next, follower: await place.follow(next.loaded) }
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
    on.follower?.close()
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
  { store, speed, speedFrom }: TradingOptions,
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
  options: TradingOptions,
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
