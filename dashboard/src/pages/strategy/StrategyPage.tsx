import './kinds.ts'
import '../../panels/panels.css'
import './strategy.css'
import { type ReactNode, useState } from 'react'
import { Redirect, useParams, useSearch } from 'wouter'
import { useLive, useSleevePage } from '../../data/readings.ts'
import { panelPart, part } from '../../data/source.ts'
import { ViolationsPanel } from '../../panels/ViolationsPanel.tsx'
import { carriedSearch, useParameter } from '../../state/url.ts'
import { EquityPanel } from './EquityPanel.tsx'
import { HeadPanel } from './HeadPanel.tsx'
import { MetricsStrip } from './MetricsStrip.tsx'
import { type NoteSubject, NotesPanel } from './NotesPanel.tsx'
import { ParametersPanel } from './ParametersPanel.tsx'
import { PositionsPanel } from './PositionsPanel.tsx'
import { PricePanel } from './PricePanel.tsx'
import { TradesPanel } from './TradesPanel.tsx'

/** One strategy as a page. */
export function Strategy({ sleeve }: { readonly sleeve: string }): ReactNode {
  const [instrument, setInstrument] = useParameter('instrument', '')
  const source = useSleevePage(sleeve, instrument)
  const rows = useLive('sleeves').data?.rows ?? []
  const title = rows.find((row) => row.sleeve === sleeve)?.title ?? source.data?.title ?? sleeve
  const [asked, setAsked] = useState<NoteSubject | null>(null)
  return (
    <div className="grid strategy-page">
      <HeadPanel sleeve={sleeve} rows={rows} />
      <MetricsStrip source={part(source, ({ figures }) => figures)} />
      <EquityPanel source={panelPart(source, ({ equity }) => equity)} sleeve={sleeve} />
      <ParametersPanel source={panelPart(source, ({ parameters }) => parameters)} />
      <PricePanel source={panelPart(source, ({ prices }) => prices)} onInstrument={setInstrument} />
      <PositionsPanel
        source={panelPart(source, ({ positions }) => positions)}
        onNote={(held) => setAsked({ about: 'position', subject: `${sleeve}/${held}`, title: held })}
      />
      <NotesPanel sleeve={sleeve} title={title} asked={asked} onAsked={setAsked} />
      <TradesPanel
        sleeve={sleeve}
        onNote={(trade) =>
          setAsked({ about: 'trade', subject: trade.id, title: `${trade.symbol} closed ${trade.exitDate}` })
        }
      />
      <ViolationsPanel sleeve={sleeve} />
    </div>
  )
}

/** One strategy: what it earned, what it saw and did, what it holds and why as much. */
export function StrategyPage(): ReactNode {
  const { sleeve } = useParams<{ readonly sleeve?: string }>()
  const search = useSearch()
  const rows = useLive('sleeves').data?.rows
  if (sleeve !== undefined) return <Strategy key={sleeve} sleeve={decodeURIComponent(sleeve)} />
  const first = rows?.find((row) => row.strategy !== null) ?? rows?.[0]
  if (first === undefined) return <div className="page-wait" aria-busy="true" />
  return <Redirect to={`/strategy/${encodeURIComponent(first.sleeve)}${carriedSearch(search)}`} replace />
}
