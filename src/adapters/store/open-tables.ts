/** Tables in their newest form: how a store of an older version is brought there, and one of a newer version refused. */
import { randomUUID } from 'node:crypto'
import { type Kysely, Migrator, sql } from 'kysely'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Dialect } from './migrations/columns.ts'
import { stepsOf } from './migrations/steps.ts'
import type { Tables } from './schema.ts'

export interface TablesPlace {
  readonly db: Kysely<Tables>
  readonly dialect: Dialect
  /** The store, for messages. */
  readonly name: string
  /** Copies everything before the step named; where the copy is, in words that a user can give to `store restore`. */
  copyBefore(step: string): Promise<string>
  /** Keeps other processes out while the tables are changed. */
  alone<T>(work: () => Promise<T>): Promise<T>
}

/**
 * Brings the tables to the newest form, all steps in one transaction and after a copy, and returns the store's id, made on
 * the first day.
 *
 * @throws FaultError STORE_NEWER where a newer version has changed the tables
 */
export async function openTables(place: TablesPlace): Promise<string> {
  try {
    if ((await missingSteps(place)).length > 0) await place.alone(() => takeSteps(place))
    return await idOf(place.db)
  } catch (error) {
    await place.db.destroy()
    throw error
  }
}

/** Names of the steps that the store has not taken; the newest form takes none. */
async function missingSteps(place: TablesPlace): Promise<readonly string[]> {
  const taken = await takenSteps(place.db)
  const known = Object.keys(stepsOf(place.dialect))
  const strange = taken.find((step) => !known.includes(step))
  if (strange !== undefined) throw await newer(place, strange)
  return known.filter((step) => !taken.includes(step))
}

/** In the order of their names; none where the store is new. */
export async function takenSteps(db: Kysely<Tables>): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === 'kysely_migration')) return []
  const { rows } = await sql<{ name: string }>`SELECT name FROM kysely_migration ORDER BY name`.execute(db)
  return rows.map(({ name }) => name)
}

async function newer({ db, name }: TablesPlace, step: string): Promise<FaultError> {
  const copies = await db.selectFrom('store').select(['name', 'value']).where('name', 'like', 'copy before %').execute()
  const made = copies.find((copy) => copy.name === `copy before ${step}`) ?? copies.at(-1)
  const copy = made === undefined ? 'the last backup' : `"${made.value}"`
  return new FaultError(fault('STORE_NEWER', { store: name, step, copy }))
}

async function takeSteps(place: TablesPlace): Promise<void> {
  const { db, dialect, name } = place
  const missing = await missingSteps(place)
  const [first] = missing
  if (first === undefined) return
  const isNew = (await takenSteps(db)).length === 0
  const copy = isNew ? null : await place.copyBefore(first)
  if (copy !== null) await remember(db, `copy before ${first}`, copy)
  const provider = { getMigrations: () => Promise.resolve(stepsOf(dialect)) }
  const { error } = await new Migrator({ db, provider, allowUnorderedMigrations: true }).migrateToLatest()
  if (error === undefined) return
  if (error instanceof FaultError) throw error
  const reason = error instanceof Error ? error.message : 'the database gave no reason'
  throw new FaultError(fault('STORE_STEP_FAILED', { store: name, step: first, reason }), error)
}

async function idOf(db: Kysely<Tables>): Promise<string> {
  const known = await db.selectFrom('store').select('value').where('name', '=', 'id').executeTakeFirst()
  if (known !== undefined) return known.value
  await db
    .insertInto('store')
    .values({ name: 'id', value: randomUUID() })
    .onConflict((one) => one.doNothing())
    .execute()
  return (await db.selectFrom('store').select('value').where('name', '=', 'id').executeTakeFirstOrThrow()).value
}

async function remember(db: Kysely<Tables>, name: string, value: string): Promise<void> {
  await db
    .insertInto('store')
    .values({ name, value })
    .onConflict((one) => one.column('name').doUpdateSet({ value }))
    .execute()
}
