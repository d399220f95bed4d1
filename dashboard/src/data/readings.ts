import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import type { Analysis } from '../../../src/api/contract/analysis.ts'
import type { Dated, Page } from '../../../src/api/contract/answers.ts'
import type { BacktestBeside, BacktestChoice } from '../../../src/api/contract/beside.ts'
import type { ExplainView } from '../../../src/api/contract/explain.ts'
import type {
  Attention,
  EquityCurve,
  ExposureView,
  Figures,
  PositionTable,
  SleeveTable,
} from '../../../src/api/contract/overview.ts'
import type { PerformancePage } from '../../../src/api/contract/performance-page.ts'
import type { PairReturns, RiskPage } from '../../../src/api/contract/risk-page.ts'
import type { SleevePage } from '../../../src/api/contract/sleeve-page.ts'
import type { ApprovalRow, LimitUse, RebalancingRow } from '../../../src/api/contract/trading.ts'
import { portfolioShown } from '../state/portfolio.ts'
import { useStore } from '../state/store.ts'
import { ask, ofPortfolio, queryOf } from './api.ts'
import { retryHeavy } from './client.ts'
import { kept } from './kept.ts'
import { analysed, dated, plain, type Source } from './source.ts'

/** Live readings by the last part of their address. */
export interface Readings {
  readonly figures: Figures
  readonly equity: EquityCurve
  readonly sleeves: SleeveTable
  readonly positions: PositionTable
  readonly exposures: ExposureView
  readonly attention: Attention
  readonly limits: readonly LimitUse[]
  readonly approvals: readonly ApprovalRow[]
  readonly rebalancings: Page<RebalancingRow>
}
/** What is computed of the whole journal. */
export interface Analyses {
  readonly risk: RiskPage
  readonly performance: PerformancePage
  readonly 'risk/pair': PairReturns
}

export type Query = Readonly<Record<string, string | number | null | undefined>>

/** Key of a reading in the cache; the push channel writes under the same. */
export function readingKey(portfolio: string, what: string, query: Query = {}): readonly unknown[] {
  return ['p', portfolio, what, query]
}

/** The portfolio that the pages show. */
export function usePortfolio(): string {
  return useStore(portfolioShown)
}

/** Any address below the portfolio, kept under its name and query. */
export function useReading<T>(what: string, query: Query = {}, every?: number, isAsked = true): UseQueryResult<T> {
  const portfolio = usePortfolio()
  return useQuery({
    queryKey: readingKey(portfolio, what, query),
    queryFn: ({ signal }) => ask<T>('GET', ofPortfolio(portfolio, `${what}${queryOf(query)}`), undefined, signal),
    enabled: portfolio !== '' && isAsked,
    // Until an answer is there the last one stands, never that of another portfolio.
    placeholderData: (before, query) => (query?.queryKey[1] === portfolio ? before : undefined),
    ...(every === undefined ? {} : { refetchInterval: every }),
  })
}

/**
 * A live reading as a panel's source: `useLive('figures')`.
 * @param isAsked false while what the query depends on is not known yet
 */
export function useLive<K extends keyof Readings>(what: K, query: Query = {}, isAsked = true): Source<Readings[K]> {
  return dated(useReading<Dated<Readings[K]>>(what, query, undefined, isAsked))
}

/** How an order or a wish came about, as a panel's source: the journal is played again for it. */
export function useExplained(what: string): Source<ExplainView> {
  const portfolio = usePortfolio()
  return plain(
    useQuery({
      queryKey: readingKey(portfolio, what),
      queryFn: ({ signal }) => ask<ExplainView>('GET', ofPortfolio(portfolio, what), undefined, signal),
      enabled: portfolio !== '',
      retry: retryHeavy,
    }),
  )
}

const ANALYSIS_EVERY_MS = 30_000

/** An analysis as a panel's source: `useAnalysis('risk', { window: 60 })`. */
export function useAnalysis<K extends keyof Analyses>(what: K, query: Query = {}): Source<Analyses[K]> {
  return analysed(useReading<Analysis<Analyses[K]>>(`analysis/${what}`, query, ANALYSIS_EVERY_MS))
}

const BACKTESTS_EVERY_MS = 60_000

/** Backtests that can be seen beside the portfolio; none where the server keeps none. */
export function useBacktests(): readonly BacktestChoice[] {
  return useReading<readonly BacktestChoice[]>('backtests', {}, BACKTESTS_EVERY_MS, kept === null).data ?? []
}

/** One of them beside the portfolio; null while none is chosen, or it is not there. */
export function useBacktest(name: string): BacktestBeside | null {
  const { data } = useReading<BacktestBeside>(
    `backtests/${encodeURIComponent(name)}`,
    {},
    ANALYSIS_EVERY_MS,
    kept === null && name !== '',
  )
  return data?.name === name ? data : null
}

/** A sleeve's own page; what was read of another sleeve is never shown as this one's. */
export function useSleevePage(sleeve: string, instrument = ''): Source<SleevePage> {
  const address = `analysis/sleeves/${encodeURIComponent(sleeve)}`
  const source = analysed(useReading<Analysis<SleevePage>>(address, { instrument }, ANALYSIS_EVERY_MS))
  if (source.data === null || source.data.name === sleeve) return source
  return { ...source, data: null, asOf: null, isLoading: source.error === null }
}
