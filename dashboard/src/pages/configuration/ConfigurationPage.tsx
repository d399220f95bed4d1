import './configuration.css'
import type { ReactNode } from 'react'
import { Link, Redirect, useParams, useSearch } from 'wouter'
import { useLive } from '../../data/readings.ts'
import { CONFIG_TABS, type ConfigTab } from '../../shell/config-tabs.ts'
import { carriedSearch } from '../../state/url.ts'
import { AlertsTab } from './AlertsTab.tsx'
import { AllocationTab } from './AllocationTab.tsx'
import { ApprovalsTab } from './ApprovalsTab.tsx'
import { AuditTab } from './AuditTab.tsx'
import { ControlPanel } from './ControlPanel.tsx'
import { CheckedDraft } from './checked.tsx'
import { ExportsTab } from './ExportsTab.tsx'
import { LimitsTab } from './LimitsTab.tsx'
import { RebalancingTab } from './RebalancingTab.tsx'
import { SleevesTab } from './SleevesTab.tsx'
import { UsersTab } from './UsersTab.tsx'

/** What a phone offers: pausing and approving; the rest wants room. */
const ON_PHONES: readonly ConfigTab[] = ['sleeves', 'approvals']

const TABS: Readonly<Record<ConfigTab, () => ReactNode>> = {
  sleeves: SleevesTab,
  allocation: AllocationTab,
  limits: LimitsTab,
  rebalancing: RebalancingTab,
  approvals: ApprovalsTab,
  alerts: AlertsTab,
  exports: ExportsTab,
  users: UsersTab,
  audit: AuditTab,
}

function TabLinks({ current }: { readonly current: ConfigTab }): ReactNode {
  const carried = carriedSearch(useSearch())
  const { data } = useLive('approvals')
  const waiting = (data ?? []).filter(({ state }) => state === 'asked').length
  return (
    <nav className="config-tabs" aria-label="Configuration">
      {CONFIG_TABS.map(({ tab, title }) => (
        <Link
          key={tab}
          href={`/config/${tab}${carried}`}
          className={ON_PHONES.includes(tab) ? '' : 'desk-only'}
          aria-current={tab === current ? 'page' : undefined}
        >
          {title}
          {tab === 'approvals' && waiting > 0 && ` (${waiting})`}
        </Link>
      ))}
    </nav>
  )
}

export function ConfigurationPage(): ReactNode {
  const { tab } = useParams<{ tab?: string }>()
  const search = useSearch()
  const known = CONFIG_TABS.find((candidate) => candidate.tab === tab)
  if (known === undefined) return <Redirect to={`/config/sleeves${carriedSearch(search)}`} replace />
  const Shown = TABS[known.tab]
  return (
    <>
      <div className="grid">
        <ControlPanel />
      </div>
      <TabLinks current={known.tab} />
      {!ON_PHONES.includes(known.tab) && (
        <p className="phone-only second">{known.title} wants more room: open it on a wider screen.</p>
      )}
      <div className={`grid ${ON_PHONES.includes(known.tab) ? '' : 'desk-only-grid'}`}>
        <CheckedDraft>
          <Shown />
        </CheckedDraft>
      </div>
    </>
  )
}
