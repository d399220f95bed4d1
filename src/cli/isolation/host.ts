/** The waiting side: questions to a strategy in another thread, each answered, refused or given up before it returns. */
import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads'
import type { View } from '../../domain/strategy.ts'
import {
  type Budget,
  type Call,
  type CallReply,
  CELL,
  type ChainFacts,
  type ChainHandle,
  type Question,
  type Reply,
  STATE,
  type Subject,
  type WardenMessage,
} from './protocol.ts'
import { startThread } from './thread.ts'

interface Guest {
  readonly id: number
  readonly control: Int32Array
  readonly port: MessagePort
  readonly causes: MessagePort
}

let warden: Worker | null = null
let opened = 0

function tellWarden(message: WardenMessage, transfer: readonly MessagePort[] = []): void {
  if (warden === null) {
    warden = startThread('warden', {})
    // A program ends when its own work is done, whatever its strategies are still at.
    warden.unref()
  }
  warden.postMessage(message, [...transfer])
}

function openGuest(subject: Subject, budget: Budget): Guest {
  const control = new Int32Array(new SharedArrayBuffer(Object.keys(CELL).length * Int32Array.BYTES_PER_ELEMENT))
  const [talk, causes] = [new MessageChannel(), new MessageChannel()]
  opened += 1
  const id = opened
  tellWarden({ kind: 'open', id, control, port: talk.port2, causes: causes.port2, subject, budget }, [
    talk.port2,
    causes.port2,
  ])
  return { id, control, port: talk.port1, causes: causes.port1 }
}

/** A strategy in a thread of its own, started when it is first asked and again after it was stopped. */
export interface Seat {
  /**
   * Asks and waits for the answer; `view` is what a decision may ask back.
   * @throws Error with the cause: what the strategy threw, or the budget that it used up
   */
  ask(question: Question, view?: View): unknown
  close(): void
}

export function seatOf(subject: Subject, budget: Budget): Seat {
  let guest: Guest | null = null
  return {
    ask(question, view) {
      if (guest === null) {
        guest = openGuest(subject, budget)
        // Its first turn is starting up, which has a budget of its own.
        if (question.kind !== 'describe') demand(guest, { kind: 'describe' })
      }
      try {
        return demand(guest, question, view)
      } catch (cause) {
        if (cause instanceof Ended) guest = null
        throw cause
      }
    },
    close() {
      if (guest !== null) tellWarden({ kind: 'close', id: guest.id })
      guest = null
    },
  }
}

/** The thread is gone: the next question starts another. */
class Ended extends Error {
  override readonly name = 'Ended'
}

function demand({ control, port, causes }: Guest, question: Question, view?: View): unknown {
  if (Atomics.load(control, CELL.ended) === 1) throw new Ended(causeOf(causes))
  Atomics.add(control, CELL.turn, 1)
  Atomics.store(control, CELL.state, STATE.asked)
  port.postMessage(question)
  for (;;) {
    Atomics.wait(control, CELL.state, STATE.asked)
    const state = Atomics.load(control, CELL.state)
    if (state === STATE.answered) break
    if (state === STATE.ended) throw new Ended(causeOf(causes))
    if (state !== STATE.calls) continue
    const call = receiveMessageOnPort(port)!.message as Call
    port.postMessage(serve(call, view))
    Atomics.compareExchange(control, CELL.state, STATE.calls, STATE.asked)
    Atomics.notify(control, CELL.state)
  }
  Atomics.store(control, CELL.state, STATE.idle)
  const reply = receiveMessageOnPort(port)!.message as Reply
  if ('fault' in reply) throw new Error(reply.fault)
  return reply.value
}

function causeOf(causes: MessagePort): string {
  return String(receiveMessageOnPort(causes)?.message ?? 'its thread ended')
}

/** What a guest may ask of the view besides what came with the question. */
const METHODS: ReadonlySet<string> = new Set([
  'ago',
  'position',
  'projected',
  'holding',
  'eligible',
  'structures',
  'records',
  'instrument',
  'unitValue',
  'sessions',
])
const CHAIN_METHODS: ReadonlySet<string> = new Set(['expiries', 'strikes', 'quote', 'data'])

function serve({ method, args, chain }: Call, view: View | undefined): CallReply {
  try {
    if (view === undefined) return { error: 'there is no bar to look at' }
    if (chain !== undefined) return { value: chainAnswer(view, chain, method, args) }
    if (method === 'chainCount') return { value: view.slice.chains.length }
    if (!METHODS.has(method)) return { error: `a view has no "${method}"` }
    return { value: apply(view, method, args) }
  } catch (cause) {
    return { error: cause instanceof Error ? cause.message : String(cause) }
  }
}

function chainAnswer(view: View, handle: ChainHandle, method: string, args: readonly unknown[]): unknown {
  const chain = 'column' in handle ? view.chain(handle.column) : (view.slice.chains[handle.place] ?? null)
  if (chain === null) return null
  if (CHAIN_METHODS.has(method)) return apply(chain, method, args)
  const { underlying, at, tradeDate, spot, origin } = chain
  return { underlying, at, tradeDate, spot, origin } satisfies ChainFacts
}

const apply = (target: object, method: string, args: readonly unknown[]): unknown =>
  (target as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>)[method]!(...args)
