/**
 * Wishes of one close on the plain lane: exits of what is held, and entries that every limit lets pass whole, with
 * nothing else on the way in that instrument for the sleeve. Same sizes and same order as `wishes.ts`, which takes every
 * other wish.
 */
import { MAGNITUDE_MAX } from '../../domain/units.ts'
import { percentSize } from '../../pipeline/sizing/size.ts'
import type { Runtime } from '../runtime.ts'
import { release } from '../state.ts'
import { WISH, type WishColumns } from '../view.ts'
import { tellRefused } from '../wishes/judgement.ts'
import { isPlainCycle, plainEntries } from './plain.ts'
import { makeRoom } from './plain-columns.ts'
import { widened } from './share-columns.ts'

/**
 * Takes the reducing parts of the wishes from `from` on.
 *
 * @returns the first wish that needs the general way; the count of wishes where none does
 */
export function reducePlain(runtime: Runtime, wishes: WishColumns, from: number): number {
  const { state, plain, isOption, observer } = runtime
  plain.isClear = false
  if (!isPlainCycle(runtime)) return from
  plain.isClear = from === 0 && isAllEnded(runtime)
  const { count, kind, options } = wishes
  const { pendingBuys, pendingSells, accountBuys, accountSells } = state
  const { quantity, width } = state.books
  makeRoom(plain, count - from)
  plain.at = state.at
  let last = -1
  let row = from
  for (; row < count; row += 1) {
    const wish = kind[row]!
    if (wish !== WISH.exit && wish !== WISH.enter) break
    const instrument = wishes.instrument[row]!
    const sleeve = wishes.sleeve[row]!
    const at = sleeve * width + instrument
    const held = quantity[at]!
    if (at > last) last = at
    else plain.isClear = false
    if (!plain.isClear && (pendingBuys[at] !== 0 || pendingSells[at] !== 0)) break
    if (isOption[instrument] === 1) break
    if (wish === WISH.enter) {
      // Turning around reduces first.
      if (held * wishes.value[row]! < 0) break
      continue
    }
    if (options[row] !== null) break
    if (held === 0) continue
    if (held > 0) {
      pendingSells[at] = held
      accountSells[instrument] = accountSells[instrument]! + held
    } else {
      pendingBuys[at] = 0 - held
      accountBuys[instrument] = accountBuys[instrument]! - held
    }
    const next = plain.count
    plain.intent[next] = state.nextIntent
    plain.sleeve[next] = sleeve
    plain.instrument[next] = instrument
    plain.quantity[next] = 0 - held
    plain.reducing[next] = 1
    plain.reason[next] = wishes.reason[row]!
    plain.count = next + 1
    state.nextIntent += 1
    wishes.taken[row] = 0 - held
    observer?.reduced(0 - held, 0 - held)
  }
  return row
}

/** Whether every order has ended: as nothing waits either, nothing is reserved. */
function isAllEnded({ state, plain, batch, rowEnded }: Runtime): boolean {
  if (state.working.length > 0 || plain.count > 0) return false
  for (let row = 0; row < batch.count; row += 1) if (rowEnded[row] === 0) return false
  return true
}

/** Part of a limit that is left to rounding: within it the general way decides. */
const SLACK = 1e-9

/**
 * Lets all entries of the cycle grow at once, where each passes every limit whole even after all the others.
 *
 * @returns false, with nothing done, where any of them needs the general way
 */
export function growPlain(runtime: Runtime, wishes: WishColumns): boolean {
  if (!isPlainCycle(runtime)) return false
  const { state, plain } = runtime
  const first = plain.count
  const { nextIntent } = state
  small.count = 0
  if (placeEntries(runtime, wishes) && fitsLimits(runtime, first)) {
    for (let place = 0; place < small.count; place += 1) refuseSmall(runtime, wishes, place)
    return true
  }
  for (let row = first; row < plain.count; row += 1)
    release(state, plain.sleeve[row]!, plain.instrument[row]!, plain.quantity[row]!)
  state.nextIntent = nextIntent
  plain.count = first
  return false
}

/** Rows of entries whose size is below one step: refused once it is certain that all of the cycle is plain. */
const small = { count: 0, rows: new Int32Array(64), intents: new Float64Array(64) }

function noteSmall(row: number, intent: number): void {
  if (small.count === small.rows.length) {
    small.rows = widened(small.rows, new Int32Array(small.count * 2))
    small.intents = widened(small.intents, new Float64Array(small.count * 2))
  }
  small.rows[small.count] = row
  small.intents[small.count] = intent
  small.count += 1
}

function refuseSmall(runtime: Runtime, wishes: WishColumns, place: number): void {
  const row = small.rows[place]!
  const instrument = wishes.instrument[row]!
  const sleeve = runtime.sleeves[wishes.sleeve[row]!]!
  tellRefused(runtime, sleeve, instrument, small.intents[place]!, 'belowStep', 0, null, runtime.state.mark[instrument]!)
}

/** Sizes the entries and reserves them. False as soon as one is not plain. */
function placeEntries(runtime: Runtime, wishes: WishColumns): boolean {
  const { state, plain, unitValue, step, isOption, sleeves } = runtime
  const { count, kind, options } = wishes
  const { pendingBuys, pendingSells, accountBuys, delisted } = state
  const { quantity, width } = state.books
  const entries = plainEntries(runtime)
  const reachMax = MAGNITUDE_MAX / 16 / state.books.sleeves
  makeRoom(plain, count)
  plain.at = state.at
  const { isClear } = plain
  for (let row = 0; row < count; row += 1) {
    const wish = kind[row]!
    if (wish === WISH.exit) continue
    const sleeve = wishes.sleeve[row]!
    const own = entries[sleeve]
    if (wish !== WISH.enter || options[row] !== null || own === null || own === undefined) return false
    const instrument = wishes.instrument[row]!
    const at = sleeve * width + instrument
    const held = quantity[at]!
    const unit = unitValue[instrument]!
    if (wishes.value[row] !== 1 || held < 0) return false
    if (!isClear && (pendingBuys[at] !== 0 || pendingSells[at] !== 0)) return false
    if (unit === 0 || isOption[instrument] === 1 || delisted[instrument] === 1) return false
    if (state.sleeves[sleeve]!.paused !== '') return false
    const size = percentSize(sleeves[sleeve]!.equity, own.fraction, wishes.factor[row]!, unit, step[instrument]!)
    const wanted = size - held
    if (size > reachMax) return false
    if (size === 0) {
      noteSmall(row, state.nextIntent)
      state.nextIntent += 1
      continue
    }
    if (wanted <= 0) continue
    pendingBuys[at] = wanted
    accountBuys[instrument] = accountBuys[instrument]! + wanted
    const next = plain.count
    plain.intent[next] = state.nextIntent
    plain.sleeve[next] = sleeve
    plain.instrument[next] = instrument
    plain.quantity[next] = wanted
    plain.reducing[next] = 0
    plain.reason[next] = wishes.reason[row]!
    plain.count = next + 1
    state.nextIntent += 1
  }
  return true
}

/**
 * Whether exposures stay within the limits with every entry from `first` on reserved. Then each of them passed whole in
 * its turn, and no room was claimed by more than it holds.
 */
function fitsLimits(runtime: Runtime, first: number): boolean {
  const { state, plain, equity } = runtime
  if (first === plain.count) return true
  const entries = plainEntries(runtime)
  const gross = grossAtMost(runtime)
  const power = equity / state.config!.account.initialMargin
  for (let row = first; row < plain.count; row += 1) {
    const { positionWeightMax, leverageMax, isFunded } = entries[plain.sleeve[row]!]!
    if (!(gross <= leverageMax * equity * (1 - SLACK)) || (isFunded && !(gross <= power * (1 - SLACK)))) return false
    if (!(exposureAtMost(runtime, plain.instrument[row]!) <= positionWeightMax * equity * (1 - SLACK))) return false
  }
  return true
}

/** At least the worse end of what is held and what waits in one instrument, for the account. */
function exposureAtMost({ state, unitValue }: Runtime, instrument: number): number {
  const held = Math.abs(state.books.accountQuantity[instrument]!)
  return (held + state.accountBuys[instrument]! + state.accountSells[instrument]!) * unitValue[instrument]!
}

function grossAtMost(runtime: Runtime): number {
  const { state, unitValue } = runtime
  const { accountBuys, accountSells } = state
  const { accountQuantity } = state.books
  const count = state.instruments.length
  // Two sums side by side, which wait less for each other: what is lost to rounding is well within the slack.
  let even = 0
  let odd = 0
  let index = 0
  for (; index + 1 < count; index += 2) {
    const next = index + 1
    even += (Math.abs(accountQuantity[index]!) + accountBuys[index]! + accountSells[index]!) * unitValue[index]!
    odd += (Math.abs(accountQuantity[next]!) + accountBuys[next]! + accountSells[next]!) * unitValue[next]!
  }
  return index < count ? even + odd + exposureAtMost(runtime, index) : even + odd
}
