/** A machine on which one process after the other runs the engine: who dies or gives up is started again. */
import type { Clock } from '../../src/domain/clock.ts'
import { FaultError } from '../../src/domain/faults.ts'
import type { Lease, Store } from '../../src/domain/store.ts'
import type { Random } from '../../src/numerics/random.ts'
import { type MachineTime, simClock } from './clock.ts'
import type { Disk } from './disk.ts'
import { COMMANDS, diskControl } from './disk-control.ts'
import { type DiskAccess, diskStore } from './disk-store.ts'
import type { MachineFaults, Span } from './faults.ts'
import { createLife, type Life } from './life.ts'
import type { Ports } from './mutants.ts'
import type { Scheduler } from './scheduler.ts'
import type { Watch } from './watch.ts'

/** What one process is given. */
export interface ProcessPorts extends Ports {
  readonly clock: Clock
  readonly lease: Lease
  readonly life: Life
}

export interface MachineOptions {
  readonly name: string
  readonly scheduler: Scheduler
  readonly random: Random
  readonly disk: Disk
  readonly portfolio: string
  readonly time: MachineTime
  readonly faults: MachineFaults
  /** Spans in which what operators ask cannot be read. */
  readonly outages: readonly Span[]
  readonly watch: Watch
  isCalm(): boolean
  /** The portfolio file on its disk is one that no engine goes over to. */
  isFileImpossible(): boolean
  broker(life: Life): Ports['broker']
  mutate(ports: Ports): Ports
  /** Runs the engine in one process, to its end. */
  run(ports: ProcessPorts): Promise<void>
  say(line: string): void
}

export interface Machine {
  start(): void
  /** The process that runs now; null: none. */
  readonly life: Life | null
  /** No process is started any more. */
  retire(): void
  /** The server loses the session of the process that runs. */
  loseSession(): void
  /** Processes that were started. */
  readonly lives: number
}

const LEASE_POLL_MS = 3_000

/** A disk that fails, a lease that is lost and a file that no engine may take end a process; nothing else does. */
function mayEnd(error: unknown, isFileImpossible: boolean): boolean {
  if (error instanceof DiskError) return true
  if (!(error instanceof FaultError)) return false
  return error.fault.code === 'LEASE_LOST' || (isFileImpossible && error.fault.code === 'CONFIGURATION_FIXED')
}

class DiskError extends Error {}

export function createMachine(options: MachineOptions): Machine {
  const { name, scheduler, random, faults, say } = options
  let lives = 0
  let life: Life | null = null
  let isRetired = false
  let endSession: (() => void)[] = []

  function start(): void {
    if (isRetired) return
    lives += 1
    const diesAt = options.isCalm() ? null : (faults.deaths[lives - 1] ?? null)
    const own = createLife({
      name: `${name}${lives}`,
      random: random.fork(`life ${lives}`),
      diesAtCall: diesAt,
      mayDie: () => !options.isCalm(),
      onKilled: (why) => {
        say(`${name}${lives} dies ${why}`)
        again()
      },
    })
    life = own
    endSession = []
    say(`${own.name} starts`)
    live(own).then(
      () => say(`${own.name} ends`),
      (error: unknown) => {
        const text = error instanceof Error ? error.message : String(error)
        say(`${own.name} gives up: ${text}`)
        if (!mayEnd(error, options.isFileImpossible())) options.watch.report(`${own.name} gives up: ${text}`)
        own.kill('by itself')
      },
    )
  }

  function again(): void {
    life = null
    scheduler.after(options.isCalm() ? 1_000 : faults.restartAfter, `${name} restarts`, start)
  }

  async function live(own: Life): Promise<void> {
    const access = accessOf(own)
    const bare = diskStore(options.disk, access)
    const clock = simClock(scheduler, options.time, own)
    const lease = await leaseOf(bare, clock)
    options.watch.leased(own, lease.epoch)
    const ports = options.mutate({
      broker: options.broker(own),
      store: bare,
      control: diskControl(options.disk, access),
    })
    await options.run({ ...ports, clock, lease, life: own })
  }

  async function leaseOf(store: Store, clock: Clock): Promise<Lease> {
    for (;;) {
      const lease = await store.lease(options.portfolio)
      if (lease !== null) return lease
      await clock.wait(LEASE_POLL_MS)
    }
  }

  function failing(): 'full' | 'unknown' | null {
    if (options.isCalm()) return null
    const span = faults.diskFailures.find(({ from, until }) => scheduler.now >= from && scheduler.now < until)
    return span?.kind ?? null
  }

  const isDeaf = (): boolean =>
    !options.isCalm() && options.outages.some(({ from, until }) => scheduler.now >= from && scheduler.now < until)

  /** A write is on the disk some time after it was asked for; what is under way at a death is there or not. */
  function accessOf(own: Life): DiskAccess {
    return {
      read: (what, effect) =>
        own.ask(`disk ${what}`, (done, fail) => {
          if (what === COMMANDS && isDeaf()) {
            fail(new DiskError('the table of commands cannot be read'))
            return
          }
          try {
            done(effect())
          } catch (error) {
            fail(error as Error)
          }
        }),
      write: (what, effect) =>
        own.ask(`disk ${what}`, (done, fail) => {
          const carryOut = (): void => {
            forget()
            const failure = failing()
            if (failure === 'full' || (failure === 'unknown' && random.uniform() < 0.5)) {
              fail(new DiskError(`the disk is ${failure === 'full' ? 'full' : 'not to be written'}`))
              return
            }
            try {
              effect()
              if (failure === null) done(undefined)
              else fail(new DiskError('the disk does not say whether it wrote'))
            } catch (error) {
              options.watch.refused(own)
              fail(error as Error)
            }
          }
          const takeBack = scheduler.after(random.integer(1, faults.diskLatency), `${own.name} ${what}`, carryOut)
          const forget = own.onDeath(() => {
            takeBack()
            if (random.uniform() < 0.5) carryOut()
          })
        }),
      onEnd(told) {
        endSession.push(told)
        return own.onDeath(told)
      },
    }
  }

  return {
    start,
    get life() {
      return life
    },
    get lives() {
      return lives
    },
    retire() {
      isRetired = true
    },
    loseSession() {
      if (life !== null) say(`${life.name} loses its session`)
      for (const tell of endSession) tell()
    },
  }
}
