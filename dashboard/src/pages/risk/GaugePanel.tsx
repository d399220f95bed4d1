import { type ReactNode, useCallback } from 'react'
import { Link, useSearch } from 'wouter'
import type { Gauge } from '../../../../src/api/contract/risk-page.ts'
import { Chart } from '../../charts/Chart.tsx'
import { bandOf, gauge, scaleOf } from '../../charts/gauge.ts'
import { usePalette } from '../../charts/use-palette.ts'
import type { Source } from '../../data/source.ts'
import { percent } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { Undefined } from '../../frame/Signed.tsx'
import { PlainTable } from '../../panels/PlainTable.tsx'
import { carriedSearch } from '../../state/url.ts'

export interface GaugePanelProps {
  readonly title: string
  readonly unit: string
  readonly source: Source<GaugeReading>
  readonly format: (value: number | null) => string
}

/** A figure against its limit, and what else is said of it. */
export interface GaugeReading {
  readonly gauge: Gauge
  /** Figures of the same kind: net leverage, volatility over other windows. */
  readonly others: readonly { readonly name: string; readonly value: number | null }[]
  /** Why the figure is not defined; empty where it is. */
  readonly why: string
}

const BAND_WORDS = { calm: '', near: ', near its limit', beyond: ', above its limit' } as const

function GaugeFigure({
  reading,
  format,
}: {
  readonly reading: GaugeReading
  readonly format: GaugePanelProps['format']
}): ReactNode {
  const { value, limit, use, target } = reading.gauge
  const band = bandOf(use)
  const search = useSearch()
  return (
    <div className="gauge-figure">
      <p className={`gauge-value ${band === 'calm' ? '' : band === 'near' ? 'warn' : 'neg'}`}>
        {value === null ? <Undefined why={reading.why} /> : format(value)}
      </p>
      <p className="gauge-limit">
        {limit === null ? (
          'no limit set'
        ) : (
          <Link href={`/config/limits${carriedSearch(search)}`}>
            {`${use === null ? '' : `${percent(use, { decimals: 0 })} of `}limit ${format(limit)}`}
          </Link>
        )}
      </p>
      {target !== null && <p>{`aims at ${format(target)}`}</p>}
      {reading.others.map((other) => (
        <p key={other.name}>{`${other.name} ${format(other.value)}`}</p>
      ))}
    </div>
  )
}

/** On a phone the half circle is a bar. */
function GaugeBar({ reading }: { readonly reading: GaugeReading }): ReactNode {
  const { value, limit, use } = reading.gauge
  if (limit === null) return null
  const end = scaleOf(reading.gauge)
  const part = (figure: number): string => `${Math.min(100, (figure / end) * 100)}%`
  const band = bandOf(use)
  return (
    <span className="meter gauge-bar" aria-hidden="true">
      <i
        className={band === 'calm' ? '' : band === 'near' ? 'meter-near' : 'meter-over'}
        style={{ width: part(value ?? 0) }}
      />
      <b style={{ left: part(limit) }} />
    </span>
  )
}

function GaugeBody({
  title,
  reading,
  format,
}: {
  readonly title: string
  readonly reading: GaugeReading
  readonly format: GaugePanelProps['format']
}): ReactNode {
  const palette = usePalette()
  const option = useCallback(() => gauge(reading.gauge, palette), [reading, palette])
  const { value, limit, use } = reading.gauge
  const against = limit === null ? 'no limit' : `limit ${format(limit)}`
  return (
    <div className="gauge">
      <Chart
        className="gauge-dial"
        option={option}
        name={`${title}, gauge. ${format(value)}, ${against}${BAND_WORDS[bandOf(use)]}.`}
      />
      <GaugeBar reading={reading} />
      <GaugeFigure reading={reading} format={format} />
    </div>
  )
}

/** A gauge against its limit; the limit leads to where it is set. */
export function GaugePanel({ title, unit, source, format }: GaugePanelProps): ReactNode {
  return (
    <Panel
      title={title}
      unit={unit}
      span={3}
      keepsSpan
      height={168}
      source={source}
      skeleton="figures"
      table={({ gauge: { value, limit, use, target }, others }) => (
        <PlainTable
          label={title}
          columns={[{ title: 'Figure' }, { title: 'Value' }]}
          rows={[
            { key: 'value', cells: [unit, format(value)] },
            ...others.map((other) => ({ key: other.name, cells: [other.name, format(other.value)] })),
            { key: 'limit', cells: ['limit', limit === null ? 'none' : format(limit)] },
            { key: 'use', cells: ['used', percent(use, { decimals: 0 })] },
            ...(target === null ? [] : [{ key: 'target', cells: ['target', format(target)] }]),
          ]}
        />
      )}
    >
      {(reading) => <GaugeBody title={title} reading={reading} format={format} />}
    </Panel>
  )
}
