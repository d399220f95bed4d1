/*
 * The thread that watches isolated strategies. The thread that waits for a decision can do nothing else, not even hear
 * that what it waits for has ended; this one never waits, so it hears, measures and stops.
 */
import { type MessagePort, parentPort, type Worker } from 'node:worker_threads'
import { type Budget, CELL, type GuestData, STATE, type WardenMessage } from './protocol.ts'
import { startThread } from './thread.ts'

interface Watched {
  readonly worker: Worker
  readonly control: Int32Array
  readonly causes: MessagePort
  readonly budget: Budget
  /** The question that is being answered, and when it was first seen; -1 = none. */
  turn: number
  clock: number
  processor: number
  resident: number
}

const LOOK_MS = 10
/** Starting a thread and importing a file takes longer than any decision. */
const START_MILLISECONDS = 30_000
/** A strategy that sleeps uses no processor: it is stopped when this many budgets have passed on the clock. */
const PATIENCE = 12

/** Buffers lie outside the heap: a decision under which the whole program grows by this much more than the budget is stopped. */
const OUTSIDE_HEAP_BYTES = 512 * 2 ** 20

const guests = new Map<number, Watched>()

function open({ id, control, port, causes, subject, budget }: Extract<WardenMessage, { kind: 'open' }>): void {
  const worker = startThread('guest', {
    workerData: { control, port, subject, megabytes: budget.megabytes } satisfies GuestData,
    transferList: [port],
    resourceLimits: { maxOldGenerationSizeMb: budget.megabytes },
    // stdout belongs to the report; what a strategy prints is for its author
    stdout: true,
  })
  worker.stdout.on('data', (printed: Buffer) => process.stderr.write(printed))
  const guest = { worker, control, causes, budget, turn: -1, clock: 0, processor: 0, resident: 0 }
  guests.set(id, guest)
  worker.on('error', (cause: NodeJS.ErrnoException) => {
    const isFull = cause.code === 'ERR_WORKER_OUT_OF_MEMORY'
    end(id, isFull ? `memory budget: needs more than ${budget.megabytes} MB` : `crash: ${cause.message}`)
  })
  worker.on('exit', (code) => end(id, `exit: it ended its own thread with code ${code}`))
}

/** Tells the host that nothing more will come from a guest; the first cause is the cause. */
function end(id: number, cause: string): void {
  const guest = guests.get(id)
  if (guest === undefined) return
  guests.delete(id)
  guest.causes.postMessage(cause)
  Atomics.store(guest.control, CELL.ended, 1)
  for (const state of [STATE.asked, STATE.calls]) {
    Atomics.compareExchange(guest.control, CELL.state, state, STATE.ended)
  }
  Atomics.notify(guest.control, CELL.state)
}

const processorMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

function look(): void {
  const now = performance.now()
  const used = processorMs()
  const resident = process.memoryUsage.rss()
  for (const [id, guest] of guests) {
    const state = Atomics.load(guest.control, CELL.state)
    const turn = Atomics.load(guest.control, CELL.turn)
    if (state !== STATE.asked && state !== STATE.calls) {
      guest.turn = -1
    } else if (turn !== guest.turn) {
      guest.turn = turn
      guest.clock = now
      guest.processor = used
      guest.resident = resident
    } else {
      const cause = excessOf(guest, now - guest.clock, used - guest.processor, resident - guest.resident)
      if (cause === null) continue
      end(id, cause)
      void guest.worker.terminate()
    }
  }
}

/** Which budget a decision has used up so far; null while it is within all of them. */
function excessOf({ budget, turn }: Watched, passed: number, used: number, grown: number): string | null {
  const milliseconds = turn === 1 ? Math.max(START_MILLISECONDS, budget.milliseconds) : budget.milliseconds
  if (Math.min(passed, used) >= milliseconds || passed >= PATIENCE * milliseconds) {
    return `time budget: no answer within ${milliseconds} ms`
  }
  const outside = budget.megabytes * 2 ** 20 + OUTSIDE_HEAP_BYTES
  return grown > outside ? `memory budget: needs more than ${budget.megabytes} MB` : null
}

parentPort!.on('message', (message: WardenMessage) => {
  if (message.kind === 'open') return open(message)
  const guest = guests.get(message.id)
  guests.delete(message.id)
  void guest?.worker.terminate()
})
setInterval(look, LOOK_MS)
