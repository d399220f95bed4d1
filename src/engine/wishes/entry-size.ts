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

const factors = { wish: 1, weekend: 1, capital: 1, reentry: 1 }

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
  factors.wish = wishes.factor[row]!
  factors.weekend = weekendFactor
  factors.capital = capitalFactor(runtime, sleeve.ordinal)
  factors.reentry = entryFactor(runtime, sleeve.ordinal, index)
  asked.factor = factors.wish * factors.weekend * factors.capital * factors.reentry
  asked.maximumLoss = 0
  return sizedBy(runtime, sleeve, index)
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
  factors.wish = wishes.factor[row]!
  factors.weekend = 1
  factors.capital = capitalFactor(runtime, sleeve.ordinal)
  factors.reentry = entryFactor(runtime, sleeve.ordinal, wishes.instrument[row]!)
  asked.factor = factors.wish * factors.capital * factors.reentry
  asked.maximumLoss = wish.maximumLoss
  return sizedBy(runtime, sleeve, wishes.instrument[row]!)
}

/** The size of what stands in `asked`. */
function sizedBy({ observer }: Runtime, { ordinal, config: { sizing } }: SleeveRuntime, instrument: number): number {
  const size = sizeOf(sizing, asked)
  observer?.witness?.sized({ sleeve: ordinal, instrument, sizing, terms: asked, factors, size })
  return size
}
