/** Columns in the words of each database, and a short way to write a table down. */
import { type Kysely, type RawBuilder, sql } from 'kysely'

export type Dialect = 'sqlite' | 'postgres'

/** Types that the databases name differently. */
export interface ColumnTypes {
  readonly dialect: Dialect
  readonly bytes: RawBuilder<unknown>
  /** Whole numbers up to 2^53. */
  readonly whole: RawBuilder<unknown>
  /** Double precision. */
  readonly number: RawBuilder<unknown>
}

export function columnTypes(dialect: Dialect): ColumnTypes {
  const isFile = dialect === 'sqlite'
  return {
    dialect,
    bytes: sql.raw(isFile ? 'blob' : 'bytea'),
    whole: sql.raw(isFile ? 'integer' : 'bigint'),
    number: sql.raw(isFile ? 'real' : 'double precision'),
  }
}

/** `flag` is 0 or 1; a question mark: may be null. */
type ColumnKind = 'text' | 'whole' | 'number' | 'bytes' | 'flag'
export type Columns = Readonly<Record<string, ColumnKind | `${ColumnKind}?`>>

/** Makes a table whose key is the columns named, in their order. */
export async function createTable(
  db: Kysely<unknown>,
  types: ColumnTypes,
  table: string,
  columns: Columns,
  key: readonly [string, ...string[]],
): Promise<void> {
  let building = db.schema.createTable(table)
  for (const [name, kind] of Object.entries(columns)) {
    const isOptional = kind.endsWith('?')
    const type = typeOf(kind.replace('?', '') as ColumnKind, types)
    building = building.addColumn(name, type, (column) => (isOptional ? column : column.notNull()))
  }
  await building.addPrimaryKeyConstraint(`${table}_key`, [...key] as never).execute()
}

function typeOf(kind: ColumnKind, types: ColumnTypes): RawBuilder<unknown> {
  if (kind === 'text') return sql.raw('text')
  return kind === 'flag' ? sql.raw('integer') : types[kind]
}
