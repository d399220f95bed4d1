import type { OptionChain, OptionQuote } from '../../../domain/market.ts'
import { daysBetween } from '../../../domain/sessions.ts'
import type { TradeDate } from '../../../domain/units.ts'
import { above } from '../thresholds.ts'

/** Which expiry: the one nearest to `daysTarget` days within `daysMin` to `daysMax`. */
export interface ExpiryRules {
  readonly daysMin: number
  readonly daysTarget: number
  readonly daysMax: number
}

/**
 * Which strikes: the sold one by its delta; the bought one by its delta, by a fixed distance, or as near as the least
 * credit allows. Deltas are absolute, the credit is that of one spread per share.
 */
export interface SpreadRules extends ExpiryRules {
  readonly shortDelta: number
  readonly longDelta: number
  readonly select: 'delta' | 'width' | 'credit'
  readonly width: number
  readonly creditMin: number
}

/** A contract that the chain quotes. */
export interface Candidate {
  readonly strike: number
  readonly quote: OptionQuote
}

/** A credit spread as the chain quotes it: the bought contract further out of the money than the sold one. Per share. */
export interface CreditSpread {
  readonly right: 'call' | 'put'
  readonly expiry: TradeDate
  readonly short: number
  readonly long: number
  readonly width: number
  /** What selling it brings: the sold contract at its bid, the bought one at its ask. */
  readonly credit: number
}

/** The expiry nearest to the target within the window, the sooner one of two equally near; null where there is none. */
export function nearestExpiry(chain: OptionChain, rules: ExpiryRules): TradeDate | null {
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

/** A bull put spread (put) or bear call spread (call) of an expiry by the rules; null where no two strikes have quotes. */
export function creditSpread(
  chain: OptionChain,
  expiry: TradeDate,
  right: 'call' | 'put',
  rules: SpreadRules,
): CreditSpread | null {
  const short = nearestDelta(chain, { expiry, right }, rules.shortDelta)
  if (short === null) return null
  const outward = right === 'put' ? -1 : 1
  const listed = { expiry, right, beyond: short.strike }
  const long =
    rules.select === 'delta'
      ? nearestDelta(chain, listed, rules.longDelta)
      : rules.select === 'width'
        ? nearest(chain, listed, (strike) => Math.abs(strike - (short.strike + outward * rules.width)))
        : narrowest(chain, listed, short.quote.bid - rules.creditMin)
  if (long === null) return null
  return {
    right,
    expiry,
    short: short.strike,
    long: long.strike,
    width: Math.abs(short.strike - long.strike),
    credit: short.quote.bid - long.quote.ask,
  }
}

/** What is looked through: contracts of one right and expiry, all or those further out of the money than a strike. */
export interface Listed {
  readonly expiry: TradeDate
  readonly right: 'call' | 'put'
  readonly beyond?: number
}

/** The quoted contract whose delta is nearest to an absolute one; the lower strike of two equally near. */
export function nearestDelta(chain: OptionChain, listed: Listed, delta: number): Candidate | null {
  return nearest(chain, listed, (_, quote) => Math.abs(Math.abs(quote.delta) - delta))
}

/** The contract next to the sold one whose ask leaves the credit: the narrowest spread that pays it; null where none does. */
function narrowest(chain: OptionChain, listed: Listed & { readonly beyond: number }, askMax: number): Candidate | null {
  return nearest(chain, listed, (strike, { ask }) =>
    above(ask, askMax) ? Number.POSITIVE_INFINITY : Math.abs(strike - listed.beyond),
  )
}

function nearest(
  chain: OptionChain,
  { expiry, right, beyond }: Listed,
  distanceOf: (strike: number, quote: OptionQuote) => number,
): Candidate | null {
  let best: Candidate | null = null
  let distance = Number.POSITIVE_INFINITY
  for (const strike of chain.strikes(expiry, right)) {
    if (beyond !== undefined && (right === 'put' ? strike >= beyond : strike <= beyond)) continue
    const quote = chain.quote(expiry, right, strike)
    if (quote === null) continue
    const off = distanceOf(strike, quote)
    if (off < distance) {
      best = { strike, quote }
      distance = off
    }
  }
  return best
}
