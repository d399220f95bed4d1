/* The thread in which an isolated strategy runs: questions in, replies out, one at a time. */
import { getHeapStatistics } from 'node:v8'
import { workerData } from 'node:worker_threads'
import { memoryProblem } from '../../domain/memory.ts'
import type { Parameters } from '../../domain/parameters.ts'
import type { Strategy } from '../../domain/strategy.ts'
import { readStrategy } from '../strategies/read-strategy.ts'
import { guestView, wishList } from './guest-view.ts'
import {
  type Answers,
  CELL,
  type Decision,
  type Description,
  type GuestData,
  type Question,
  type Reply,
  type Seen,
  STATE,
  type Subject,
} from './protocol.ts'

const { control, port, subject, megabytes } = workerData as GuestData

/** What went wrong beside a decision: in a promise that nobody awaits, in a timer. */
let stray: string | null = null
process.on('unhandledRejection', (reason) => {
  stray ??= `a promise of its own failed: ${messageOf(reason)}`
})
process.on('uncaughtException', (cause) => {
  stray ??= `an error outside its decision: ${messageOf(cause)}`
})

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

let strategy: Strategy | null = null

async function strategyOf(named: Subject): Promise<Strategy> {
  if ('file' in named) return readStrategy(named.file)
  const { STRATEGIES } = await import('../../pipeline/strategies/registry.ts')
  return STRATEGIES.find(({ name }) => name === named.name)!
}

/** All that a strategy says of itself without being asked. */
function describe(own: Strategy): Description {
  return Object.fromEntries(Object.entries(own).filter(([, value]) => typeof value !== 'function')) as never
}

function answersOf(own: Strategy, parameters: Parameters): Answers {
  return {
    check: own.check?.(parameters) ?? null,
    indicators: new Map(Object.entries(own.indicators(parameters)).map(([name, request]) => [name, request?.key])),
    lookback: own.lookback(parameters),
    start: own.start(parameters),
  }
}

function decide(own: Strategy, seen: Seen): Decision {
  const { sink, wishes } = wishList()
  const memory = own.decide(guestView(own.name, seen, control, port), sink)
  const problem = memoryProblem(memory)
  if (problem !== null) throw new Error(problem)
  return { memory, wishes }
}

async function answer(question: Question): Promise<unknown> {
  strategy ??= await strategyOf(subject)
  if (question.kind === 'describe') return describe(strategy)
  return question.kind === 'answers' ? answersOf(strategy, question.parameters) : decide(strategy, question.seen)
}

function reply(said: Reply): void {
  try {
    port.postMessage(said)
  } catch (cause) {
    port.postMessage({ fault: `what it says is no plain data: ${messageOf(cause)}` } satisfies Reply)
  }
  Atomics.compareExchange(control, CELL.state, STATE.asked, STATE.answered)
  Atomics.notify(control, CELL.state)
}

port.on('message', (question: Question) => {
  answer(question).then(
    (value) => settle({ value }),
    (cause: unknown) => settle({ fault: messageOf(cause) }),
  )
})

/** Buffers lie outside the heap, whose size the thread itself is held to. */
function buffersProblem(): string | null {
  const outside = getHeapStatistics().external_memory
  return outside > megabytes * 2 ** 20 ? `memory budget: needs more than ${megabytes} MB` : null
}

/** Replies once what a decision left behind has had its turn: a promise that fails is known by then. */
function settle(said: Reply): void {
  setImmediate(() => {
    const also = stray ?? buffersProblem()
    stray = null
    reply(also === null || 'fault' in said ? said : { fault: also })
  })
}
