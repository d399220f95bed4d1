import './overview.css'
import type { ReactNode } from 'react'
import { ActivityPanel } from './ActivityPanel.tsx'
import { ClassesPanel } from './ClassesPanel.tsx'
import { EquityPanel } from './EquityPanel.tsx'
import { KeyFigures } from './KeyFigures.tsx'
import { PositionsPanel } from './PositionsPanel.tsx'
import { SleevesPanel } from './SleevesPanel.tsx'

export function OverviewPage(): ReactNode {
  return (
    <div className="grid">
      <KeyFigures />
      <EquityPanel />
      <ActivityPanel />
      <SleevesPanel />
      <PositionsPanel />
      <ClassesPanel />
    </div>
  )
}
