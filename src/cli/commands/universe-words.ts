import { formatDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import type { Bounds, UniverseRules } from '../../domain/universe.ts'
import { notEvaluated, snapshotCriteria } from '../../pipeline/universe/membership.ts'
import type { History } from '../market/market.ts'
import type { Snapshot } from '../market/snapshots.ts'

/** What a sleeve asks of its universe, one rule each, as `config check` says it. */
export function universeWords(rules: UniverseRules): readonly string[] {
  const { volatilityMin, volatilityMax, volatilityBars, volumeMin, dollarVolumeMin, volumeBars, price, history } = rules
  const between = ({ min, max }: Bounds): string =>
    [min === null ? '' : `from ${min}`, max === null ? '' : `to ${max}`].filter((part) => part !== '').join(' ')
  const first = history?.[0]
  return [
    ...(price === undefined ? [] : [`price ${between(price)}`]),
    ...(volatilityMin === null ? [] : [`volatility of ${volatilityBars} bars above ${volatilityMin}`]),
    ...(volatilityMax === undefined ? [] : [`volatility of ${volatilityBars} bars below ${volatilityMax}`]),
    ...(volumeMin === null ? [] : [`mean volume of ${volumeBars} bars above ${volumeMin}`]),
    ...(dollarVolumeMin === undefined ? [] : [`mean traded value of ${volumeBars} bars above ${dollarVolumeMin}`]),
    ...snapshotCriteria(rules),
    ...(first === undefined ? [] : [`a history from ${formatDate(first.tradeDate)} on`]),
  ]
}

/** Criteria that a run over these files cannot judge, or not from its first day on. */
export function unjudged(
  rules: UniverseRules,
  past: { readonly histories: readonly History[]; readonly snapshots: readonly Snapshot[] } | null,
  names: readonly string[],
): readonly string[] {
  if (past === null) {
    if (names.length === 0) return notEvaluated(rules, null, null)
    const waiting = snapshotCriteria(rules).map((criterion) => `${criterion} before the day of ${names[0]}`)
    return [...rules.notEvaluated, ...waiting]
  }
  const firsts = past.histories.flatMap(({ series }) => series.dates[0] ?? [])
  const firstDay = firsts.length === 0 ? null : (Math.min(...firsts) as TradeDate)
  return notEvaluated(rules, past.snapshots[0]?.tradeDate ?? null, firstDay)
}
