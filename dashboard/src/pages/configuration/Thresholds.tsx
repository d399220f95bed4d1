import type { ReactNode } from 'react'
import { Link, useSearch } from 'wouter'
import { carriedSearch } from '../../state/url.ts'
import { ChangesPanel } from './ChangesPanel.tsx'
import { SectionForm } from './SectionForm.tsx'

/** From which figure on somebody is told: of correlations, and of each limit by what is done about it. */
export function Thresholds(): ReactNode {
  const carried = carriedSearch(useSearch())
  return (
    <>
      <div className="config-main desk-only-block">
        <SectionForm
          title="Thresholds of correlations"
          unit="fractions; you are told, nothing is sold"
          section={['violations', 'correlation']}
        />
        <SectionForm
          title="Thresholds of limits"
          unit="alert_only: you are told, nothing is sold"
          section={['violations', 'rules']}
          controls={
            <Link className="button button-small" href={`/config/limits${carried}`}>
              Change the figures
            </Link>
          }
        />
      </div>
      <ChangesPanel />
    </>
  )
}
