/* Made by `npm run openapi` from the document of the API. */
import type { AlertChannelView, AlertDeliveryRow, AlertRuleView, AlertThresholdView, ChannelTest, OpenAlert } from '../contract/alerting.ts'
import type { Analysis } from '../contract/analysis.ts'
import type { Dated, Page } from '../contract/answers.ts'
import type { BacktestBeside, BacktestChoice } from '../contract/beside.ts'
import type { CommandRequest, CommandView, UpdateView } from '../contract/commands.ts'
import type { ConfigurationCheck, ConfigurationText, ConfigurationView } from '../contract/configuration.ts'
import type { ExplainView } from '../contract/explain.ts'
import type { JobRequest, JobView } from '../contract/jobs.ts'
import type { NewNote, Note, NoteChange } from '../contract/notes.ts'
import type { ActivityRow, Attention, EquityCurve, ExposureView, Figures, PortfolioSummary, PositionTable, SleeveTable, StatusView } from '../contract/overview.ts'
import type { PerformancePage } from '../contract/performance-page.ts'
import type { PriceChart } from '../contract/prices.ts'
import type { BacktestReport } from '../contract/report.ts'
import type { PairReturns, RiskPage } from '../contract/risk-page.ts'
import type { AuditRow, OpenSession, SessionView, SetupDone, SetupView, TokenCreated, TokenView, TotpView, UserCreated, UserView } from '../contract/session.ts'
import type { SleevePage } from '../contract/sleeve-page.ts'
import type { AlertRow, ApprovalRow, DiscrepancyRow, GateChangeRow, LimitUse, OrderRow, RebalancingRow, TradeRow, ViolationRow } from '../contract/trading.ts'

export type Ask = <Answer>(
  method: string,
  path: string,
  more?: { readonly query?: Readonly<Record<string, unknown>>; readonly body?: unknown },
) => Promise<Answer>

export type Operations = ReturnType<typeof operations>

export function operations(ask: Ask) {
  const part = encodeURIComponent
  return {
    /** Whether the process lives, and how old the copy of its store is. */
    health: () => ask<unknown>('GET', `/health`),
    /** Whether every engine may trade now: 503 where not, with the reasons. */
    ready: () => ask<unknown>('GET', `/ready`),
    /** Figures for Prometheus. */
    metrics: () => ask<Blob>('GET', `/metrics`),
    /** Version, engines, ages of data, store, bus, broker, lease and open violations; 503 where an engine may not trade. */
    status: () => ask<StatusView>('GET', `/api/status`),
    /** One cycle of every engine that runs, at once; a second request meanwhile is the same one. */
    update: () => ask<UpdateView>('POST', `/api/update`),
    /** Whether the cycle that was asked for has ended, and with which event. */
    updateOf: (id: string | number) => ask<UpdateView>('GET', `/api/update/${part(id)}`),
    /** Who is signed in, and the CSRF value that changes need. */
    session: () => ask<SessionView>('GET', `/api/v1/session`),
    /** Sign in with a passphrase, and a code where the user has codes. */
    signIn: (body: { readonly name: string; readonly passphrase: string; readonly code?: string }) => ask<SessionView>('POST', `/api/v1/session`, { body }),
    /** Sign out. */
    signOut: () => ask<SessionView>('DELETE', `/api/v1/session`),
    /** Change your own passphrase or codes, by the passphrase of now; ends your other sessions. */
    changeOwn: (body: { readonly current: string; readonly code?: string; readonly passphrase?: string; readonly totp?: { readonly secret: string; readonly code: string } | null }) => ask<SessionView>('PATCH', `/api/v1/session`, { body }),
    /** Sign in by the one-time link that the console printed. */
    signInByLink: (body: { readonly secret: string }) => ask<SessionView>('POST', `/api/v1/session/link`, { body }),
    /** Prove again who you are: opens dangerous actions for 5 minutes. */
    stepUp: (body: { readonly passphrase?: string; readonly code?: string }) => ask<SessionView>('POST', `/api/v1/session/step-up`, { body }),
    /** Whether the first user has yet to be made. */
    setup: () => ask<SetupView>('GET', `/api/v1/setup`),
    /** Make the first user, an admin, with the token that the console printed. */
    setUp: (body: { readonly token: string; readonly name: string; readonly passphrase: string; readonly withTotp?: boolean }) => ask<SetupDone>('POST', `/api/v1/setup`, { body }),
    /** A new secret for codes of your own: nothing changes before changeOwn is given a code of it. */
    newOwnCodes: (body: {  }) => ask<TotpView>('POST', `/api/v1/session/codes`, { body }),
    /** All users. */
    users: () => ask<readonly (UserView)[]>('GET', `/api/v1/users`),
    /** Add a user. */
    addUser: (body: { readonly name: string; readonly role: 'viewer' | 'operator' | 'admin'; readonly passphrase: string; readonly withTotp?: boolean }) => ask<UserCreated>('POST', `/api/v1/users`, { body }),
    /** Change role, passphrase, codes, or whether a user may sign in; ends their sessions. */
    changeUser: (body: { readonly name: string; readonly role?: 'viewer' | 'operator' | 'admin'; readonly passphrase?: string; readonly disabled?: boolean; readonly totp?: boolean }) => ask<UserCreated>('PATCH', `/api/v1/users`, { body }),
    /** Take a user away: nobody signs in by that name any more; what they did stays on record. */
    removeUser: (body: { readonly name: string }) => ask<unknown>('DELETE', `/api/v1/users`, { body }),
    /** Open sessions: your own, and of all users for an admin. */
    sessions: () => ask<readonly (OpenSession)[]>('GET', `/api/v1/sessions`),
    /** End a session: its pages are signed out and its sockets closed at once. */
    revokeSession: (body: { readonly id: string }) => ask<unknown>('DELETE', `/api/v1/sessions`, { body }),
    /** Tokens of programs: your own, and of all users for an admin. */
    tokens: () => ask<readonly (TokenView)[]>('GET', `/api/v1/tokens`),
    /** Make a token for a program; shown once. */
    addToken: (body: { readonly label: string; readonly role: 'viewer' | 'operator' | 'admin'; readonly days?: number }) => ask<TokenCreated>('POST', `/api/v1/tokens`, { body }),
    /** Take a token back. */
    revokeToken: (body: { readonly id: string }) => ask<unknown>('DELETE', `/api/v1/tokens`, { body }),
    /** Who saw and who did what, newest first. */
    audit: (query: { readonly user?: string; readonly kind?: 'saw' | 'did' | 'signed'; readonly portfolio?: string; readonly from?: string; readonly to?: string; readonly before?: string; readonly limit?: number } = {}) => ask<Page<AuditRow>>('GET', `/api/v1/audit`, { query }),
    /** Every portfolio of the store, and how its engine is. */
    portfolios: () => ask<readonly (PortfolioSummary)[]>('GET', `/api/v1/portfolios`),
    /** Key figures. */
    figures: (portfolio: string | number) => ask<Dated<Figures>>('GET', `/api/v1/p/${part(portfolio)}/figures`),
    /** The sleeves side by side. */
    sleeves: (portfolio: string | number) => ask<Dated<SleeveTable>>('GET', `/api/v1/p/${part(portfolio)}/sleeves`),
    /** Exposure by asset class and sector. */
    exposures: (portfolio: string | number) => ask<Dated<ExposureView>>('GET', `/api/v1/p/${part(portfolio)}/exposures`),
    /** What somebody should look at. */
    attention: (portfolio: string | number) => ask<Dated<Attention>>('GET', `/api/v1/p/${part(portfolio)}/attention`),
    /** How much of each limit is used. */
    limits: (portfolio: string | number) => ask<Dated<readonly (LimitUse)[]>>('GET', `/api/v1/p/${part(portfolio)}/limits`),
    /** What is held: the largest, and what the others come to. */
    positions: (portfolio: string | number, query: { readonly limit?: number } = {}) => ask<Dated<PositionTable>>('GET', `/api/v1/p/${part(portfolio)}/positions`, { query }),
    /** Curves of the portfolio, its sleeves and the benchmark, as coarse as a chart shows them. */
    equity: (portfolio: string | number, query: { readonly from?: string; readonly to?: string; readonly points?: number } = {}) => ask<Dated<EquityCurve>>('GET', `/api/v1/p/${part(portfolio)}/equity`, { query }),
    /** What happened, newest first. */
    activity: (portfolio: string | number, query: { readonly kind?: string; readonly sleeve?: string; readonly before?: string; readonly limit?: number } = {}) => ask<Dated<Page<ActivityRow>>>('GET', `/api/v1/p/${part(portfolio)}/activity`, { query }),
    /** Bars of one instrument, with what sleeves saw and did in it. */
    prices: (portfolio: string | number, instrument: string | number, query: { readonly from?: string; readonly to?: string; readonly sleeve?: string; readonly points?: number } = {}) => ask<Dated<PriceChart>>('GET', `/api/v1/p/${part(portfolio)}/prices/${part(instrument)}`, { query }),
    /** Limits that were exceeded, newest first. */
    violations: (portfolio: string | number, query: { readonly severity?: string; readonly sleeve?: string; readonly open?: string; readonly from?: string; readonly to?: string; readonly sort?: 'at' | 'severity' | 'rule' | 'resolvedAt' | '-at' | '-severity' | '-rule' | '-resolvedAt'; readonly before?: string; readonly offset?: number; readonly limit?: number } = {}) => ask<Dated<Page<ViolationRow>>>('GET', `/api/v1/p/${part(portfolio)}/violations`, { query }),
    /** Net orders, newest first. */
    orders: (portfolio: string | number, query: { readonly sleeve?: string; readonly symbol?: string; readonly open?: string; readonly from?: string; readonly to?: string; readonly before?: string; readonly limit?: number } = {}) => ask<Dated<Page<OrderRow>>>('GET', `/api/v1/p/${part(portfolio)}/orders`, { query }),
    /** Closed round trips, filtered, sorted and paged here. */
    trades: (portfolio: string | number, query: { readonly sleeve?: string; readonly symbol?: string; readonly from?: string; readonly to?: string; readonly sort?: 'exitAt' | 'entryAt' | 'sleeve' | 'symbol' | 'quantity' | 'profit' | 'held' | '-exitAt' | '-entryAt' | '-sleeve' | '-symbol' | '-quantity' | '-profit' | '-held'; readonly offset?: number; readonly limit?: number } = {}) => ask<Dated<Page<TradeRow>>>('GET', `/api/v1/p/${part(portfolio)}/trades`, { query }),
    /** Wishes that wait for a word, and the last ones that had it. */
    approvals: (portfolio: string | number) => ask<Dated<readonly (ApprovalRow)[]>>('GET', `/api/v1/p/${part(portfolio)}/approvals`),
    /** What was noticed of orders while they were out, newest first. */
    alerts: (portfolio: string | number, query: { readonly before?: string; readonly limit?: number } = {}) => ask<Dated<Page<AlertRow>>>('GET', `/api/v1/p/${part(portfolio)}/alerts`, { query }),
    /** Where the broker and the books differ, or did. */
    discrepancies: (portfolio: string | number) => ask<Dated<readonly (DiscrepancyRow)[]>>('GET', `/api/v1/p/${part(portfolio)}/discrepancies`),
    /** Gates that were shut and opened, newest first. */
    gates: (portfolio: string | number) => ask<Dated<readonly (GateChangeRow)[]>>('GET', `/api/v1/p/${part(portfolio)}/gates`),
    /** Occasions on which capital was dealt anew or cut, newest first. */
    rebalancings: (portfolio: string | number, query: { readonly before?: string; readonly limit?: number } = {}) => ask<Dated<Page<RebalancingRow>>>('GET', `/api/v1/p/${part(portfolio)}/rebalancings`, { query }),
    /** Ask the engine for something; the same id again is the same command, and has the same answer. */
    command: (portfolio: string | number, body: CommandRequest) => ask<CommandView>('POST', `/api/v1/p/${part(portfolio)}/commands`, { body }),
    /** What became of a command. */
    commandOf: (portfolio: string | number, id: string | number) => ask<CommandView>('GET', `/api/v1/p/${part(portfolio)}/commands/${part(id)}`),
    /** Notes, newest first: of one subject, with a tag, or that hold words. */
    notes: (portfolio: string | number, query: { readonly about?: 'sleeve' | 'position' | 'trade' | 'order' | 'violation' | 'day'; readonly subject?: string; readonly tag?: string; readonly q?: string; readonly offset?: number; readonly limit?: number } = {}) => ask<Page<Note>>('GET', `/api/v1/p/${part(portfolio)}/notes`, { query }),
    /** Write a note; the same id again is the same note. */
    addNote: (portfolio: string | number, body: NewNote) => ask<Note>('POST', `/api/v1/p/${part(portfolio)}/notes`, { body }),
    /** Change a note; what it said before is kept. */
    changeNote: (portfolio: string | number, id: string | number, body: NoteChange) => ask<Note>('PATCH', `/api/v1/p/${part(portfolio)}/notes/${part(id)}`, { body }),
    /** Take a note away; it is kept with the moment. */
    removeNote: (portfolio: string | number, id: string | number, body: { readonly seen: number }) => ask<Note>('DELETE', `/api/v1/p/${part(portfolio)}/notes/${part(id)}`, { body }),
    /** The document of report.json, of the portfolio as it runs. */
    report: (portfolio: string | number) => ask<Analysis<BacktestReport>>('GET', `/api/v1/p/${part(portfolio)}/analysis/report`),
    /** The Risk page. */
    risk: (portfolio: string | number) => ask<Analysis<RiskPage>>('GET', `/api/v1/p/${part(portfolio)}/analysis/risk`),
    /** Daily returns of two sleeves against each other. */
    pair: (portfolio: string | number, query: { readonly left: string; readonly right: string; readonly window?: number }) => ask<Analysis<PairReturns>>('GET', `/api/v1/p/${part(portfolio)}/analysis/risk/pair`, { query }),
    /** The Performance page. */
    performance: (portfolio: string | number) => ask<Analysis<PerformancePage>>('GET', `/api/v1/p/${part(portfolio)}/analysis/performance`),
    /** The Strategy page of one sleeve. */
    sleeve: (portfolio: string | number, sleeve: string | number, query: { readonly instrument?: string } = {}) => ask<Analysis<SleevePage>>('GET', `/api/v1/p/${part(portfolio)}/analysis/sleeves/${part(sleeve)}`, { query }),
    /** Ask a long question: stress, monte-carlo, rebalance-preview, flatten-preview, config-diff; the same id again is the same job. */
    askJob: (portfolio: string | number, body: JobRequest) => ask<JobView>('POST', `/api/v1/p/${part(portfolio)}/jobs`, { body }),
    /** How far a job is, and what it came to. */
    job: (portfolio: string | number, id: string | number) => ask<JobView>('GET', `/api/v1/p/${part(portfolio)}/jobs/${part(id)}`),
    /** Stop a job. */
    cancelJob: (portfolio: string | number, id: string | number) => ask<JobView>('DELETE', `/api/v1/p/${part(portfolio)}/jobs/${part(id)}`),
    /** Why an order is as it is: from the bar to the sleeves’ shares. */
    explain: (portfolio: string | number, order: string | number) => ask<ExplainView>('GET', `/api/v1/p/${part(portfolio)}/explain/${part(order)}`),
    /** Why an entry is wished for that waits for an approval: from the bar to the rules. */
    explainApproval: (portfolio: string | number, id: string | number) => ask<ExplainView>('GET', `/api/v1/p/${part(portfolio)}/approvals/${part(id)}/explain`),
    /** What the portfolio is run with, how it came about, and what strategies can be added. */
    configuration: (portfolio: string | number) => ask<ConfigurationView>('GET', `/api/v1/p/${part(portfolio)}/configuration`),
    /** Put a draft in the place of the configuration. */
    saveConfiguration: (portfolio: string | number, body: { readonly id: string; readonly text: string; readonly seen: number; readonly fingerprint?: string; readonly confirm?: string }) => ask<ConfigurationView>('POST', `/api/v1/p/${part(portfolio)}/configuration`, { body }),
    /** JSON Schema of a portfolio file: what forms are made of. */
    configurationSchema: (portfolio: string | number) => ask<Readonly<Record<string, unknown>>>('GET', `/api/v1/p/${part(portfolio)}/configuration/schema`),
    /** The file of one version, as it was. */
    configurationText: (portfolio: string | number, seq: string | number) => ask<ConfigurationText>('GET', `/api/v1/p/${part(portfolio)}/configuration/versions/${part(seq)}`),
    /** What is wrong with a draft, and what it would change. */
    checkConfiguration: (portfolio: string | number, body: { readonly text: string }) => ask<ConfigurationCheck>('POST', `/api/v1/p/${part(portfolio)}/configuration/check`, { body }),
    /** A table as a file: CSV, Excel, JSON or Parquet. */
    exportFile: (portfolio: string | number, what: string | number, format: string | number, query: { readonly sleeve?: string; readonly symbol?: string; readonly from?: string; readonly to?: string } = {}) => ask<Blob>('GET', `/api/v1/p/${part(portfolio)}/exports/${part(what)}.${part(format)}`, { query }),
    /** Which alerts go where. */
    alertRules: (portfolio: string | number) => ask<readonly (AlertRuleView)[]>('GET', `/api/v1/p/${part(portfolio)}/alert-rules`),
    /** Put these rules in the place of all. */
    saveAlertRules: (portfolio: string | number, body: readonly (AlertRuleView)[]) => ask<readonly (AlertRuleView)[]>('PUT', `/api/v1/p/${part(portfolio)}/alert-rules`, { body }),
    /** Figures that are told of beyond a value. */
    alertThresholds: (portfolio: string | number) => ask<readonly (AlertThresholdView)[]>('GET', `/api/v1/p/${part(portfolio)}/alert-thresholds`),
    /** Put these thresholds in the place of all. */
    saveAlertThresholds: (portfolio: string | number, body: readonly (AlertThresholdView)[]) => ask<readonly (AlertThresholdView)[]>('PUT', `/api/v1/p/${part(portfolio)}/alert-thresholds`, { body }),
    /** What goes on that somebody must know, and who has seen it. */
    openAlerts: (portfolio: string | number) => ask<readonly (OpenAlert)[]>('GET', `/api/v1/p/${part(portfolio)}/alerts/open`),
    /** Say that you have seen what goes on: nobody else is called for it, unless it grows worse. */
    acknowledgeAlert: (portfolio: string | number, body: { readonly id: string; readonly note?: string }) => ask<OpenAlert>('POST', `/api/v1/p/${part(portfolio)}/alerts/acknowledge`, { body }),
    /** Channels; of secrets the last four characters. */
    alertChannels: (portfolio: string | number) => ask<readonly (AlertChannelView)[]>('GET', `/api/v1/p/${part(portfolio)}/alert-channels`),
    /** Add a channel, or change one. */
    saveAlertChannel: (portfolio: string | number, body: { readonly id: string; readonly kind: 'email' | 'sms' | 'slack' | 'discord' | 'pagerduty' | 'telegram' | 'webhook'; readonly title: string; readonly enabled: boolean; readonly settings: Readonly<Record<string, unknown>>; readonly secrets?: Readonly<Record<string, unknown>> }) => ask<AlertChannelView>('PUT', `/api/v1/p/${part(portfolio)}/alert-channels`, { body }),
    /** Take a channel away. */
    removeAlertChannel: (portfolio: string | number, id: string | number) => ask<{ readonly done: boolean }>('DELETE', `/api/v1/p/${part(portfolio)}/alert-channels/${part(id)}`),
    /** Send one message now, and say what the other side answered. */
    testAlertChannel: (portfolio: string | number, id: string | number) => ask<ChannelTest>('POST', `/api/v1/p/${part(portfolio)}/alert-channels/${part(id)}/test`),
    /** What was told to whom, and whether it arrived. */
    alertDeliveries: (portfolio: string | number, query: { readonly before?: string; readonly limit?: number } = {}) => ask<Page<AlertDeliveryRow>>('GET', `/api/v1/p/${part(portfolio)}/alert-deliveries`, { query }),
    /** Results of backtests that can be seen beside the portfolio, its own first. */
    backtests: (portfolio: string | number) => ask<readonly (BacktestChoice)[]>('GET', `/api/v1/p/${part(portfolio)}/backtests`),
    /** A backtest on the days of the portfolio: its line and its figures beside those of the portfolio. */
    backtest: (portfolio: string | number, backtest: string | number) => ask<BacktestBeside>('GET', `/api/v1/p/${part(portfolio)}/backtests/${part(backtest)}`),
  }
}
