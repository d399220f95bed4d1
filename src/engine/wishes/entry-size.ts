/** What a wish to enter means in whole units, by the sizing of its sleeve. */
import { sizeOf } from '../../pipeline/sizing/size.ts'
import { capitalFactor, sizingBase } from '../capital/sizing-capital.ts'
import { ownEquity } from '../external/sleeve.ts'
import type { Runtime, SleeveRuntime } from '../runtime.ts'
import type { WishColumns } from '../view.ts'
import { entryFactor } from '../watch/return.ts'
import { isWeekend } from './entry-rules.ts'

const asked = {
  price: 0,
  unitValue: 0,
  ownValue: 0,
  unitsPerWhole: 1,
  step: 1,
  sleeveEquity: 0,
  portfolioEquity: 0,
  factor: 1,
  maximumLoss: 0,
}

/** Units of a plain entry at the last mark; 0 where that is below one step. Unsigned. */
export function entrySize(runtime: Runtime, sleeve: SleeveRuntime, wishes: WishColumns, row: number): number {
  const { state } = runtime
  const index = wishes.instrument[row]!
  const instrument = state.instruments[index]!
  const price = state.mark[index]!
  const { weekend } = sleeve.config.limits
  const weekendFactor = weekend !== null && isWeekend(state.at) ? weekend.sizeFactor : 1
  asked.price = price
  asked.unitValue = runtime.unitValue[index]!
  asked.ownValue = price * state.books.scale[index]!
  asked.unitsPerWhole = instrument.unitsPerWhole
  asked.step = instrument.step
  asked.sleeveEquity = sizingBase(runtime, sleeve.ordinal)
  asked.portfolioEquity = ownEquity(runtime)
  asked.factor =
    wishes.factor[row]! *
    weekendFactor *
    capitalFactor(runtime, sleeve.ordinal) *
    entryFactor(runtime, sleeve.ordinal, index)
  asked.maximumLoss = 0
  return sizeOf(sleeve.config.sizing, asked)
}

/** Count of a structure. */
export function structureSize(runtime: Runtime, sleeve: SleeveRuntime, wishes: WishColumns, row: number): number {
  const wish = wishes.structure[row]!
  asked.price = wish.credit
  asked.unitValue = wish.maximumLoss
  asked.ownValue = wish.maximumLoss
  asked.unitsPerWhole = 1
  asked.step = 1
  asked.sleeveEquity = sizingBase(runtime, sleeve.ordinal)
  asked.portfolioEquity = ownEquity(runtime)
  asked.factor =
    wishes.factor[row]! *
    capitalFactor(runtime, sleeve.ordinal) *
    entryFactor(runtime, sleeve.ordinal, wishes.instrument[row]!)
  asked.maximumLoss = wish.maximumLoss
  return sizeOf(sleeve.config.sizing, asked)
}
