import type { SimulatedOutcome, SimulationView } from '../../../src/api/contract/simulation.ts'
import { percent, ratio } from '../format.ts'
import {
  categoryAxis,
  house,
  labelStyle,
  levels,
  type Option,
  type Palette,
  tooltip,
  tooltipRows,
  valueAxis,
} from './palette.ts'

/** Simulated futures as bands around the middle path; values are multiples of the start. */

/** Places of the quantiles 5, 25, 50, 75 and 95 %; null where the simulation lacks one. */
export function bandPlaces(view: SimulationView): readonly number[] | null {
  const places = [0.05, 0.25, 0.5, 0.75, 0.95].map((wanted) =>
    view.quantiles.findIndex((quantile) => Math.abs(quantile - wanted) < 1e-9),
  )
  return places.some((place) => place < 0) ? null : places
}

interface Band {
  readonly name: string
  readonly low: readonly number[]
  readonly high: readonly number[]
  readonly opacity: number
}

function bandsOf(view: SimulationView, places: readonly number[]): readonly Band[] {
  const at = (place: number): readonly number[] => view.cone[places[place]!] ?? []
  return [
    { name: '5 to 25 %', low: at(0), high: at(1), opacity: 0.16 },
    { name: '25 to 50 %', low: at(1), high: at(2), opacity: 0.32 },
    { name: '50 to 75 %', low: at(2), high: at(3), opacity: 0.32 },
    { name: '75 to 95 %', low: at(3), high: at(4), opacity: 0.16 },
  ]
}

/** What the simulation says of a fall and of a loss, in words. */
export function breachText(outcome: SimulatedOutcome): string {
  const none = outcome.breaches.findIndex(({ probability }) => probability === 0)
  // What no path reaches, no path goes beyond.
  const told = none < 0 ? outcome.breaches : outcome.breaches.slice(0, none + 1)
  const falls = told.map(
    ({ drawdown, probability }) =>
      `${paths(probability, 'falls', 'fall')} deeper than ${percent(drawdown, { decimals: 0 })}`,
  )
  return `${[...falls, `${paths(outcome.lossProbability, 'ends', 'end')} below the start`].join('. ')}.`
}

/** "37 of 100 paths fall"; what rounds to none or to all of them says so. */
function paths(probability: number, one: string, many: string): string {
  const hundred = probability * 100
  if (hundred === 0) return `No path ${one}`
  if (hundred < 0.5) return `Fewer than 1 of 200 paths ${many}`
  if (hundred > 99.5) return `Nearly every path ${one}`
  return `${hundred < 10 ? Number(hundred.toFixed(1)) : Math.round(hundred)} of 100 paths ${many}`
}

export function cone(view: SimulationView, palette: Palette): Option {
  const places = bandPlaces(view)
  if (places === null) return house(palette)
  const bands = bandsOf(view, places)
  const middle = view.cone[places[2]!] ?? []
  const steps = middle.map((_, place) => String(place))
  const base = { type: 'line', stack: 'cone', showSymbol: false, silent: true, lineStyle: { width: 0 } } as const
  const low = bands[0]!.low
  const accent = palette.paint.accent
  return {
    ...house(palette),
    grid: { left: palette.isPhone ? 12 : 54, right: palette.isPhone ? 52 : 16, top: 12, bottom: 40 },
    xAxis: categoryAxis(palette, {
      data: steps,
      boundaryGap: false,
      axisLabel: { ...labelStyle(palette), interval: Math.max(1, Math.floor(view.horizon / 6)) - 1 },
      name: 'trading days from today',
      nameLocation: 'middle',
      nameGap: 24,
      nameTextStyle: { color: palette.paint.text3, fontSize: 11.5 },
    }),
    yAxis: valueAxis(palette, { format: (value) => percent(value - 1, { signed: true, decimals: 0 }) }),
    tooltip: tooltip(palette, {
      trigger: 'axis',
      formatter: (hits: readonly { readonly dataIndex: number }[]) => {
        const place = hits[0]?.dataIndex ?? 0
        const rows = [...view.quantiles.keys()].reverse().map((quantile) => ({
          name: `${ratio(view.quantiles[quantile]! * 100, 0)} % of paths below`,
          text: percent((view.cone[quantile]?.[place] ?? 1) - 1, { signed: true }),
        }))
        return tooltipRows(`Day ${place} of ${view.horizon}`, rows)
      },
    }),
    series: [
      { ...base, id: 'floor', data: low, areaStyle: { opacity: 0 }, tooltip: { show: false } },
      ...bands.map((band) => ({
        ...base,
        id: band.name,
        name: band.name,
        data: band.high.map((value, place) => value - band.low[place]!),
        itemStyle: { color: accent },
        areaStyle: { color: accent, opacity: band.opacity },
      })),
      {
        id: 'middle',
        type: 'line',
        data: middle,
        showSymbol: false,
        lineStyle: { color: palette.paint.text, width: 1.8 },
        itemStyle: { color: palette.paint.text },
        z: 5,
        markLine: levels(palette, 'y', [{ at: 1, colour: palette.paint.control, isDashed: false }]),
      },
    ],
  }
}
