/** What must hold of orders that leave, looked at from what is on its way and from the gates as they stand. */
import type { Kernel } from '../kernel.ts'
import type { Runtime } from '../runtime.ts'

/** One sleeve's part of a cross. */
export interface Crossed {
  readonly sleeve: number
  readonly instrument: number
}

type Hold = (id: '8' | '10', holds: boolean, detail: () => string) => void

/** An intent waits, or is part of one order that works: never both, never two. */
export function checkLiveOrders({ runtime }: Kernel, hold: Hold): void {
  const seen = new Set<number>()
  let twice = -1
  for (const intent of intentsOnTheirWay(runtime)) {
    if (seen.has(intent)) twice = intent
    seen.add(intent)
  }
  hold('8', twice < 0, () => `intent ${twice} is on its way twice`)
}

function* intentsOnTheirWay(runtime: Runtime): Generator<number> {
  const { state, batch, rowEnded, shares, shareStart, shareCount, structureOrders } = runtime
  for (const { intent } of state.waiting) yield intent
  for (const { intent } of state.waitingStructures) yield intent
  for (const { shares: parts } of state.workingStructures ?? [])
    for (const { waiting, wanted, crossed } of parts) if (wanted !== crossed) yield waiting.intent
  for (const order of state.working) for (const { intent } of order.shares) yield intent
  for (let row = 0; row < batch.count; row += 1) {
    if (rowEnded[row] === 1) continue
    for (let at = shareStart[row]!; at < shareStart[row]! + shareCount[row]!; at += 1) yield shares.intent[at]!
    for (const { waiting } of structureOrders.get(batch.id[row]!)?.shares ?? []) yield waiting.intent
  }
}

/** What the last event sent and crossed, against the gates that are shut after it. */
export function checkLeaving({ runtime }: Kernel, crosses: readonly Crossed[], hold: Hold): void {
  let wrong = ''
  for (const command of runtime.commands) {
    if (command.kind !== 'submit') continue
    for (let row = 0; row < runtime.batch.count; row += 1) wrong = problemOf(runtime, row) ?? wrong
  }
  for (const { sleeve, instrument } of crosses) {
    // Only what shrinks positions crosses before a gate that lets such orders through: entries wait before it.
    const gate = shutBefore(runtime, instrument, isBeingFlattened(runtime, sleeve), true)
    if (gate !== null) wrong = `"${runtime.symbols[instrument]!}" crossed while "${gate}" was shut`
  }
  hold('10', wrong === '', () => wrong)
}

function isBeingFlattened({ state }: Runtime, sleeve: number): boolean {
  return (state.flattening ?? []).map((one) => one.sleeve).includes(sleeve)
}

function problemOf(runtime: Runtime, row: number): string | null {
  const { state, batch, byId } = runtime
  if (state.gates === undefined) return null
  const id = batch.id[row]!
  const isReducing = batch.reducing[row] === 1
  if (state.gates.mode === 'reducing' && !isReducing)
    return `order ${id} opens something while the account only reduces`
  const isFlatten = isReducing && sleevesOf(runtime, row).every((sleeve) => isBeingFlattened(runtime, sleeve))
  const legs = batch.legs[row] ?? []
  const instruments =
    batch.instrument[row]! < 0 ? legs.map((leg) => byId.get(leg.instrument)!) : [batch.instrument[row]!]
  for (const instrument of instruments) {
    const gate = shutBefore(runtime, instrument, isFlatten, isReducing)
    if (gate !== null) return `order ${id} left in "${runtime.symbols[instrument]!}" while "${gate}" was shut`
  }
  return null
}

function sleevesOf(
  { batch, shares, shareStart, shareCount, structureOrders }: Runtime,
  row: number,
): readonly number[] {
  const whole = structureOrders.get(batch.id[row]!)
  if (whole !== undefined) return whole.shares.map(({ waiting }) => waiting.sleeve)
  return Array.from(shares.sleeve.subarray(shareStart[row]!, shareStart[row]! + shareCount[row]!))
}

/** The gate that an order of this instrument would have to pass; null where all of them are open. */
function shutBefore(
  { state, byId }: Runtime,
  instrument: number,
  isFlatten: boolean,
  isReducing: boolean,
): string | null {
  const underlying = state.instruments[instrument]!.option?.underlying
  const places = new Set([-1, instrument, ...(underlying === undefined ? [] : [byId.get(underlying)!])])
  const passed = new Set<string>(isFlatten ? ['alive', 'armed'] : [])
  if (isReducing && state.config!.staleExit === 'market') passed.add('fresh')
  for (const one of state.gates?.shut ?? []) if (places.has(one.instrument) && !passed.has(one.gate)) return one.gate
  for (const one of state.gates?.unknown ?? []) if (one.instruments.some((index) => places.has(index))) return 'unknown'
  return null
}
