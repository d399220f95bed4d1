/** The helm of a portfolio as its file has it, on paper and live: who starts disarmed, and with which part. */
import { createHelm, type Helm, type HelmOptions } from '../../live/helm/helm.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'

/** Of an account's number a dangerous command names so many last characters. */
export const SUFFIX_LENGTH = 4

export const suffixOf = (account: string): string => account.slice(-SUFFIX_LENGTH)

/** What the file does not say. */
type Given = Pick<HelmOptions, 'role' | 'isPaced' | 'isCaughtUp'> & { readonly accountNumber: string }

export function helmOf(
  { running }: Pick<LoadedPortfolio, 'running'>,
  { role, accountNumber, isPaced, isCaughtUp }: Given,
): Helm {
  return createHelm({
    role,
    accountSuffix: suffixOf(accountNumber),
    isPaced,
    freshness: running.stale,
    // On paper there is nothing to be careful with: all of it trades.
    startFraction: role === 'live' ? running.live.fraction : 1,
    ...(isCaughtUp === undefined ? {} : { isCaughtUp }),
  })
}
