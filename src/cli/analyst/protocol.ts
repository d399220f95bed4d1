/* What is said between the thread that computes and whoever asks it. */
import type { Analysis } from '../../api/contract/analysis.ts'
import type { ExportAsked, PairAsked } from '../../api/ports.ts'

/** What the thread is started with. */
export interface AnalystData {
  /** A file, or the address of a server. */
  readonly store: string
  /** Portfolio files: where strategies of the user's own are found. */
  readonly configs: readonly string[]
}

export type Asked =
  | { readonly kind: 'report' | 'risk' | 'performance' }
  | ({ readonly kind: 'pair' } & PairAsked)
  /** Writes a file; the answer's data is its name. */
  | ({ readonly kind: 'export'; readonly file: string } & ExportAsked)
  | { readonly kind: 'sleeve'; readonly sleeve: string; readonly instrument?: string }

export interface Question {
  readonly id: number
  readonly portfolio: string
  readonly asked: Asked
}

export type Answer =
  | { readonly id: number; readonly analysis: Analysis<unknown> }
  /** Why there is none: it could not be computed at all. */
  | { readonly id: number; readonly failed: string }
