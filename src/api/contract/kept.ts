/*
 * Answers that a page carries with it, small enough to be sent by mail. What is long is written once and pointed at by its
 * place; rows that are alike are columns.
 */

/** A place among the parts. */
export interface KeptPlace {
  readonly '~at': number
}

/** Rows of the same keys: for each key its values, row by row. */
export interface KeptRows {
  readonly '~rows': number
  readonly columns: Readonly<Record<string, unknown>>
}

export interface KeptAnswers {
  /** Each may point at those before it. */
  readonly parts: readonly unknown[]
  /** By address, query included. */
  readonly answers: Readonly<Record<string, unknown>>
}

export interface KeptPage extends KeptAnswers {
  /** Seconds after which the file is read again, where somebody keeps writing it; null: never. */
  readonly refresh: number | null
  /** What it is a report of: days, benchmark, version, hash of the books. */
  readonly about: string
}
