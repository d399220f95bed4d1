import type { RiskPart } from '../../../src/api/contract/risk-page.ts'
import { percent } from '../format.ts'
import { house, type Option, type Palette, tooltip, tooltipRows } from './palette.ts'

/** Who carries the risk: the parts of the book's volatility, or of its expected shortfall, in the colours of the sleeves. */

export interface RiskSlice {
  readonly name: string
  readonly title: string
  /** Of the whole; negative where the sleeve takes risk away. */
  readonly share: number
  readonly component: number
  readonly weight: number | null
}

export type RiskMeasure = 'volatility' | 'cvar'

/** The parts and their shares; those of the volatility add up to 1, those of the shortfall are taken of their sum. */
export function riskSlices(parts: readonly RiskPart[], measure: RiskMeasure): readonly RiskSlice[] {
  const components = parts.map((part) =>
    measure === 'volatility' ? part.component : (part.cvarComponent.historical['95'] ?? null),
  )
  const sum = components.reduce<number>((whole, component) => whole + (component ?? 0), 0)
  return parts.flatMap((part, place) => {
    const component = components[place] ?? null
    if (component === null || sum === 0) return []
    const share = measure === 'volatility' ? (part.share ?? component / sum) : component / sum
    return [{ name: part.name, title: part.title, share, component, weight: part.weight }]
  })
}

/** Parts that take risk away cannot be slices: the picture shows the others, the bars beside it show all. */
export function riskDonut(
  slices: readonly RiskSlice[],
  middle: { readonly figure: string; readonly what: string },
  palette: Palette,
): Option {
  const text = (size: number, color: string) => ({ fontSize: size, color, fontFamily: palette.paint.font })
  return {
    ...house(palette),
    tooltip: tooltip(palette, {
      trigger: 'item',
      formatter: (hit: { readonly dataIndex: number }) => {
        const slice = slices.filter((each) => each.share > 0)[hit.dataIndex]
        return slice === undefined
          ? ''
          : tooltipRows(slice.title, [
              { name: 'Share of risk', text: percent(slice.share, { decimals: 1 }), isStrong: true },
              { name: 'Component', text: percent(slice.component) },
              { name: 'Share of value', text: percent(slice.weight, { decimals: 1 }) },
            ])
      },
    }),
    series: [
      {
        type: 'pie',
        radius: ['62%', '92%'],
        padAngle: 1.5,
        itemStyle: { borderRadius: 3 },
        labelLine: { show: false },
        label: {
          show: true,
          position: 'center',
          formatter: `{figure|${middle.figure}}\n{what|${middle.what}}`,
          rich: {
            figure: { ...text(20, palette.paint.text), fontWeight: 600, lineHeight: 26 },
            what: { ...text(11.5, palette.paint.text3), lineHeight: 16 },
          },
        },
        emphasis: { scale: false, label: { show: true } },
        data: slices
          .filter((slice) => slice.share > 0)
          .map((slice) => ({
            name: slice.title,
            value: slice.share,
            itemStyle: { color: palette.strokeOf(slice.name).colour },
          })),
      },
    ],
  }
}
