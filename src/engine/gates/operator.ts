/** What an operator stops: the whole account for good, or everything that a sleeve holds. */
import { TYPE_CODE } from '../../domain/columns.ts'
import type { EngineEvent, OperatorCommand } from '../../domain/events.ts'
import { isExternal } from '../../domain/external.ts'
import type { WishOptions } from '../../domain/strategy.ts'
import type { OrderId } from '../../domain/units.ts'
import { tellCapital } from '../capital/record.ts'
import { listPlain } from '../orders/plain.ts'
import type { Parts } from '../parts.ts'
import { isFlat } from '../rebalance/close-sleeve.ts'
import type { Runtime } from '../runtime.ts'
import { projectedOf, type StructureOrder, type Waiting } from '../state.ts'
import { pushWish, WISH } from '../view.ts'
import { withdrawEntries } from '../watch/reduce.ts'
import { PORTFOLIO, sleeveSubject } from '../watch/subjects.ts'
import { endWaiting } from '../wishes/waiting.ts'
import { takeWishes } from '../wishes/wishes.ts'
import { openGate, setMode, shutGate, WHOLE_ACCOUNT } from './gates.ts'

type CommandOf<Kind> = Extract<OperatorCommand, { readonly kind: Kind }>

/** Entries that wait when the account begins only to reduce are given up: they would be late when it ends. */
export function onMode(runtime: Runtime, { mode, reason }: Extract<EngineEvent, { readonly kind: 'mode' }>): void {
  setMode(runtime.state, mode, reason)
  if (mode === 'reducing') withdrawEntries(runtime, PORTFOLIO, { rule: 'reducing', rolls: 'go' })
}

/** Nothing leaves any more; what works at the broker is asked back, and no entry waits for the gate to open again. */
export function kill(runtime: Runtime, { reason }: CommandOf<'kill'>): void {
  shutGate(runtime.state, 'alive', WHOLE_ACCOUNT, reason)
  withdrawEntries(runtime, PORTFOLIO, { rule: 'killed', rolls: 'go' })
  cancelLive(runtime, () => true)
}

export function reviveAccount(runtime: Runtime, command: CommandOf<'revive'>): void {
  const isKilled = runtime.state.gates?.shut.some(({ gate }) => gate === 'alive') === true
  if (isKilled) openGate(runtime.state, 'alive', WHOLE_ACCOUNT)
  else runtime.commands.push({ kind: 'declined', command, reason: 'the account is not killed' })
}

interface LiveOrder {
  readonly id: number
  readonly type: number
  readonly shares: readonly {
    readonly sleeve: number
    readonly wanted: number
    readonly crossed: number
    readonly filled: number
  }[]
  readonly instrument: number
}

/** Asks for the cancellation of orders that work at the broker, structures too; of each once. */
function cancelLive(runtime: Runtime, isMeant: (order: LiveOrder) => boolean): void {
  const cancel = (order: number): void => {
    const asked = runtime.commands.some((command) => command.kind === 'cancel' && command.order === order)
    if (!asked) runtime.commands.push({ kind: 'cancel', order: order as OrderId })
  }
  for (const order of runtime.state.working) if (isMeant(order)) cancel(order.id)
  for (const order of runtime.state.workingStructures ?? []) if (isMeant(wholeOf(order))) cancel(order.id)
  const { batch, rowEnded } = runtime
  for (let row = 0; row < batch.count; row += 1)
    if (rowEnded[row] === 0 && isMeant(rowOf(runtime, row))) cancel(batch.id[row]!)
}

function wholeOf({ id, shares }: StructureOrder): LiveOrder {
  const parts = shares.map(({ waiting: { sleeve }, wanted, crossed }) => ({ sleeve, wanted, crossed, filled: 0 }))
  return { id, instrument: -1, type: TYPE_CODE.market, shares: parts }
}

function rowOf(runtime: Runtime, row: number): LiveOrder {
  const { batch, shares, shareStart, shareCount, structureOrders } = runtime
  const [id, instrument, type] = [batch.id[row]!, batch.instrument[row]!, batch.type[row]!]
  const whole = structureOrders.get(id)
  if (whole !== undefined) return wholeOf(whole)
  const start = shareStart[row]!
  const own = Array.from({ length: shareCount[row]! }, (_, offset) => ({
    sleeve: shares.sleeve[start + offset]!,
    wanted: shares.wanted[start + offset]!,
    crossed: shares.crossed[start + offset]!,
    filled: shares.filled[start + offset]!,
  }))
  return { id, instrument, type, shares: own }
}

/** The sleeves concerned enter no more until they are resumed; what they hold is closed now, and again until it is gone. */
export function flatten(parts: Parts, command: CommandOf<'flatten'>): void {
  const { runtime } = parts
  const { state } = runtime
  const { sleeve, reason } = command
  if (sleeve !== null && !runtime.sleeveOrdinal.has(sleeve)) {
    runtime.commands.push({ kind: 'declined', command, reason: `no sleeve has the id "${sleeve}"` })
    return
  }
  for (const { config, ordinal } of runtime.sleeves) {
    if ((sleeve !== null && config.id !== sleeve) || isExternal(config)) continue
    const own = state.sleeves[ordinal]!
    if (own.standing === 'awaited' || own.standing === 'closed') continue
    // What a fault stopped stays stopped: only a resumption lets it decide again.
    if (!own.paused.startsWith('fault')) own.paused = `flattened by the operator: ${reason}`
    const others = (state.flattening ?? []).filter((one) => one.sleeve !== ordinal)
    state.flattening = [...others, { sleeve: ordinal, reason, since: state.at }].sort(
      (one, other) => one.sleeve - other.sleeve,
    )
    tellCapital(runtime, {
      cause: 'operator',
      sleeve: ordinal,
      before: null,
      after: null,
      reason: `flattened: ${reason}`,
    })
  }
  stepFlattening(parts)
}

/** Whoever resumes a sleeve takes the word back that it be closed. */
export function endFlattening({ state }: Pick<Runtime, 'state'>, sleeve: number): void {
  const left = (state.flattening ?? []).filter((one) => one.sleeve !== sleeve)
  if (left.length > 0) state.flattening = left
  else delete state.flattening
}

/** At every close and auction: what is left of the sleeves that are to be flat is asked for again. */
export function stepFlattening(parts: Parts): void {
  const { state } = parts.runtime
  for (const { sleeve, reason } of state.flattening ?? []) {
    closeAtMarket(parts, sleeve, `flatten: ${reason}`)
    if (isFlat(parts.runtime, sleeve)) endFlattening(parts.runtime, sleeve)
  }
}

const PRICED: ReadonlySet<number> = new Set([TYPE_CODE.limit, TYPE_CODE.stop, TYPE_CODE.stopLimit])
/** What is traded at closes alone has no auction to wait for. */
const AT_CLOSE: WishOptions = { terms: { type: 'close', force: 'day' } }

/** Unlike a sleeve that is removed, one that is flattened leaves its market exits alone that are at the broker already. */
function closeAtMarket(parts: Parts, sleeve: number, reason: string): void {
  const { runtime, wishes } = parts
  const { state } = runtime
  listPlain(runtime)
  withdrawEntries(runtime, sleeveSubject(sleeve), { rule: 'paused', rolls: 'go' })
  withdrawPriced(runtime, sleeve)
  cancelLive(runtime, (order) => isInTheWay(runtime, order, sleeve))
  wishes.count = 0
  const options = runtime.sleeves[sleeve]!.config.kind === 'return_stream' ? AT_CLOSE : null
  for (const { index } of state.instruments) {
    if (runtime.isOption[index] === 1 || state.books.quantity[sleeve * state.books.width + index] === 0) continue
    if (projectedOf(state, sleeve, index) !== 0) pushWish(wishes, sleeve, index, WISH.exit, 0, reason, options, null)
  }
  for (const { id, sleeve: owner } of state.structures)
    if (owner === sleeve) pushWish(wishes, sleeve, -1, WISH.closeStructure, id, reason, null, null)
  takeWishes(runtime, wishes, parts.books)
  wishes.count = 0
  listPlain(runtime)
}

/** Exits that wait for a price would keep the units that are to be sold at any. */
function withdrawPriced(runtime: Runtime, sleeve: number): void {
  const { state } = runtime
  const isPriced = (wish: Waiting): boolean => wish.sleeve === sleeve && wish.reducing && PRICED.has(wish.type)
  const gone = state.waiting.filter(isPriced)
  if (gone.length === 0) return
  state.waiting = state.waiting.filter((wish) => !isPriced(wish))
  for (const wish of gone) endWaiting(runtime, wish, 'superseded', 'superseded')
}

/** An entry of the sleeve, or its exit at a price. Orders of structures are answered whole: they are left alone. */
function isInTheWay({ state }: Runtime, { instrument, type, shares }: LiveOrder, sleeve: number): boolean {
  if (instrument < 0) return false
  return shares.some((share) => {
    const open = share.wanted - share.crossed - share.filled
    if (share.sleeve !== sleeve || open === 0) return false
    return PRICED.has(type) || state.books.quantity[sleeve * state.books.width + instrument]! * open >= 0
  })
}
