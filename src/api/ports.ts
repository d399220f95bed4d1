/** What the API is handed by whoever starts it. A port that is null is not there: its routes are not there either. */
import type { Access } from '../domain/access.ts'
import type { PortfolioConfig } from '../domain/config.ts'
import type { Control, Heartbeat } from '../domain/control.ts'
import type { Notes } from '../domain/notes.ts'
import type { Paging } from '../domain/paging.ts'
import type { Sessions } from '../domain/sessions.ts'
import type { JournalExtent, OrderReads, Projections } from '../domain/store.ts'
import type { TradeDate } from '../domain/units.ts'
import type { Reaction, ViolationKind } from '../domain/violations.ts'
import type {
  AlertChannelChange,
  AlertChannelView,
  AlertDeliveryRow,
  AlertRuleView,
  AlertThresholdView,
  ChannelTest,
  OpenAlert,
} from './contract/alerting.ts'
import type { Analysis } from './contract/analysis.ts'
import type { Page } from './contract/answers.ts'
import type { BacktestBeside, BacktestChoice } from './contract/beside.ts'
import type {
  ConfigurationCheck,
  ConfigurationDraft,
  ConfigurationSave,
  ConfigurationText,
  ConfigurationView,
} from './contract/configuration.ts'
import type { ExplainView } from './contract/explain.ts'
import type { JobRequest, JobView } from './contract/jobs.ts'
import type { PerformancePage } from './contract/performance-page.ts'
import type { PortfolioFigures, BacktestReport as ReportView } from './contract/report.ts'
import type { PairReturns, RiskPage } from './contract/risk-page.ts'
import type { SleevePage } from './contract/sleeve-page.ts'

/** The store, as far as the API reads and writes it. */
export interface ApiStore {
  extents(): Promise<readonly JournalExtent[]>
  readonly control: Control
  readonly projections: Projections
  readonly orders: Pick<OrderReads, 'openOrders'>
  readonly access: Access
  readonly paging: Paging
  readonly notes: Notes
}

/** Figures of a running portfolio, computed from its journal by the functions that write report.json. */
export interface Analyses {
  report(portfolio: string): Promise<Analysis<ReportView>>
  risk(portfolio: string): Promise<Analysis<RiskPage>>
  pair(portfolio: string, asked: PairAsked): Promise<Analysis<PairReturns>>
  performance(portfolio: string): Promise<Analysis<PerformancePage>>
  /** Null data, and why, where there is no such sleeve. */
  sleeve(portfolio: string, sleeve: string, asked: { readonly instrument?: string }): Promise<Analysis<SleevePage>>
}

export interface PairAsked {
  readonly left: string
  readonly right: string
  readonly window: number
}

/** Long questions. */
export interface JobDesk {
  /** The same id again is the same job. */
  ask(portfolio: string, job: JobRequest, actor: string): Promise<JobView>
  find(portfolio: string, id: string): Promise<JobView | null>
  cancel(portfolio: string, id: string): Promise<JobView | null>
}

export const EXPORTED = ['equity', 'trades', 'orders', 'positions', 'risk', 'violations', 'notes'] as const
export type Exported = (typeof EXPORTED)[number]
export const EXPORT_FORMATS = ['csv', 'xlsx', 'json', 'parquet'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export interface ExportAsked {
  readonly what: Exported
  readonly format: ExportFormat
  /** Rows of this sleeve, and within these trade dates; left out: all. */
  readonly sleeve?: string
  readonly symbol?: string
  readonly from?: string
  readonly to?: string
}

export interface ExportedFile {
  readonly name: string
  readonly type: string
  readonly body: NodeJS.ReadableStream | Uint8Array
}

/** Results of backtests that were kept. */
export interface Backtests {
  /** Those of the portfolio first. */
  choices(portfolio: string): Promise<readonly BacktestChoice[]>
  /**
   * On the days of the portfolio; null: there is no such result.
   * @param periods portfolio days in a year
   */
  beside(name: string, portfolio: PortfolioFigures | null, periods: number | null): Promise<BacktestBeside | null>
}

export interface Exports {
  export(portfolio: string, asked: ExportAsked): Promise<ExportedFile>
}

export interface Explainer {
  /** Null: there is no such order. */
  explain(portfolio: string, order: number): Promise<ExplainView | null>
  /** Null: nobody was asked about that entry. */
  explainWish(portfolio: string, approval: number): Promise<ExplainView | null>
}

/** `reused`: the id belongs to another command; `unanswered`: the engine has taken it up and has not answered yet. */
export type SavedConfiguration =
  | { readonly state: 'saved'; readonly view: ConfigurationView }
  | { readonly state: 'refused'; readonly check: ConfigurationCheck }
  | { readonly state: 'stale'; readonly view: ConfigurationView }
  | { readonly state: 'reused' | 'unanswered' }

/** A draft that was looked at, and what the engine would be given by it; null where it is wrong. */
export interface CheckedDraft {
  readonly check: ConfigurationCheck
  readonly config: PortfolioConfig | null
  /** What is done about each kind of violation under it; empty where limits are asked before a trade alone. */
  readonly reactions: Readonly<Partial<Record<ViolationKind, Reaction>>>
}

export interface Configurations {
  view(portfolio: string): Promise<ConfigurationView>
  /** JSON Schema of a portfolio file: what forms are made of. */
  schema(): Readonly<Record<string, unknown>>
  /** Null: the file of that version is not kept. */
  textOf(portfolio: string, seq: number): Promise<ConfigurationText | null>
  check(portfolio: string, draft: ConfigurationDraft): Promise<CheckedDraft>
  save(portfolio: string, save: ConfigurationSave, actor: string): Promise<SavedConfiguration>
}

/** Rules, channels and deliveries of alerts; secrets go in and never come out. */
export interface AlertDesk {
  rules(portfolio: string): Promise<readonly AlertRuleView[]>
  saveRules(portfolio: string, rules: readonly AlertRuleView[], actor: string): Promise<readonly AlertRuleView[]>
  thresholds(portfolio: string): Promise<readonly AlertThresholdView[]>
  saveThresholds(
    portfolio: string,
    thresholds: readonly AlertThresholdView[],
    actor: string,
  ): Promise<readonly AlertThresholdView[]>
  /** What goes on, the worst and newest first. */
  open(portfolio: string): Promise<readonly OpenAlert[]>
  /** Nobody else is called for it from now on; null: it does not go on (any more). */
  acknowledge(portfolio: string, id: string, note: string, actor: string): Promise<OpenAlert | null>
  channels(portfolio: string): Promise<readonly AlertChannelView[]>
  saveChannel(portfolio: string, channel: AlertChannelChange, actor: string): Promise<AlertChannelView>
  removeChannel(portfolio: string, id: string): Promise<boolean>
  /** Sends one message now, and says what the other side answered; null: no such channel. */
  test(portfolio: string, id: string): Promise<ChannelTest | null>
  deliveries(
    portfolio: string,
    asked: { readonly before?: string; readonly limit: number },
  ): Promise<Page<AlertDeliveryRow>>
}

/** Of this process, for those who watch it: no figure of a portfolio's business but in `metrics`. */
export interface Vitals {
  health(): Promise<unknown>
  ready(): Promise<{ readonly ready: boolean; readonly reasons: readonly string[]; readonly document: unknown }>
  metrics(): Promise<{ readonly type: string; readonly text: string }>
  backup(): Promise<{ readonly at: string | null; readonly overdue: boolean } | null>
  /** Null: there is no bus. */
  undelivered(portfolio: string): Promise<number | null>
}

export interface ApiLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

export interface ApiPorts {
  readonly store: ApiStore
  readonly vitals: Vitals
  readonly log: ApiLog
  readonly analyses: Analyses | null
  readonly jobs: JobDesk | null
  readonly exports: Exports | null
  /** Null: none were kept where this program looks. */
  readonly backtests: Backtests | null
  readonly explainer: Explainer | null
  readonly configurations: Configurations | null
  readonly alerts: AlertDesk | null
  /** Portfolios that this process runs: they are shown before anything has happened to them. */
  readonly own: readonly string[]
  /** Milliseconds since 1970. */
  now(): number
  /** Whether an engine that was heard so runs. */
  isRunning(beat: Heartbeat, now: number): boolean
  /** Sessions of a calendar by its name, between two trade dates, both included; null: nobody knows that calendar. */
  sessions(calendar: string, from: TradeDate, to: TradeDate): Sessions | null
  /** Portfolios whose figures are made up. */
  isDemo(portfolio: string): boolean
}
