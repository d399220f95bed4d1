/** What an operator may ask of an engine. */

export type RebalanceMethod = 'transfer' | 'scaling' | 'liquidation'

/** `account` is the suffix of the account's number as it was typed; left out where the dialog does not ask for it. */
export type CommandBody =
  | { readonly kind: 'pause'; readonly sleeve: string | null }
  | { readonly kind: 'resume'; readonly sleeve: string | null }
  | { readonly kind: 'kill'; readonly reason: string }
  | { readonly kind: 'revive'; readonly reason: string }
  | { readonly kind: 'arm'; readonly account: string; readonly until: string | null }
  | { readonly kind: 'disarm'; readonly reason: string }
  /** `confirm`: the name of the sleeve, or of the portfolio where `sleeve` is null, as it was typed. */
  | { readonly kind: 'flatten'; readonly sleeve: string | null; readonly confirm: string }
  | { readonly kind: 'rebalance'; readonly by: RebalanceMethod }
  | {
      readonly kind: 'approve'
      readonly approval: string
      readonly decision: 'approve' | 'reduce' | 'reject'
      /** Whole shares, contracts or coins; null unless it is reduced. */
      readonly quantity: number | null
    }
  | {
      readonly kind: 'assign'
      readonly discrepancy: string
      readonly to: string | null
      readonly price: number | null
      readonly cash: number | null
      readonly note: string
    }
  | {
      readonly kind: 'decide'
      readonly order: string
      readonly verdict: 'absent' | 'working' | 'cancelled' | 'expired' | 'rejected'
    }
  | { readonly kind: 'fraction'; readonly fraction: number }
  /** The next cycle at once, instead of when it is due. */
  | { readonly kind: 'update' }
  /** The portfolio file as it stands now; `file`: SHA-256 of its bytes, in hex. */
  | { readonly kind: 'configure'; readonly file: string }

export type CommandKind = CommandBody['kind']

export interface CommandRequest {
  /** Random (a UUID): the same id is carried out once, however often it is sent. */
  readonly id: string
  /** Number of the last event that whoever asks has seen. */
  readonly seen: number
  readonly body: CommandBody
}

/** `begun`: taken up and will be answered; `withdrawn`: nobody waits any more and it was not begun. */
export type CommandState = 'asked' | 'begun' | 'done' | 'declined' | 'withdrawn'

export interface CommandView {
  readonly id: string
  readonly at: string
  readonly actor: string
  readonly seen: number
  readonly body: CommandBody
  readonly state: CommandState
  /** What was done, or why not; empty until then. */
  readonly answer: string
}

/** `POST /api/update`, and `GET /api/update/:id`. */
export interface UpdateView {
  readonly id: string
  readonly state: 'asked' | 'running' | 'done' | 'declined'
  readonly askedAt: string
  readonly endedAt: string | null
  /** What each engine answered: the number of the event with which its cycle ended, or why there was none. */
  readonly text: string
}
