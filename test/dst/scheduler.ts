/** Simulated time: events are taken one at a time in the order of their instants, and nothing happens between them. */
export interface Scheduler {
  /** True time, in milliseconds. */
  readonly now: number
  /** Events taken so far. */
  readonly taken: number
  /** Calls `act` when true time gets there; an instant that has passed is now. Returns what takes it back. */
  at(time: number, what: string, act: () => void): () => void
  after(delay: number, what: string, act: () => void): () => void
  /** Takes the next event and lets everything that waited for it run until it waits again; false: there is none. */
  step(): Promise<boolean>
  /** When the next event is; null: there is none. */
  next(): number | null
}

interface Planned {
  readonly time: number
  readonly order: number
  readonly what: string
  act: (() => void) | null
}

/** @param onEvent told of every event before it is taken */
export function createScheduler(start: number, onEvent: (time: number, what: string) => void): Scheduler {
  const heap: Planned[] = []
  let now = start
  let order = 0
  let taken = 0

  function at(time: number, what: string, act: () => void): () => void {
    const planned: Planned = { time: Math.max(now, time), order, what, act }
    order += 1
    heap.push(planned)
    rise(heap, heap.length - 1)
    return () => {
      planned.act = null
    }
  }

  /** Events that were taken back stay in the heap until they come up. */
  function next(): number | null {
    while (heap.length > 0 && heap[0]!.act === null) removeFirst(heap)
    return heap[0]?.time ?? null
  }

  return {
    get now() {
      return now
    },
    get taken() {
      return taken
    },
    at,
    after: (delay, what, act) => at(now + delay, what, act),
    next,
    async step() {
      if (next() === null) return false
      const { time, what, act } = removeFirst(heap)
      now = time
      taken += 1
      onEvent(time, what)
      act!()
      await settled()
      return true
    },
  }
}

/** Every promise that can go on has gone on: a macrotask comes after all of them. */
function settled(): Promise<void> {
  return new Promise((done) => setImmediate(done))
}

function isBefore(one: Planned, other: Planned): boolean {
  return one.time < other.time || (one.time === other.time && one.order < other.order)
}

function rise(heap: Planned[], from: number): void {
  const planned = heap[from]!
  let place = from
  while (place > 0) {
    const parent = (place - 1) >> 1
    if (!isBefore(planned, heap[parent]!)) break
    heap[place] = heap[parent]!
    place = parent
  }
  heap[place] = planned
}

function removeFirst(heap: Planned[]): Planned {
  const first = heap[0]!
  const last = heap.pop()!
  if (heap.length === 0) return first
  let place = 0
  for (;;) {
    let child = 2 * place + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1
    if (!isBefore(heap[child]!, last)) break
    heap[place] = heap[child]!
    place = child
  }
  heap[place] = last
  return first
}
