import type { ReactNode } from 'react'
import type { Dated } from '../../../../src/api/contract/answers.ts'
import type { EngineView } from '../../../../src/api/contract/overview.ts'
import type { DiscrepancyRow } from '../../../../src/api/contract/trading.ts'
import { useReading } from '../../data/readings.ts'
import { engine } from '../../data/socket.ts'
import { Icon } from '../../frame/Icon.tsx'
import { useStore } from '../../state/store.ts'

export interface Check {
  readonly text: string
  readonly isMet: boolean
}

const PRICES_OLD_MS = 60_000

/** What must hold before orders may leave: books agree, prices are fresh, the fate of every order is known. */
export function checksOf(view: EngineView | null, open: number | null): readonly Check[] {
  const age = view?.dataAge ?? null
  const unknown = view?.unknownOrders ?? 0
  return [
    { text: 'The engine runs', isMet: view?.running === true },
    {
      text:
        open === null
          ? 'Books are compared with the broker'
          : open === 0
            ? 'Books agree with the broker'
            : `${open} differences from the broker are open`,
      isMet: open === 0,
    },
    {
      text: age === null || age <= PRICES_OLD_MS ? 'Prices are fresh' : 'Prices are late',
      isMet: age === null || age <= PRICES_OLD_MS,
    },
    { text: unknown === 0 ? 'No order is in doubt' : `${unknown} orders are in doubt`, isMet: unknown === 0 },
  ]
}

export function useChecks(): readonly Check[] {
  const view = useStore(engine)
  const { data } = useReading<Dated<readonly DiscrepancyRow[]>>('discrepancies')
  const rows = data === undefined ? null : data.data.filter(({ state }) => state === 'open').length
  return checksOf(view, rows)
}

export function Checklist({ checks }: { readonly checks: readonly Check[] }): ReactNode {
  return (
    <ul className="checklist">
      {checks.map(({ text, isMet }) => (
        <li key={text} className={isMet ? 'pos' : 'warn'}>
          <Icon name={isMet ? 'check' : 'alert'} />
          <span>{text}</span>
        </li>
      ))}
    </ul>
  )
}
