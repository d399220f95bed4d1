import { type UseQueryResult, useMutation } from '@tanstack/react-query'
import type {
  AlertChannelChange,
  AlertChannelView,
  AlertDeliveryRow,
  AlertRuleView,
  AlertThresholdView,
  ChannelKind,
  ChannelTest,
} from '../../../../src/api/contract/alerting.ts'
import type { Page } from '../../../../src/api/contract/answers.ts'
import { ask, ofPortfolio } from '../../data/api.ts'
import { queries } from '../../data/client.ts'
import { withProof } from '../../data/commands.ts'
import { usePortfolio, useReading } from '../../data/readings.ts'
import { notify } from '../../state/notices.ts'
import { portfolioShown } from '../../state/portfolio.ts'

const EVERY_MS = 10_000

export function useChannels(): UseQueryResult<readonly AlertChannelView[]> {
  return useReading('alert-channels')
}

export function useRules(): UseQueryResult<readonly AlertRuleView[]> {
  return useReading('alert-rules')
}

export function useThresholds(): UseQueryResult<readonly AlertThresholdView[]> {
  return useReading('alert-thresholds')
}

export function useSaveThresholds() {
  const portfolio = usePortfolio()
  return useMutation({
    mutationFn: (thresholds: readonly AlertThresholdView[]) =>
      withProof('Changing alert thresholds', () =>
        ask<readonly AlertThresholdView[]>('PUT', ofPortfolio(portfolio, 'alert-thresholds'), thresholds),
      ),
    ...told('Alert thresholds'),
  })
}

export function useDeliveries(): UseQueryResult<Page<AlertDeliveryRow>> {
  return useReading('alert-deliveries', { limit: 50 }, EVERY_MS)
}

function refresh(): void {
  void queries.invalidateQueries({ queryKey: ['p', portfolioShown.get()] })
}

function told(what: string): { onError: (error: Error) => void; onSuccess: (result: unknown) => void } {
  return {
    onError: (error) => void notify({ tone: 'bad', text: `${what}: ${error.message}`, lasts: null }),
    onSuccess(result) {
      if (result === null) return
      notify({ tone: 'good', text: `${what}: saved.` })
      refresh()
    },
  }
}

export function useSaveRules() {
  const portfolio = usePortfolio()
  return useMutation({
    mutationFn: (rules: readonly AlertRuleView[]) =>
      withProof('Changing alert rules', () =>
        ask<readonly AlertRuleView[]>('PUT', ofPortfolio(portfolio, 'alert-rules'), rules),
      ),
    ...told('Alert rules'),
  })
}

export function useSaveChannel() {
  const portfolio = usePortfolio()
  return useMutation({
    mutationFn: (channel: AlertChannelChange) =>
      withProof('Changing a channel', () =>
        ask<AlertChannelView>('PUT', ofPortfolio(portfolio, 'alert-channels'), channel),
      ),
    ...told('Channel'),
  })
}

export function useRemoveChannel() {
  const portfolio = usePortfolio()
  return useMutation({
    mutationFn: (id: string) =>
      withProof('Removing a channel', () =>
        ask('DELETE', ofPortfolio(portfolio, `alert-channels/${encodeURIComponent(id)}`)),
      ),
    ...told('Channel'),
  })
}

export function useTestChannel() {
  const portfolio = usePortfolio()
  return useMutation({
    mutationFn: (id: string) =>
      ask<ChannelTest>('POST', ofPortfolio(portfolio, `alert-channels/${encodeURIComponent(id)}/test`)),
    onSettled: refresh,
  })
}

/** What each kind of channel wants to know; secrets are written and never read back. */
export const CHANNEL_FIELDS: Readonly<
  Record<ChannelKind, { readonly settings: readonly string[]; readonly secrets: readonly string[] }>
> = {
  email: { settings: ['host', 'port', 'security', 'user', 'from', 'to'], secrets: ['password'] },
  sms: { settings: ['account', 'from', 'to'], secrets: ['token'] },
  slack: { settings: [], secrets: ['url'] },
  discord: { settings: [], secrets: ['url'] },
  pagerduty: { settings: [], secrets: ['key'] },
  telegram: { settings: ['chat'], secrets: ['token'] },
  webhook: { settings: ['url'], secrets: ['secret'] },
}

export const CHANNEL_NAMES: Readonly<Record<ChannelKind, string>> = {
  email: 'Email',
  sms: 'SMS (Twilio)',
  slack: 'Slack',
  discord: 'Discord',
  pagerduty: 'PagerDuty',
  telegram: 'Telegram',
  webhook: 'Webhook',
}
