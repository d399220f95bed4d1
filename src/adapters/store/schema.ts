/** The tables, one schema for every database; the steps that lead to it are in migrations/. */
import type { ProjectedRows, ProjectedTable } from '../../domain/projections.ts'
import type { AccessTables } from './access-tables.ts'
import type { AlertTables } from './alert-tables.ts'
import type { AuditTables } from './audit-tables.ts'
import type { ControlTables } from './control-tables.ts'

type SnakeCase<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
  : ''

/** The readable tables, as their rows are named in the database: a truth is 0 or 1. */
type ProjectedInTables = {
  readonly [Table in ProjectedTable as SnakeCase<Table>]: { readonly portfolio: string } & {
    readonly [Column in keyof ProjectedRows[Table] &
      string as SnakeCase<Column>]: ProjectedRows[Table][Column] extends boolean ? number : ProjectedRows[Table][Column]
  }
}

export interface Tables extends ControlTables, AuditTables, AccessTables, AlertTables, ProjectedInTables {
  /** One row: what this store is. */
  store: { readonly name: string; readonly value: string }
  journal: {
    readonly portfolio: string
    readonly seq: number
    /** Of the lease under which it was written. */
    readonly epoch: number
    readonly at: number
    readonly kind: string
    readonly version: number
    readonly payload: Uint8Array
    /** SHA-256 over the link before, this row, and the hash of its payload. */
    readonly hash: Uint8Array
    /** 1: the payload is elsewhere, and this is its hash. */
    readonly archived: number
  }
  /** One row per portfolio: how often its lease was taken. */
  lease: { readonly portfolio: string; readonly epoch: number; readonly owner: string; readonly taken_at: number }
  message: {
    readonly portfolio: string
    readonly number: number
    readonly at: number
    readonly channel: string
    /** JSON. */
    readonly body: string
  }
  /** Up to which event messages and readable rows are written; no row: up to the last one. */
  told: { readonly portfolio: string; readonly seq: number }
  /** How far each bus has confirmed. */
  delivery: { readonly portfolio: string; readonly bus: string; readonly number: number }
  snapshot: {
    readonly portfolio: string
    readonly seq: number
    readonly kernel_version: number
    readonly payload: Uint8Array
    readonly hash: Uint8Array
  }
  /** The last word on each order; lists are JSON, quantities units, moments milliseconds since 1970. */
  broker_order: {
    readonly portfolio: string
    readonly client_id: string
    readonly number: number
    readonly account: string
    readonly broker: string
    readonly broker_id: string | null
    readonly instrument: string | null
    readonly legs: string
    readonly terms: string
    readonly quantity: number
    readonly filled: number
    readonly reducing: number
    readonly shares: string
    readonly state: string
    readonly cancelling: number
    readonly evidence: string
    readonly intended_at: number
    readonly sends: number
    readonly changed_at: number
  }
  /** One row per execution of a broker; the fee in counts of the instrument's currency. */
  execution: {
    readonly portfolio: string
    readonly broker: string
    readonly id: string
    readonly number: number
    readonly corrects: string | null
    readonly client_id: string | null
    readonly symbol: string
    readonly instrument: string | null
    readonly quantity: number
    readonly price: number
    readonly fee: number | null
    readonly at: number
    readonly shares: string | null
  }
  /** Up to where executions and events of a broker's account were taken, and what its breakers counted, as JSON. */
  broker_cursor: {
    readonly portfolio: string
    readonly broker: string
    readonly value: string
    readonly events: string
    readonly counts: string
  }
  /** What happened to an account without an order, and was told. */
  account_event: { readonly portfolio: string; readonly broker: string; readonly id: string }
}
