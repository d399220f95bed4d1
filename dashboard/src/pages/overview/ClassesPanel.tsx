import { PieChart } from 'echarts/charts'
import { type ReactNode, useCallback } from 'react'
import type { ExposureRow, ExposureView } from '../../../../src/api/contract/overview.ts'
import { Chart } from '../../charts/Chart.tsx'
import { use } from '../../charts/engine.ts'
import { houseBase, houseTooltip, tooltipHtml } from '../../charts/house.ts'
import { classToken, type Paint } from '../../charts/paint.ts'
import { useAmounts } from '../../data/amounts.ts'
import { useLive } from '../../data/readings.ts'
import { numberOf, percent } from '../../format.ts'
import { type Column, DataTable } from '../../frame/DataTable.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { Segments } from '../../frame/Segments.tsx'
import { useParameter } from '../../state/url.ts'

use([PieChart])

const SLICES_MAX = 6

/** `equity` reads `Equity`; names of sectors stay as they are. */
function shownName(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** Six slices at most: what is smaller is one slice of its own, so that the parts add up. */
export function slicesOf(rows: readonly ExposureRow[]): readonly { readonly name: string; readonly weight: number }[] {
  const all = rows.map(({ name, weight }) => ({ name, weight: weight ?? 0 })).filter(({ weight }) => weight > 0)
  if (all.length <= SLICES_MAX) return all
  const kept = all.slice(0, SLICES_MAX - 1)
  const rest = all.slice(SLICES_MAX - 1)
  return [...kept, { name: 'Smaller ones', weight: rest.reduce((sum, { weight }) => sum + weight, 0) }]
}

interface DonutProps {
  readonly title: string
  readonly rows: readonly ExposureRow[]
  readonly onPick: (name: string) => void
}

function Donut({ title, rows, onPick }: DonutProps): ReactNode {
  const slices = slicesOf(rows)
  const key = JSON.stringify(slices)
  const total = slices.reduce((sum, { weight }) => sum + weight, 0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the slices follow from their text, which is stable
  const option = useCallback(
    (paint: Paint) => ({
      ...houseBase(paint),
      tooltip: {
        ...houseTooltip(paint),
        trigger: 'item',
        formatter: (params: { readonly name: string; readonly value: number }) =>
          tooltipHtml(paint, shownName(params.name), [{ name: 'of value', text: percent(params.value), value: 0 }]),
      },
      series: [
        {
          type: 'pie',
          id: 'classes',
          radius: ['60%', '90%'],
          padAngle: 1.5,
          itemStyle: { borderRadius: 3 },
          label: {
            show: true,
            position: 'center',
            formatter: () => `{a|${percent(total, { decimals: 0 })}}\n{b|of value}`,
            rich: {
              a: { fontSize: 24, fontWeight: 600, color: paint.text, fontFamily: paint.font, lineHeight: 30 },
              b: { fontSize: 12, color: paint.text3, fontFamily: paint.font, lineHeight: 18 },
            },
          },
          labelLine: { show: false },
          emphasis: { scale: false, label: { show: true } },
          data: slices.map(({ name, weight }, place) => ({
            name,
            value: weight,
            itemStyle: { color: paint.rank(place) },
          })),
        },
      ],
    }),
    [key, total],
  )
  const words = slices.map(({ name, weight }) => `${shownName(name)} ${percent(weight)}`)
  return (
    <Chart
      className="donut"
      name={`${title}, donut of gross exposure as part of value. ${words.join(', ')}.`}
      option={option}
      cursor={{ length: slices.length, describe: (index) => `${words[index]} of value` }}
      onClick={({ name }) => onPick(name)}
    />
  )
}

function Table({
  rows,
  by,
  picked,
  onPick,
}: {
  readonly rows: readonly ExposureRow[]
  readonly by: string
  readonly picked: string
  readonly onPick: (name: string) => void
}): ReactNode {
  const amounts = useAmounts()
  const places = new Map(rows.map(({ name }, place) => [name, place]))
  const columns: readonly Column<ExposureRow>[] = [
    {
      key: 'name',
      title: by === 'sector' ? 'Sector' : 'Class',
      align: 'left',
      isHead: true,
      width: '40%',
      cell: ({ name }) => (
        <span className={`named ${name === picked ? 'strong' : 'plain-weight'}`}>
          <i className="swatch" style={{ background: `var(${classToken(places.get(name) ?? 0)})` }} />
          <span>{shownName(name)}</span>
        </span>
      ),
    },
    {
      key: 'weight',
      title: 'Of value',
      cell: ({ weight, gross }) => <span title={amounts.money(gross)}>{percent(weight, { decimals: 1 })}</span>,
    },
    {
      key: 'limit',
      title: 'Limit',
      width: '64px',
      cell: ({ limit }) => <span className="quiet">{limit === null ? '' : percent(limit, { decimals: 0 })}</span>,
    },
    {
      key: 'use',
      title: 'Used',
      align: 'left',
      isWide: true,
      cell: ({ use: used }) =>
        used === null ? null : (
          <span
            className="meter meter-row"
            role="img"
            aria-label={`${percent(used, { decimals: 0 })} of the limit used`}
          >
            <i
              className={used > 1 ? 'meter-over' : used > 0.9 ? 'meter-near' : ''}
              style={{ width: `${Math.min(1, used) * 100}%` }}
            />
          </span>
        ),
    },
  ]
  return (
    <DataTable
      label={by === 'sector' ? 'Sectors' : 'Asset classes'}
      columns={columns}
      rows={rows}
      rowKey={({ name }) => name}
      onOpen={({ name }) => onPick(name)}
      isDense
    />
  )
}

/** What the portfolio is in, by class or by sector, against the limits; a slice filters the positions. */
export function ClassesPanel(): ReactNode {
  const source = useLive('exposures')
  const [by, setBy] = useParameter('by', 'class', ['class', 'sector'])
  const [picked, setPicked] = useParameter('slice', '')
  const title = by === 'sector' ? 'Sectors' : 'Asset classes'
  const rowsOf = (view: ExposureView): readonly ExposureRow[] => (by === 'sector' ? view.sectors : view.classes)
  const pick = (name: string): void => setPicked(name === picked ? null : name)
  return (
    <Panel
      title={title}
      unit="gross, part of value"
      span={4}
      className="classes"
      source={source}
      empty={(view) =>
        numberOf(view.gross) === 0 || rowsOf(view).length === 0 ? { text: 'No position is open.' } : null
      }
      controls={
        <Segments
          label="Exposure by"
          isSmall
          options={[
            ['class', 'Class'],
            ['sector', 'Sector'],
          ]}
          value={by}
          onChange={(next) => {
            setBy(next)
            setPicked(null)
          }}
        />
      }
    >
      {(view) => (
        <>
          <Donut title={title} rows={rowsOf(view)} onPick={pick} />
          <Table rows={rowsOf(view)} by={by} picked={picked} onPick={pick} />
        </>
      )}
    </Panel>
  )
}
