import type { StressOutcome, StressView } from '../../../src/api/contract/stress.ts'
import { percent } from '../format.ts'
import {
  categoryAxis,
  house,
  labelStyle,
  levels,
  type Option,
  type Palette,
  shadowPointer,
  tooltip,
  tooltipRows,
  valueAxis,
} from './palette.ts'

/** What each scenario would do to the portfolio's value: losses to the left, the worst on top. */

/** Part of the span that the figures behind the bars take. */
const ROOM = 0.42

type Played = StressOutcome & { readonly change: number }

/** Scenarios that could be played, worst first. */
export function playedOf(view: StressView): readonly Played[] {
  return view.outcomes
    .filter((outcome): outcome is Played => outcome.change !== null)
    .sort((left, right) => left.change - right.change || (left.name < right.name ? -1 : 1))
}

const amount = (outcome: StressOutcome): number | null =>
  outcome.before === null || outcome.after === null ? null : outcome.after - outcome.before

export function stressBars(view: StressView, palette: Palette): Option {
  const played = [...playedOf(view)].reverse()
  const changes = played.map((outcome) => outcome.change)
  const [lowest, highest] = [Math.min(0, ...changes), Math.max(0, ...changes)]
  const span = Math.max(0.01, highest - lowest)
  const format = (value: number): string => percent(value, { decimals: span < 0.1 ? 1 : 0 })
  const label = (outcome: Played): string => {
    const money = palette.moneyShort(amount(outcome))
    return `${percent(outcome.change, { signed: true })}${palette.isPhone ? '' : `  ${money}`}`
  }
  return {
    ...house(palette),
    grid: { left: palette.isPhone ? 112 : 156, right: 16, top: 4, bottom: 26 },
    xAxis: valueAxis(palette, {
      format,
      position: 'bottom',
      // Room for the figures behind the bars.
      min: lowest - (lowest < 0 ? span * ROOM : 0),
      max: highest + (highest > 0 ? span * ROOM : 0),
      axisLabel: { ...labelStyle(palette), formatter: format, showMinLabel: false, showMaxLabel: false },
      scale: false,
    }),
    yAxis: categoryAxis(palette, {
      data: played.map((outcome) => outcome.name),
      axisLine: { show: false },
      axisLabel: {
        ...labelStyle(palette),
        color: palette.paint.text2,
        width: palette.isPhone ? 100 : 144,
        overflow: 'truncate',
        interval: 0,
      },
    }),
    tooltip: tooltip(palette, {
      trigger: 'axis',
      axisPointer: shadowPointer(palette),
      formatter: (hits: readonly { readonly dataIndex: number }[]) => {
        const outcome = played[hits[0]?.dataIndex ?? -1]
        return outcome === undefined ? '' : outcomeTooltip(outcome, palette)
      },
    }),
    series: [
      {
        type: 'bar',
        barMaxWidth: 16,
        data: played.map((outcome) => ({
          value: outcome.change,
          itemStyle: { color: outcome.change < 0 ? palette.paint.neg : palette.paint.pos, borderRadius: 2 },
          label: {
            show: true,
            position: outcome.change < 0 ? 'left' : 'right',
            color: palette.paint.text,
            fontSize: 11.5,
            formatter: label(outcome),
          },
        })),
        markLine: levels(palette, 'x', [{ at: 0, colour: palette.paint.control, isDashed: false }]),
      },
    ],
  }
}

function outcomeTooltip(outcome: Played, palette: Palette): string {
  const parts = outcome.sleeves.map((sleeve) => ({
    name: sleeve.title,
    text: percent(sleeve.contribution, { signed: true }),
    colour: palette.strokeOf(sleeve.name).colour,
  }))
  return tooltipRows(
    outcome.name,
    [
      { name: 'Change', text: percent(outcome.change, { signed: true }), isStrong: true },
      { name: 'In money', text: palette.money(amount(outcome), { signed: true }) },
      { name: 'Worst on the way', text: percent(outcome.worst) },
      ...parts,
    ],
    outcome.violations.length === 0 ? '' : `${outcome.violations.length} rules would act`,
  )
}
