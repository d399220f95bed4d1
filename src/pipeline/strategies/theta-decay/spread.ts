import type { OptionChain, OptionQuote } from '../../../domain/market.ts'
import { daysBetween } from '../../../domain/sessions.ts'
import type { TradeDate } from '../../../domain/units.ts'

/** A bull put spread as the chain quotes it. Per share. */
export interface PutSpread {
  readonly expiry: TradeDate
  readonly short: number
  readonly long: number
  readonly width: number
  /** What selling it brings: the short put at its bid, the long one at its ask. */
  readonly credit: number
}

export interface SpreadRules {
  readonly daysMin: number
  readonly daysTarget: number
  readonly daysMax: number
  /** Absolute deltas. */
  readonly shortDelta: number
  readonly longDelta: number
  readonly select: 'delta' | 'width'
  readonly width: number
}

/** The expiry nearest to the target within the window, the sooner one of two equally near; null where there is none. */
export function nearestExpiry(chain: OptionChain, rules: SpreadRules): TradeDate | null {
  let best: TradeDate | null = null
  let distance = Number.POSITIVE_INFINITY
  for (const expiry of chain.expiries()) {
    const days = daysBetween(chain.tradeDate, expiry)
    if (days < rules.daysMin || days > rules.daysMax) continue
    const off = Math.abs(days - rules.daysTarget)
    if (off < distance) {
      best = expiry
      distance = off
    }
  }
  return best
}

/** The spread of an expiry by the rules; null where no two strikes have quotes. */
export function putSpread(chain: OptionChain, expiry: TradeDate, rules: SpreadRules): PutSpread | null {
  const strikes = chain.strikes(expiry, 'put')
  const short = nearestDelta(chain, expiry, strikes, rules.shortDelta, Number.POSITIVE_INFINITY)
  if (short === null) return null
  const long =
    rules.select === 'delta'
      ? nearestDelta(chain, expiry, strikes, rules.longDelta, short.strike)
      : nearestStrike(chain, expiry, strikes, short.strike - rules.width, short.strike)
  if (long === null) return null
  return {
    expiry,
    short: short.strike,
    long: long.strike,
    width: short.strike - long.strike,
    credit: short.quote.bid - long.quote.ask,
  }
}

interface Candidate {
  readonly strike: number
  readonly quote: OptionQuote
}

/** The quoted put below a strike whose delta is nearest; the lower strike of two equally near. */
function nearestDelta(
  chain: OptionChain,
  expiry: TradeDate,
  strikes: Float64Array,
  delta: number,
  under: number,
): Candidate | null {
  return nearest(chain, expiry, strikes, under, (_, quote) => Math.abs(Math.abs(quote.delta) - delta))
}

function nearestStrike(
  chain: OptionChain,
  expiry: TradeDate,
  strikes: Float64Array,
  wanted: number,
  under: number,
): Candidate | null {
  return nearest(chain, expiry, strikes, under, (strike) => Math.abs(strike - wanted))
}

function nearest(
  chain: OptionChain,
  expiry: TradeDate,
  strikes: Float64Array,
  under: number,
  distanceOf: (strike: number, quote: OptionQuote) => number,
): Candidate | null {
  let best: Candidate | null = null
  let distance = Number.POSITIVE_INFINITY
  for (const strike of strikes) {
    if (strike >= under) break
    const quote = chain.quote(expiry, 'put', strike)
    if (quote === null) continue
    const off = distanceOf(strike, quote)
    if (off < distance) {
      best = { strike, quote }
      distance = off
    }
  }
  return best
}
