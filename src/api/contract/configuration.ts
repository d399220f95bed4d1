/** What a portfolio is run with, and what would change. */
import type { Amount, ProblemDetail } from './answers.ts'

/** One key that differs. */
export interface ConfigurationChange {
  /** `sleeves.trend.weight`. */
  readonly path: string
  readonly before: unknown
  readonly after: unknown
  /** What follows from it: `3 positions would exceed this limit. They are kept, no new ones.`; empty where nothing does. */
  readonly consequence: string
  /** It loosens a limit, brings a key or takes a sleeve away: a new proof is asked for. */
  readonly isDangerous: boolean
}

export interface ConfigurationVersion {
  /** Number of the event from which on it held. */
  readonly seq: number
  /** Moment of the market at which it began to hold. */
  readonly at: string
  /** Who saved it here; empty where the engine was started with it. */
  readonly by: string
  /** When they did, by the clock; null where the engine was started with it. */
  readonly savedAt: string | null
  /** Its file is kept and can be made a draft again. */
  readonly isKept: boolean
  readonly changes: readonly ConfigurationChange[]
}

/** The file of one version, as it was. */
export interface ConfigurationText {
  readonly seq: number
  readonly text: string
}

/** One parameter of a strategy, as a form shows it. */
export interface StrategyParameter {
  readonly name: string
  readonly title: string
  readonly kind: 'number' | 'integer' | 'boolean' | 'choice' | 'text' | 'list'
  readonly default: unknown
  readonly least: number | null
  readonly most: number | null
  readonly choices: readonly string[]
  readonly unit: string
  readonly description: string
}

export interface StrategyForm {
  readonly strategy: string
  readonly title: string
  readonly description: string
  readonly parameters: readonly StrategyParameter[]
}

export interface ConfigurationView {
  readonly portfolio: string
  readonly currency: string
  readonly capital: Amount
  /** Number of the event from which on it holds: goes back as `seen`. */
  readonly version: number
  readonly at: string
  /** The configuration with every default filled in. */
  readonly document: unknown
  /** The file as it stands, for editing; null where the engine was not started from one that can be written. */
  readonly text: string | null
  /** Of `text`: goes back with a save, so that a change made to the file itself is not lost; empty without a text. */
  readonly fingerprint: string
  /** Why it cannot be changed from here; empty where it can. */
  readonly readOnlyWhy: string
  readonly history: readonly ConfigurationVersion[]
  readonly strategies: readonly StrategyForm[]
  readonly rebalancing: { readonly text: string; readonly methods: readonly string[] }
}

export interface ConfigurationCheck {
  readonly valid: boolean
  readonly problems: readonly ProblemDetail[]
  readonly warnings: readonly ProblemDetail[]
  readonly changes: readonly ConfigurationChange[]
}

export interface ConfigurationDraft {
  /** As the file would read. */
  readonly text: string
}

export interface ConfigurationSave {
  readonly id: string
  readonly text: string
  /** `version` of the configuration that was changed. */
  readonly seen: number
  /** `fingerprint` of the text that was changed. */
  readonly fingerprint?: string
  /** Name of the sleeve that it takes away, typed. */
  readonly confirm?: string
}
