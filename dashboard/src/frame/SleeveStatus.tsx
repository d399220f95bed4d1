import type { ReactNode } from 'react'
import type { SleeveRow } from '../../../src/api/contract/overview.ts'
import { Icon, type IconName } from './Icon.tsx'

const STATUS: Readonly<
  Record<SleeveRow['status'], { readonly text: string; readonly icon: IconName; readonly tone: string }>
> = {
  active: { text: 'Active', icon: 'dot', tone: 'status-ok' },
  paused: { text: 'Paused', icon: 'pause', tone: '' },
  halted: { text: 'Halted', icon: 'refuse', tone: 'status-warn' },
  reduced: { text: 'Reduced', icon: 'down', tone: 'status-warn' },
  reserve: { text: 'Uninvested', icon: 'dot', tone: 'status-none' },
}

/** Whether a sleeve takes new positions, as a sign and a word; the reason beside it. */
export function SleeveStatusText({ status, reason }: Pick<SleeveRow, 'status' | 'reason'>): ReactNode {
  const { text, icon, tone } = STATUS[status]
  return (
    <span className={`status ${tone}`} title={reason}>
      {status !== 'reserve' && <Icon name={icon} />}
      {text}
      {reason !== '' && <span className="only-heard">: {reason}</span>}
    </span>
  )
}
