/** Gates: whether an order may leave. Nothing that is sent passes a shut one, exits no more than entries; cancels always do. */
import { assert } from '../../domain/assert.ts'
import type { EngineEvent } from '../../domain/events.ts'
import { type AccountMode, GATES, type GateName, type ShutGate } from '../../domain/gates.ts'
import type { Instant, InstrumentId } from '../../domain/units.ts'
import type { Runtime } from '../runtime.ts'
import type { KernelState } from '../state.ts'
import type { GateState, Shut } from './state.ts'

/** Where a gate names no instrument. */
export const WHOLE_ACCOUNT = -1

/** Gates that the orders of a flatten pass: whoever stopped the account must still be able to leave. */
const OPEN_TO_FLATTEN: ReadonlySet<GateName> = new Set<GateName>(['armed', 'alive'])

/** What an order does that leaves: some gates let through what shrinks positions. */
interface LeavingKind {
  readonly isReducing: boolean
  /** All that it does is close what sleeves hold that are being flattened. */
  readonly isFlatten: boolean
}

type GateHolder = Pick<KernelState, 'gates' | 'at'>

/** What a wish is told that ended before a shut gate: `gateUnknown`, `gateArmed`. */
export function gateRule(gate: GateName): string {
  return `gate${gate.charAt(0).toUpperCase()}${gate.slice(1)}`
}

/** The rule by which nothing may be opened now; null where entries may be. */
export function barredEntries({ gates }: Pick<KernelState, 'gates'>): 'killed' | 'reducing' | null {
  if (gates === undefined) return null
  if (gates.shut.some(({ gate }) => gate === 'alive')) return 'killed'
  return gates.mode === 'reducing' ? 'reducing' : null
}

/** Whether an operator has everything of the sleeve closed, and it is not yet. */
export function isFlattening({ flattening }: Pick<KernelState, 'flattening'>, sleeve: number): boolean {
  return flattening?.some((one) => one.sleeve === sleeve) === true
}

function gatesOf(state: GateHolder): GateState {
  state.gates ??= { shut: [], unknown: [], mode: 'active', modeReason: '', modeSince: 0 }
  return state.gates
}

/** A state in which nothing is held back says nothing of gates. */
function forgetIfOpen(state: GateHolder): void {
  const { gates } = state
  if (gates !== undefined && gates.shut.length + gates.unknown.length === 0 && gates.mode === 'active')
    delete state.gates
}

export function onGate(runtime: Runtime, event: Extract<EngineEvent, { readonly kind: 'gate' }>): void {
  const index = event.instrument === null ? WHOLE_ACCOUNT : runtime.byId.get(event.instrument)
  assert(index !== undefined, `a gate names "${event.instrument}", which is not listed`)
  const gate = event.gate as GateName
  assert(gate !== 'alive' && gate !== 'unknown', `"${gate}" is no gate that an event may open`)
  if (event.isOpen) openGate(runtime.state, gate, index)
  else shutGate(runtime.state, gate, index, event.reason)
}

export function setMode(state: GateHolder, mode: AccountMode, reason: string): void {
  const gates = gatesOf(state)
  if (gates.mode !== mode) gates.modeSince = mode === 'active' ? 0 : state.at
  gates.mode = mode
  gates.modeReason = mode === 'active' ? '' : reason
  forgetIfOpen(state)
}

/** A gate that is shut already keeps the moment since which it is. */
export function shutGate(state: GateHolder, gate: GateName, instrument: number, reason: string): void {
  const gates = gatesOf(state)
  const before = gates.shut.find((one) => one.gate === gate && one.instrument === instrument)
  const shut: Shut = { gate, instrument, reason, since: before?.since ?? state.at }
  gates.shut = [...gates.shut.filter((one) => one !== before), shut].sort(
    (one, other) => one.instrument - other.instrument || GATES.indexOf(one.gate) - GATES.indexOf(other.gate),
  )
}

export function openGate(state: GateHolder, gate: GateName, instrument: number): void {
  if (state.gates === undefined) return
  state.gates.shut = state.gates.shut.filter((one) => one.gate !== gate || one.instrument !== instrument)
  forgetIfOpen(state)
}

/** Nothing more leaves in these instruments until the order's state is known. */
export function freezeUnknown(
  state: GateHolder,
  order: number,
  instruments: readonly number[],
  evidence: string,
): void {
  const gates = gatesOf(state)
  const before = gates.unknown.find((one) => one.order === order)
  if (before === undefined) gates.unknown = [...gates.unknown, { order, instruments, evidence, since: state.at }]
}

/** The state of an order is known: its instruments trade again, unless another order of them is unknown. */
export function releaseUnknown(state: GateHolder, order: number): void {
  const { gates } = state
  if (gates === undefined || gates.unknown.length === 0) return
  gates.unknown = gates.unknown.filter((one) => one.order !== order)
  forgetIfOpen(state)
}

/** Every gate that is shut, the account's first. */
export function shutGates({ state }: Runtime): readonly ShutGate[] {
  const { gates, instruments } = state
  if (gates === undefined) return []
  const idOf = (index: number): InstrumentId | null => (index === WHOLE_ACCOUNT ? null : instruments[index]!.id)
  return [
    ...gates.shut.map(({ gate, instrument, reason, since }) => ({
      gate,
      instrument: idOf(instrument),
      reason,
      since: since as Instant,
    })),
    ...gates.unknown.flatMap(({ instruments: frozen, evidence, since }) =>
      frozen.map((index) => ({
        gate: 'unknown' as const,
        instrument: idOf(index),
        reason: evidence,
        since: since as Instant,
      })),
    ),
  ]
}

/**
 * The first shut gate that holds an instrument's orders back; null where none does. What holds an underlying holds its
 * contracts as well.
 *
 * @param order whose own doubt does not hold it back: it may be asked for again under its own number
 */
export function isShut(
  runtime: Runtime,
  instrument: number,
  { isFlatten, isReducing }: LeavingKind,
  order = 0,
): GateName | null {
  const { gates, instruments, config } = runtime.state
  if (gates === undefined) return null
  const terms = instruments[instrument]!.option
  const underlying = terms === null ? instrument : runtime.byId.get(terms.underlying)!
  for (const { gate, instrument: place } of gates.shut) {
    if (place !== WHOLE_ACCOUNT && place !== instrument && place !== underlying) continue
    if (isFlatten && OPEN_TO_FLATTEN.has(gate)) continue
    if (gate === 'fresh' && isReducing && config!.staleExit === 'market') continue
    return gate
  }
  const isFrozen = gates.unknown.some(
    (one) => one.order !== order && (one.instruments.includes(instrument) || one.instruments.includes(underlying)),
  )
  return isFrozen ? 'unknown' : null
}

/** The gate that holds a sleeve's wish back, an exit or an entry; null where none does. */
export function holdsBack(
  runtime: Runtime,
  {
    sleeve,
    instrument,
    reducing,
  }: { readonly sleeve: number; readonly instrument: number; readonly reducing: boolean },
): GateName | null {
  const { state } = runtime
  if (state.gates === undefined) return null
  return isShut(runtime, instrument, { isReducing: reducing, isFlatten: reducing && isFlattening(state, sleeve) })
}

/** The same of a structure: of its underlying and every contract. `structure` names the one that closes; 0 opens one. */
export function holdsBackStructure(
  runtime: Runtime,
  wish: {
    readonly sleeve: number
    readonly structure: number
    readonly underlying: number
    readonly contracts: readonly number[]
  },
): GateName | null {
  if (runtime.state.gates === undefined) return null
  const isReducing = wish.structure !== 0
  const isFlatten = isReducing && isFlattening(runtime.state, wish.sleeve)
  for (const instrument of [wish.underlying, ...wish.contracts]) {
    const gate = isShut(runtime, instrument, { isReducing, isFlatten })
    if (gate !== null) return gate
  }
  return null
}
