/** The client of a venue: the port that the engine is given, over a net that fails. Lives as long as its process. */
import type { Broker, BrokerEvent } from '../../src/domain/broker.ts'
import type { Instant } from '../../src/domain/units.ts'
import type { Random } from '../../src/numerics/random.ts'
import type { StreamFaults, VenueFaults } from './faults.ts'
import type { Life } from './life.ts'
import type { Net, Reply } from './net.ts'
import type { Scheduler } from './scheduler.ts'
import type { Venue } from './venue.ts'

export interface BrokerOptions {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly net: Net
  readonly venue: Venue
  readonly life: Life
  readonly venueFaults: VenueFaults
  readonly stream: StreamFaults
  /** How old what the venue shows may be, at most. */
  restLag(): number
  /** Whether faults are over. */
  isCalm(): boolean
}

export const BROKER_NAME = 'sim'

export function simBroker(options: BrokerOptions): Broker {
  const { scheduler, random, net, venue, life, venueFaults } = options
  /** What the venue's readers show is as of some moment that need not go on evenly. */
  const shown = (): number => scheduler.now - (options.restLag() > 0 ? random.integer(0, options.restLag()) : 0)
  return {
    name: BROKER_NAME,
    capabilities: () =>
      life.ask('capabilities', (done) =>
        done({
          kinds: ['equity'],
          can: ['short', 'fractional'],
          clientIds: venueFaults.enforcesIds ? 'enforced' : 'none',
          requestLife: venueFaults.requestLife,
          isReal: true,
        }),
      ),
    async submit(request) {
      const reply = await net.request(life, `submit ${request.clientId}`, (age) => venue.submit(request, age))
      switch (reply.kind) {
        case 'answer':
          return reply.value
        case 'limited':
          return { state: 'deferred', retryAfter: reply.retryAfter, evidence: 'too many requests' }
        default:
          return { state: 'unknown', evidence: textOf(reply) }
      }
    },
    async cancel(clientId) {
      const reply = await net.request(life, `cancel ${clientId}`, () => venue.cancel(clientId))
      if (reply.kind === 'answer') return { state: reply.value, evidence: `cancel ${reply.value}` }
      return { state: 'unknown', evidence: textOf(reply) }
    },
    async query(clientId) {
      const reply = await net.request(life, `query ${clientId}`, () => venue.orderAt(clientId, shown()))
      return reply.kind === 'answer' ? reply.value : 'unknown'
    },
    async snapshot() {
      return answerOf(await net.request(life, 'snapshot', () => venue.snapshotAt(shown())))
    },
    async executionsSince(cursor) {
      return answerOf(await net.request(life, `executions ${cursor}`, () => venue.executionsSince(cursor, shown())))
    },
    async accountEventsSince(cursor) {
      return answerOf(await net.request(life, `events ${cursor}`, () => venue.accountEventsSince(cursor, shown())))
    },
    async sessions(calendar, from, to) {
      return answerOf(await net.request(life, `sessions of ${calendar}`, () => venue.sessions(from, to)))
    },
    async time() {
      return answerOf(await net.request(life, 'time', () => scheduler.now as Instant))
    },
    events: (signal) => openStream(options, signal),
    close: () => Promise.resolve(),
  }
}

function textOf(reply: Reply<unknown>): string {
  return reply.kind === 'timeout' ? 'no answer in time' : `the venue answered: ${reply.kind}`
}

function answerOf<T>(reply: Reply<T>): T {
  if (reply.kind !== 'answer') throw new Error(textOf(reply))
  return reply.value
}

/** Repeats, loses and reorders; where it breaks off it says so once it is back. */
function openStream(options: BrokerOptions, signal: AbortSignal): AsyncIterable<BrokerEvent> {
  const { scheduler, random, net, venue, life, stream } = options
  const queue: BrokerEvent[] = []
  let wake: (() => void) | null = null
  let isAway = false
  const push = (event: BrokerEvent): void => {
    if (!life.isAlive) return
    queue.push(event)
    wake?.()
  }
  const happens = (chance: number): boolean => chance > 0 && !options.isCalm() && random.uniform() < chance

  function send(event: BrokerEvent): void {
    const late = options.isCalm() ? 0 : random.integer(0, stream.reorder)
    scheduler.after(net.latency() + late, `stream ${event.kind}`, () => {
      if (!isAway) push(event)
    })
  }
  venue.listen((event) => {
    if (!life.isAlive || isAway || happens(stream.drop)) return
    send(event)
    if (happens(stream.duplicate)) send(event)
  })
  for (const { at, away } of stream.flaps) {
    if (at < scheduler.now) continue
    scheduler.at(at, 'stream breaks off', () => {
      isAway = true
    })
    scheduler.at(at + away, 'stream is back', () => {
      isAway = false
      push({ kind: 'gap', evidence: 'the stream broke off' })
    })
  }

  return {
    async *[Symbol.asyncIterator]() {
      while (!signal.aborted) {
        if (queue.length > 0) {
          yield queue.shift()!
          continue
        }
        await life.ask<void>('event', (done) => {
          const stop = (): void => {
            wake = null
            signal.removeEventListener('abort', stop)
            done()
          }
          wake = stop
          signal.addEventListener('abort', stop, { once: true })
        })
      }
    },
  }
}
