/** Sleeves that join and leave a portfolio while it runs. */
import { assert } from '../../domain/assert.ts'
import type { OperatorCommand } from '../../domain/events.ts'
import { splitByLargestRemainder } from '../../numerics/exact.ts'
import { reweighSleeves } from '../capital/day.ts'
import { tellCapital } from '../capital/record.ts'
import { isRecorded } from '../capital/state.ts'
import { endFlattening } from '../gates/operator.ts'
import type { Parts } from '../parts.ts'
import { valueAll } from '../positions/valuation.ts'
import type { Runtime } from '../runtime.ts'
import { forgetSleeve } from '../watch/flows.ts'
import { endFaults } from '../watch/operator.ts'
import { withdrawEntries } from '../watch/reduce.ts'
import { sleeveSubject } from '../watch/subjects.ts'
import { closeSleeve, isFlat } from './close-sleeve.ts'
import { baseUnit, equityCounts, freeCash, reserveOf, weightsInForce } from './free-cash.ts'
import { bookTransfer, moveCapital, recordMove } from './move-money.ts'

const REMOVED = 'removed by the operator'

export function onSleeveCommand(
  parts: Parts,
  command: Extract<OperatorCommand, { kind: 'pause' | 'resume' | 'remove' | 'add' }>,
): void {
  const { runtime } = parts
  const sleeve = runtime.sleeveOrdinal.get(command.sleeve)
  assert(sleeve !== undefined, `a command names sleeve "${command.sleeve}", which is not configured`)
  const own = runtime.state.sleeves[sleeve]!
  const tell = (reason: string): void =>
    tellCapital(runtime, { cause: 'operator', sleeve, before: null, after: null, reason })
  const { standing } = own
  switch (command.kind) {
    case 'pause':
      // What a fault stopped stays stopped: only a resumption lets it decide again.
      if (!own.paused.startsWith('fault')) own.paused = 'paused by the operator'
      withdrawEntries(runtime, sleeveSubject(sleeve), { rule: 'paused', rolls: 'stay' })
      tell('paused: positions are managed, nothing is opened')
      return
    case 'resume':
      if (standing === undefined) {
        own.paused = ''
        endFaults(runtime, sleeve)
        endFlattening(runtime, sleeve)
      }
      tell(standing === undefined ? 'resumed' : `not resumed: the sleeve is ${standing}`)
      return
    case 'remove':
      if (standing === 'closed' || standing === 'closing') tell(`not removed: the sleeve is ${standing}`)
      else remove(parts, sleeve, tell)
      return
    case 'add':
      if (standing !== 'awaited') {
        tell(`not added: the sleeve is ${standing ?? 'part of the portfolio'}`)
        return
      }
      delete own.standing
      own.paused = ''
      valueAll(runtime)
      reweighSleeves(runtime)
      fund(runtime, sleeve)
  }
}

function remove(parts: Parts, sleeve: number, tell: (reason: string) => void): void {
  const own = parts.runtime.state.sleeves[sleeve]!
  own.standing = 'closing'
  own.paused = REMOVED
  tell('removed: everything is closed, then its money goes to the reserve')
  closeSleeve(parts, sleeve, REMOVED)
  finishClosing(parts.runtime)
}

/** A sleeve whose recorded stream has ended is closed at the end of the day: it would look calm for ever. */
export function endStream(runtime: Runtime, instrument: number): void {
  const { id } = runtime.state.instruments[instrument]!
  for (const { config, ordinal } of runtime.sleeves) {
    const own = runtime.state.sleeves[ordinal]!
    if (!isRecorded(config) || !config.universe.includes(id) || own.standing !== undefined) continue
    own.standing = 'closing'
    own.paused = 'its recorded stream has ended'
    const reason = 'its recorded stream has ended: its money goes to the reserve'
    tellCapital(runtime, { cause: 'transfer', sleeve: ordinal, before: null, after: null, reason })
  }
}

/** At the end of a day: sleeves that have become flat hand their money over, the others try again. */
export function stepClosing(parts: Parts): void {
  const { runtime } = parts
  for (const { ordinal } of runtime.sleeves)
    if (runtime.state.sleeves[ordinal]!.standing === 'closing' && !isFlat(runtime, ordinal))
      closeSleeve(parts, ordinal, REMOVED)
  finishClosing(runtime)
}

function finishClosing(runtime: Runtime): void {
  const { state, sleeves } = runtime
  const reserve = reserveOf(runtime)
  for (const { ordinal } of sleeves) {
    const own = state.sleeves[ordinal]!
    if (own.standing !== 'closing' || !isFlat(runtime, ordinal)) continue
    own.standing = 'closed'
    if (state.loans !== undefined) state.loans.lent[ordinal] = 0
    if (reserve >= 0 && reserve !== ordinal) handOver(runtime, ordinal, reserve)
  }
}

/** Every purse of a closed sleeve, debts too, becomes the reserve's. */
function handOver(runtime: Runtime, from: number, to: number): void {
  const { books } = runtime.state
  valueAll(runtime)
  const before = equityCounts(runtime, from)
  for (let currency = 0; currency < books.currencies; currency += 1) {
    const amount = books.cash[from * books.currencies + currency]!
    if (amount !== 0) bookTransfer(runtime, { from, to, amount }, currency, { kind: 'transfer', reason: 'removed' })
  }
  valueAll(runtime)
  forgetSleeve(runtime, from)
  if (before === 0) return
  recordMove(runtime, from, 0 - before, 'operator', 'closed: its money goes to the reserve')
  recordMove(runtime, to, before, 'operator', `money of "${runtime.sleeves[from]!.config.id}", which is closed`)
}

/** A new sleeve gets its weight of the portfolio: out of the reserve, then from the others as they can spare it. */
function fund(runtime: Runtime, sleeve: number): void {
  const reserve = reserveOf(runtime)
  const wanted = Math.floor(runtime.equity * baseUnit(runtime) * weightsInForce(runtime)[sleeve]!)
  const lacking = Math.max(0, wanted - equityCounts(runtime, sleeve))
  const spare = runtime.sleeves.map(({ ordinal }) =>
    ordinal === sleeve || ordinal === reserve ? 0 : freeCash(runtime, ordinal),
  )
  const fromReserve = reserve < 0 ? 0 : Math.min(lacking, freeCash(runtime, reserve))
  const fromOthers = Math.min(
    lacking - fromReserve,
    spare.reduce((sum, counts) => sum + counts, 0),
  )
  const gives = fromOthers === 0 ? spare.map(() => 0) : splitByLargestRemainder(fromOthers, spare)
  if (reserve >= 0) gives[reserve] = fromReserve
  const missing = lacking - fromReserve - fromOthers
  const reason = missing > 0 ? `added; ${missing / baseUnit(runtime)} of its weight is not funded` : 'added'
  const transfers = gives.flatMap((amount, from) => (amount === 0 ? [] : [{ from, to: sleeve, amount }]))
  moveCapital(runtime, transfers, 'operator', reason)
  if (transfers.length === 0) tellCapital(runtime, { cause: 'operator', sleeve, before: null, after: null, reason })
}
