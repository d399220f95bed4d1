import { useMutation } from '@tanstack/react-query'
import type { AcknowledgeRequest, OpenAlert } from '../../../src/api/contract/alerting.ts'
import { notify } from '../state/notices.ts'
import { portfolioShown } from '../state/portfolio.ts'
import { ask, ofPortfolio } from './api.ts'
import { queries } from './client.ts'
import { kept } from './kept.ts'
import { usePortfolio, useReading } from './readings.ts'

const EVERY_MS = 10_000
const OPEN = 'alerts/open'
/** What the attention row says in one line of all entries that wait, and what each of them is told of as. */
const APPROVALS = { item: 'approvals', rule: 'approval_waiting' }

/** What goes on that somebody must know. A report in a file knows nothing of it. */
export function useOpenAlerts() {
  return useReading<readonly OpenAlert[]>(OPEN, {}, EVERY_MS, kept === null)
}

/** Says that somebody has seen them: nobody else is called, unless they grow worse. */
export function useAcknowledge() {
  const portfolio = usePortfolio()
  return useMutation({
    async mutationFn(seen: readonly AcknowledgeRequest[]) {
      for (const one of seen) await ask<OpenAlert>('POST', ofPortfolio(portfolio, 'alerts/acknowledge'), one)
    },
    onError: (error: Error) => notify({ tone: 'bad', text: `Not acknowledged: ${error.message}` }),
    onSettled: () => void queries.invalidateQueries({ queryKey: ['p', portfolioShown.get(), OPEN] }),
  })
}

/** The alerts that somebody is told by about what a line shows: by its number, or all that wait for an approval. */
export function alertsOf(id: string, open: readonly OpenAlert[]): readonly OpenAlert[] {
  if (id === APPROVALS.item) return open.filter(({ rule }) => rule === APPROVALS.rule)
  return open.filter((alert) => alert.id === id || (id.startsWith('gate ') && alert.id.startsWith(`${id} `)))
}

/** Who has seen all of them; null while one is left, and where nobody is told of any. */
export function seenBy(alerts: readonly OpenAlert[]): NonNullable<OpenAlert['acknowledged']> | null {
  const seen = alerts.map(({ acknowledged }) => acknowledged)
  return seen.every((one) => one !== null) ? (seen.at(-1) ?? null) : null
}
