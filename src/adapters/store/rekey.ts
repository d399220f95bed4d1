/** Turning encryption on, and changing the key. */
import { type Kysely, sql, type Transaction } from 'kysely'
import { FaultError, fault } from '../../domain/faults.ts'
import type { ProjectedTable } from '../../domain/projections.ts'
import { secretPlace } from './access/place.ts'
import { channelPlace } from './alert-log.ts'
import { eventPlace, SEALED_KINDS, statePlace } from './journal-rows.ts'
import { columnName, PROJECTED, PROJECTED_TABLES } from './projected-tables.ts'
import type { Tables } from './schema.ts'
import { keyOfEnvironment, type Sealing, sealingWith } from './sealing.ts'
import { type Secrets, secretsOf } from './secrets.ts'
import type { SqlStore } from './sql-store.ts'

/** Row of the table of names that only the key of the store opens. */
const PROOF = 'sealed id'

/**
 * The sealing of a store as its own rows ask for it.
 *
 * @param encrypted whether a store that holds nothing yet is to be encrypted
 */
export async function openSealing(parts: SqlStore, key: Uint8Array | null, encrypted: boolean): Promise<Sealing> {
  const { db, id, name } = parts
  const proof = await db.selectFrom('store').select('value').where('name', '=', PROOF).executeTakeFirst()
  if (proof !== undefined) {
    if (key === null) throw new FaultError(fault('STORE_KEY_MISSING', { store: name }))
    const sealing = sealingWith(key, name)
    if (sealing.openText(proof.value) !== id) throw new FaultError(fault('STORE_KEY_WRONG', { store: name }))
    return sealing
  }
  if (!encrypted) return sealingWith(null, name)
  if (key === null) throw new FaultError(fault('STORE_KEY_MISSING', { store: name }))
  const held = await db.selectFrom('journal').select('seq').limit(1).executeTakeFirst()
  if (held !== undefined) throw new FaultError(fault('STORE_NOT_SEALED', { store: name }))
  const sealing = sealingWith(key, name)
  await writeProof(db, sealing.sealText(id))
  return sealing
}

/**
 * Seals everything anew, in one transaction; afterwards nothing in the file is readable by the old key, or without one.
 *
 * @param key that secrets may be sealed by where the store is not encrypted
 * @throws FaultError LEASE_TAKEN where a portfolio is run meanwhile
 */
export async function rekey(
  parts: SqlStore,
  from: Sealing,
  to: Sealing,
  key: Uint8Array | null = keyOfEnvironment(process.env),
): Promise<void> {
  const { db, name } = parts
  const unlocks: (() => Promise<void>)[] = []
  try {
    for (const { portfolio } of await db.selectFrom('lease').select('portfolio').execute()) {
      const unlock = await parts.lock(portfolio)
      if (unlock === null) throw new FaultError(fault('LEASE_TAKEN', { store: name, portfolio }))
      unlocks.push(unlock)
    }
    await db.transaction().execute(async (step) => {
      await resealEvents(step, from, to)
      await resealStates(step, from, to)
      for (const table of PROJECTED_TABLES) await resealTexts(step, table, from, to)
      await resealSecrets(
        step,
        secretsOf({ ...parts, sealing: from, key }),
        secretsOf({ ...parts, sealing: to, key: null }),
      )
      await writeProof(step, to.sealText(parts.id))
    })
    await forget(parts)
  } finally {
    for (const unlock of unlocks) await unlock()
  }
}

async function writeProof(db: Kysely<Tables>, value: string): Promise<void> {
  await db
    .insertInto('store')
    .values({ name: PROOF, value })
    .onConflict((one) => one.column('name').doUpdateSet({ value }))
    .execute()
}

async function resealEvents(step: Transaction<Tables>, from: Sealing, to: Sealing): Promise<void> {
  const rows = await step
    .selectFrom('journal')
    .select(['portfolio', 'seq', 'payload'])
    .where('kind', 'in', [...SEALED_KINDS])
    .execute()
  for (const { portfolio, seq, payload } of rows) {
    const place = eventPlace(portfolio, Number(seq))
    const sealed = Buffer.from(to.seal(from.open(payload, place), place))
    const own = step.updateTable('journal').set({ payload: sealed }).where('portfolio', '=', portfolio)
    await own.where('seq', '=', seq).execute()
  }
}

async function resealStates(step: Transaction<Tables>, from: Sealing, to: Sealing): Promise<void> {
  const states = await step.selectFrom('snapshot').select(['portfolio', 'seq']).execute()
  for (const { portfolio, seq } of states) {
    const place = statePlace(portfolio, Number(seq))
    const asked = step.selectFrom('snapshot').select('payload').where('portfolio', '=', portfolio)
    const { payload } = await asked.where('seq', '=', seq).executeTakeFirstOrThrow()
    const sealed = Buffer.from(to.seal(from.open(payload, place), place))
    const own = step.updateTable('snapshot').set({ payload: sealed }).where('portfolio', '=', portfolio)
    await own.where('seq', '=', seq).execute()
  }
}

async function resealTexts(
  step: Transaction<Tables>,
  table: ProjectedTable,
  from: Sealing,
  to: Sealing,
): Promise<void> {
  const { key, columns } = PROJECTED[table]
  const [of, names] = [sql.table(columnName(table)), ['portfolio', ...key.map(columnName)]]
  for (const [column, kind] of Object.entries(columns)) {
    if (kind !== 'sealed') continue
    const name = sql.ref(columnName(column))
    const { rows } = await sql<Record<string, string | null>>`SELECT * FROM ${of} WHERE ${name} IS NOT NULL`.execute(
      step,
    )
    for (const row of rows) {
      const text = to.sealText(from.openText(row[columnName(column)]!))
      const own = sql.join(
        names.map((part) => sql`${sql.ref(part)} = ${row[part]}`),
        sql` AND `,
      )
      await sql`UPDATE ${of} SET ${name} = ${text} WHERE ${own}`.execute(step)
    }
  }
}

async function resealSecrets(step: Transaction<Tables>, from: Secrets, to: Secrets): Promise<void> {
  const accounts = await step.selectFrom('account').select(['key', 'totp_secret']).execute()
  for (const { key, totp_secret } of accounts) {
    if (totp_secret === null) continue
    const sealed = to.seal(from.open(totp_secret, secretPlace(key)), secretPlace(key))
    await step.updateTable('account').set({ totp_secret: sealed }).where('key', '=', key).execute()
  }
  const channels = await step.selectFrom('alert_channel').select(['portfolio', 'name', 'secrets']).execute()
  for (const { portfolio, name, secrets } of channels) {
    const place = channelPlace(portfolio, name)
    const own = step.updateTable('alert_channel').set({ secrets: to.seal(from.open(secrets, place), place) })
    await own.where('portfolio', '=', portfolio).where('name', '=', name).execute()
  }
}

/** What was overwritten is still in the pages that are free now, and in the log. */
async function forget({ db, isServer }: SqlStore): Promise<void> {
  if (isServer) await sql`VACUUM FULL`.execute(db)
  else {
    await sql`VACUUM`.execute(db)
    await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db)
  }
}
