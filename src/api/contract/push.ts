/** What is pushed over the WebSocket of a portfolio. */
import type { Dated } from './answers.ts'
import type { CommandView } from './commands.ts'
import type { ActivityRow, Attention, EngineView, Figures, PositionTable, SleeveTable } from './overview.ts'
import type { ApprovalRow, OrderRow, ViolationRow } from './trading.ts'

/** New points of the portfolio's curve and of its sleeves, to be put behind what was read. */
export interface EquityDelta {
  readonly lines: readonly {
    readonly id: string
    readonly at: number
    readonly value: number
    readonly growth: number
  }[]
  readonly drawdown: number
}

/** What each kind carries. */
export interface PushData {
  /** The first frame: whether what was missed follows (`resumed`), or everything must be read anew. */
  readonly hello: { readonly resumed: boolean; readonly version: string; readonly engine: EngineView | null }
  /** Every 5 seconds; `at` of the frame is the server's time. */
  readonly beat: { readonly engine: EngineView | null; readonly attention: Attention }
  readonly figures: Dated<Figures>
  readonly equity: Dated<EquityDelta>
  readonly sleeves: Dated<SleeveTable>
  /** The rows that changed; `total` and `other` are of the whole table of 10. */
  readonly positions: Dated<PositionTable>
  /** Orders that are new or changed. */
  readonly orders: Dated<readonly OrderRow[]>
  readonly violations: Dated<readonly ViolationRow[]>
  /** New rows, newest first. */
  readonly activity: Dated<readonly ActivityRow[]>
  readonly approvals: Dated<readonly ApprovalRow[]>
  readonly command: CommandView
  /** Another configuration holds from that event on: read it, and what follows from it, anew. */
  readonly configuration: { readonly version: number }
  /** Frames were left out: read everything anew. */
  readonly gap: { readonly reason: 'slow' | 'forgotten' }
}

export type PushKind = keyof PushData

export type PushMessage = {
  readonly [Kind in PushKind]: {
    /** Counts up by one for each frame of a portfolio; `?from=` goes on after it. */
    readonly n: number
    /** Last event of the journal that is in it. */
    readonly seq: number
    /** Server's time. */
    readonly at: string
    readonly kind: Kind
    readonly data: PushData[Kind]
  }
}[PushKind]
