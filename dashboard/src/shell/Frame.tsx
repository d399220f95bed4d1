import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import type { EngineView } from '../../../src/api/contract/overview.ts'
import type { SessionView } from '../../../src/api/contract/session.ts'
import { serverNow, useSecond } from '../data/clock.ts'
import { kept } from '../data/kept.ts'
import { useLive } from '../data/readings.ts'
import { engine } from '../data/socket.ts'
import { Boundary } from '../frame/Boundary.tsx'
import { type Overlay, openOverlay, overlay } from '../state/dialogs.ts'
import { preferences } from '../state/preferences.ts'
import { useStore } from '../state/store.ts'
import { exchangeIsIn, instantOf, moment, type ZoneChoice, zoneLabel, zoneOffset } from '../times.ts'
import { AttentionRow } from './AttentionRow.tsx'
import { KillBar, LostBar } from './Bars.tsx'
import { ArmDialog } from './dialogs/ArmDialog.tsx'
import { FlattenDialog } from './dialogs/FlattenDialog.tsx'
import { KillDialog } from './dialogs/KillDialog.tsx'
import { ProofDialog } from './dialogs/ProofDialog.tsx'
import { ReviveDialog } from './dialogs/ReviveDialog.tsx'
import { ExplainDrawer } from './ExplainDrawer.tsx'
import { FormulaList } from './FormulaList.tsx'
import { KeyList } from './KeyList.tsx'
import { useKeys } from './keys.ts'
import { Notices } from './Notices.tsx'
import { Palette } from './Palette.tsx'
import { TitleRow } from './TitleRow.tsx'
import { Tabs, TopBar } from './TopBar.tsx'

function OverlayShown({ shown }: { readonly shown: Overlay }): ReactNode {
  switch (shown.kind) {
    case 'kill':
      return <KillDialog />
    case 'revive':
      return <ReviveDialog />
    case 'arm':
      return <ArmDialog />
    case 'flatten':
      return <FlattenDialog sleeve={shown.sleeve} title={shown.title} />
    case 'palette':
      return <Palette />
    case 'keys':
      return <KeyList />
    case 'formulas':
      return <FormulaList key={shown.of?.label ?? ''} of={shown.of ?? null} />
    default:
      return shown satisfies never
  }
}

type Updates = Pick<EngineView, 'lastUpdate' | 'nextUpdate'>

/** When the figures were completed, and when they are next due: `Updated 12:03:10, next 12:04:00.` */
export function updatedText(view: Updates | null, zone: ZoneChoice, nowMs: number): string {
  if (view === null || view.lastUpdate === null) return ''
  const last = moment(view.lastUpdate, zone, nowMs)
  const next = instantOf(view.nextUpdate)
  // What is due is under way.
  return next === null || next < nowMs
    ? `Updated ${last}.`
    : `Updated ${last}, next ${moment(view.nextUpdate, zone, nowMs)}.`
}

function Updated(): ReactNode {
  const zone = useStore(preferences, (value) => value.zone)
  const text = updatedText(useStore(engine), zone, useSecond())
  return text === '' ? null : <span className="foot-updated">{text} </span>
}

function Foot(): ReactNode {
  const zone = useStore(preferences, (value) => value.zone)
  return (
    <footer className="foot">
      {kept === null && <Updated />}
      Figures are marked at the last price of each instrument. Times are {zoneLabel(zone)} (
      {zoneOffset(serverNow(), zone)}).
      {kept !== null && ` ${kept.about}`}{' '}
      <button type="button" className="link" onClick={() => openOverlay({ kind: 'formulas' })}>
        Formulas of all figures
      </button>
    </footer>
  )
}

export interface FrameProps {
  readonly session: SessionView
  readonly portfolio: string
  readonly children: ReactNode
}

/** What is around every page: bar, title, attention, and everything that opens over it. */
export function Frame({ session, portfolio, children }: FrameProps): ReactNode {
  useKeys()
  const { data: figures } = useLive('figures')
  const zone = figures?.zone ?? 'America/New_York'
  exchangeIsIn(zone)
  const shown = useStore(overlay)
  const [path] = useLocation()
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <TopBar session={session} />
      <KillBar />
      <LostBar />
      {/* Another zone: every time on the page is written anew. */}
      <main key={zone} id="main" tabIndex={-1}>
        <TitleRow session={session} portfolio={portfolio} />
        <AttentionRow session={session} />
        {portfolio === '' ? (
          <p className="nowhere">No portfolio has been run here yet.</p>
        ) : (
          <Boundary what="This page" resetBy={path}>
            {children}
          </Boundary>
        )}
        <Foot />
      </main>
      <Tabs isBottom />
      <ExplainDrawer />
      <Notices />
      {shown !== null && <OverlayShown shown={shown} />}
      <ProofDialog />
    </>
  )
}
