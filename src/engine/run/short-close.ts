/**
 * One close of the short lane on which a sleeve may decide, and the auction after it: what their events would do. The
 * stretch says that no day ends with the close, that nothing is kept for a position, and that the bar has been read ahead.
 */
import type { QuoteColumns } from '../../domain/columns.ts'
import type { Command } from '../../domain/events.ts'
import type { Slice } from '../../domain/market.ts'
import type { TradeDate } from '../../domain/units.ts'
import { takeAhead } from '../clock.ts'
import { endClose, onAuction } from '../cycle.ts'
import type { Parts } from '../parts.ts'
import { valueAll } from '../positions/valuation.ts'
import { setMark } from '../runtime.ts'
import { stepWatches } from '../watch/step.ts'
import { decide } from '../wishes/decide.ts'
import { takeWishes } from '../wishes/wishes.ts'
import type { Stretch } from './quiet.ts'

/**
 * Marks, asks every sleeve and takes its wishes. To be given the bar that `skipBars` stopped at, and only that one.
 *
 * @returns what the outside must do now
 */
export function takeClose(
  parts: Parts,
  { instrument, tradeDate }: Stretch,
  slices: readonly Slice[],
): readonly Command[] {
  const { runtime, wishes } = parts
  const { state, sleeves } = runtime
  const slice = slices[0]!
  const { clock } = parts.views[0]!
  state.seq += 1
  state.at = slice.at
  if (runtime.commands.length > 0) runtime.commands = []
  wishes.count = 0
  runtime.closing = slices
  runtime.tradeDate = tradeDate
  setMark(runtime, instrument, slice.close[0]!)
  state.factor[instrument] = 1
  takeAhead(clock, clock.bars - clock.read.taken, 1)
  for (let ordinal = 0; ordinal < sleeves.length; ordinal += 1) state.sleeves[ordinal]!.bars += 1
  valueAll(runtime)
  stepWatches(runtime)
  for (let ordinal = 0; ordinal < sleeves.length; ordinal += 1) decide(parts, ordinal, slice)
  takeWishes(runtime, wishes, parts.books)
  endClose(runtime, slices)
  return runtime.commands
}

/** The auction at which the next bar opens, of a kernel without option chains: it stands at the instant of the close. */
export function takeAuction(parts: Parts, quotes: QuoteColumns, tradeDate: TradeDate): readonly Command[] {
  const { runtime } = parts
  runtime.state.seq += 1
  if (runtime.commands.length > 0) runtime.commands = []
  runtime.tradeDate = tradeDate
  onAuction(parts, quotes)
  return runtime.commands
}
