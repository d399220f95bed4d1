import type {
  AllocationRule,
  CapitalPlan,
  DaySchedule,
  Overlays,
  RebalancingRule,
  RebalancingTrigger,
} from '../../domain/capital.ts'
import type { PortfolioConfig } from '../../domain/config.ts'

/** What a capital plan will do, in sentences for people: one per rule, in the order in which the rules act. */
export function planWords({ sleeves }: PortfolioConfig, plan: CapitalPlan): readonly string[] {
  const names = sleeves.filter(({ strategy }) => strategy !== null).map(({ id }) => String(id))
  return [
    weightWords(plan.allocation),
    ...boundWords(plan.allocation, names),
    ...moveWords(plan.allocation),
    ...overlayWords(plan.overlays, names),
    rebalancingWords(plan.rebalancing),
    plan.shadows
      ? 'sleeves are scored by their shadows: books of each alone, at full capital'
      : 'sleeves are scored by their own books, flows taken out',
  ]
}

/** What of a plan has no effect, or one that nobody may have meant. */
export function planWarnings({ allocation, rebalancing, overlays, shadows }: CapitalPlan): readonly string[] {
  const warnings: string[] = []
  if (allocation.recompute.kind !== 'never' && rebalancing.triggers.length === 0)
    warnings.push(
      'weights are computed anew, but nothing moves capital or sizes by them: add "rebalancing: periodic" or "every_bar"',
    )
  if (overlays.ladder !== null && !shadows)
    warnings.push(
      'a sleeve that the month ladder has shut trades nothing, so without shadows nothing will ever show that it has recovered',
    )
  return warnings
}

const percent = (value: number): string => `${Number((value * 100).toFixed(2))} %`
const days = (count: number): string => (count === 1 ? 'day' : `${count} days`)

function scheduleWords(schedule: DaySchedule): string {
  switch (schedule.kind) {
    case 'never':
      return 'never again'
    case 'days':
      return `every ${days(schedule.every)}`
    case 'calendar':
      return `on the first day of each ${schedule.unit}`
  }
}

function weightWords({ method, window, observationsMin, recompute, covariance, investable }: AllocationRule): string {
  const part = investable === 1 ? '' : ` of the ${percent(investable)} that may be invested`
  if (method === 'fixed' || method === 'equal')
    return `weights: ${method === 'fixed' ? 'as stated' : `equal${part}`}, computed ${scheduleWords(recompute)}`
  if (recompute.kind === 'never') return `weights: first ones by ${method}${part} or as stated, never computed again`
  const over = `${method} over ${days(window)} of returns (covariance: ${covariance})${part}`
  return `weights: ${over}, computed ${scheduleWords(recompute)}; the first weights stay until ${days(observationsMin)} are known`
}

function boundWords({ bounds }: AllocationRule, names: readonly string[]): string[] {
  const { lower, upper, groups } = bounds
  const range = (least: number, most: number): string => `${percent(least)} to ${percent(most)}`
  const isFree = (least: number, most: number): boolean => least === 0 && most === 1
  const isSame = lower.every((value, place) => value === lower[0] && upper[place] === upper[0])
  const own = isSame
    ? [`every sleeve ${range(lower[0]!, upper[0]!)}`]
    : names.flatMap((name, place) =>
        isFree(lower[place]!, upper[place]!) ? [] : [`${name} ${range(lower[place]!, upper[place]!)}`],
      )
  const bounded = isSame && isFree(lower[0]!, upper[0]!) ? [] : own
  const together = groups.map((group) => {
    const members = group.members.map((member) => names[member]).join(' and ')
    return `${group.name} (${members}) ${range(group.lower, group.upper)} together`
  })
  const all = [...bounded, ...together]
  return all.length === 0 ? [] : [`bounds: ${all.join(', ')}`]
}

function moveWords({ settings }: AllocationRule): string[] {
  const { turnoverPenalty, buffer } = settings
  return [
    ...(turnoverPenalty > 0 ? [`every move of a weight is ${percent(turnoverPenalty)} shorter`] : []),
    ...(buffer > 0 ? [`weights that would move by at most ${percent(buffer)} stay`] : []),
  ]
}

function overlayWords(overlays: Overlays, names: readonly string[]): string[] {
  const { lifecycle, bench, reduction, ladder, volatilityTarget, spike } = overlays
  const words: string[] = []
  if (lifecycle !== null) {
    const stages = names.map((name, place) => `${name} ${lifecycle.stages[place]}`).join(', ')
    const change = lifecycle.changes === 'applied' ? 'changes are applied' : 'changes wait for an operator'
    words.push(`lifecycle: ${stages}; ${change}; a sleeve in PAPER opens nothing`)
  }
  if (bench !== null)
    words.push(
      `correlation bench: of two sleeves above ${bench.threshold} over ${days(bench.window)} for ${days(bench.days)} in a row the one with the lower Sharpe ratio opens nothing, and has no weight from the next computation, until it has been calm for as long`,
    )
  if (reduction !== null)
    words.push(
      `correlation reduction: while two sleeves are above ${reduction.threshold} over ${days(reduction.window)}, both sizes are times ${reduction.threshold} over their correlation`,
    )
  if (ladder !== null)
    words.push(
      `month ladder: half size when a sleeve is down ${percent(ladder.halfAt)} since the month began, none at ${percent(ladder.zeroAt)} until its ${ladder.window}-day Sharpe ratio is above ${ladder.sharpeRelease}`,
    )
  if (volatilityTarget !== null) {
    const { target, window, band, scaleMax } = volatilityTarget
    const up = scaleMax > 1 ? `, at most ${scaleMax} times` : ', never larger'
    words.push(
      `volatility target: sizes are scaled to an expected ${percent(target)} a year over ${days(window)}${up}, in steps above ${percent(band)}`,
    )
  }
  if (spike !== null)
    words.push(
      `correlation spike: nobody opens anything from a mean correlation above ${spike.halt} over ${days(spike.window)} until it is below ${spike.resume}`,
    )
  return words
}

function rebalancingWords({ triggers, schedule, threshold, by }: RebalancingRule): string {
  if (triggers.length === 0) return 'rebalancing: never; each sleeve keeps what it earns'
  const words: Readonly<Record<RebalancingTrigger, string>> = {
    every_bar: 'sizes follow the whole portfolio on every bar',
    periodic: scheduleWords(schedule),
    threshold: `when a sleeve is ${percent(threshold)} off its weight`,
    on_breach: 'when a limit asks for it',
    manual: 'when an operator asks for it',
  }
  const when = triggers.map((trigger) => words[trigger])
  const how = triggers.every((trigger) => trigger === 'every_bar') ? '' : `, by ${by}`
  return `rebalancing: ${when.join('; ')}${how}`
}
