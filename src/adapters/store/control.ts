/** Commands, heartbeats and records of approval in the same database as the journal. */
import { type Kysely, sql, type Transaction } from 'kysely'
import type {
  ConfigurationApproval,
  Control,
  ControlAnswer,
  ControlBody,
  ControlCommand,
  ControlState,
  Heartbeat,
} from '../../domain/control.ts'
import type { Instant } from '../../domain/units.ts'
import type { ControlTables } from './control-tables.ts'
import type { Tables } from './schema.ts'

/** Tables whose rows are numbered within a portfolio. */
type Numbered = Exclude<keyof ControlTables, 'heartbeat' | 'job'>
/** Two processes may ask at once: whoever comes second takes the next number. */
const ATTEMPTS = 20

export function sqlControl(db: Kysely<Tables>): Control {
  return {
    async ask({ body, ...command }) {
      await inserted(db, 'control_command', command.portfolio, (number) =>
        db
          .insertInto('control_command')
          .values({ ...command, number, body: JSON.stringify(body), state: 'asked', answer: '' })
          .onConflict((one) => one.columns(['portfolio', 'id']).doNothing())
          .execute(),
      )
    },
    find: (portfolio, id) => found(db, portfolio, id),
    async begin(portfolio) {
      await db
        .updateTable('control_command')
        .set({ state: 'begun' })
        .where('portfolio', '=', portfolio)
        .where('state', '=', 'asked')
        .execute()
      const rows = await db
        .selectFrom('control_command')
        .selectAll()
        .where('portfolio', '=', portfolio)
        .where('state', '=', 'begun')
        .orderBy('number')
        .execute()
      return rows.map(commandOf)
    },
    async withdraw(portfolio, id) {
      await changed(db, portfolio, 'asked', { id, state: 'withdrawn', answer: '' })
      const command = await found(db, portfolio, id)
      if (command === undefined) throw new RangeError(`no command "${id}" was asked`)
      return command
    },
    async beat(heartbeat) {
      const { portfolio, at } = heartbeat
      const body = JSON.stringify(heartbeat)
      await db
        .insertInto('heartbeat')
        .values({ portfolio, at, body })
        .onConflict((one) => one.column('portfolio').doUpdateSet({ at, body }))
        .execute()
    },
    async beats() {
      const rows = await db.selectFrom('heartbeat').select('body').orderBy('portfolio').execute()
      return rows.map(({ body }) => JSON.parse(body) as Heartbeat)
    },
    async recordGate(portfolio, { by, passed, ...gate }) {
      const row = { ...gate, portfolio, actor: by, passed: passed ? 1 : 0 }
      await inserted(db, 'validation_gate', portfolio, (number) =>
        db
          .insertInto('validation_gate')
          .values({ ...row, number })
          .execute(),
      )
    },
    async gates(portfolio) {
      const rows = await numbered(db, 'validation_gate', portfolio)
      return rows.map(({ name, criterion, value, passed, actor, at }) => ({
        name,
        criterion,
        value,
        passed: passed === 1,
        by: actor,
        at: Number(at) as Instant,
      }))
    },
    async approveConfiguration(portfolio, { by, parts, ...approval }) {
      const row = { ...approval, portfolio, actor: by, parts: JSON.stringify(parts) }
      await inserted(db, 'configuration_approval', portfolio, (number) =>
        db
          .insertInto('configuration_approval')
          .values({ ...row, number })
          .execute(),
      )
    },
    async approvals(portfolio) {
      const rows = await numbered(db, 'configuration_approval', portfolio)
      return rows.map(({ hash, parts, actor, at, note }) => ({
        hash,
        parts: JSON.parse(parts) as ConfigurationApproval['parts'],
        by: actor,
        at: Number(at) as Instant,
        note,
      }))
    },
  }
}

/**
 * The engine's answers, within the transaction that makes them true.
 *
 * @throws RangeError where a command was not begun, or is answered: nothing of the transaction is kept
 */
export async function answerCommands(
  step: Transaction<Tables>,
  portfolio: string,
  answers: readonly ControlAnswer[],
): Promise<void> {
  for (const answer of answers) {
    if ((await changed(step, portfolio, 'begun', answer)) === 1) continue
    throw new RangeError(`command "${answer.id}" of "${portfolio}" waits for no answer`)
  }
}

/** How many it was that stood so before: one, or none. */
async function changed(
  db: Kysely<Tables>,
  portfolio: string,
  before: ControlState,
  { id, state, answer }: { readonly id: string; readonly state: ControlState; readonly answer: string },
): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('control_command')
    .set({ state, answer })
    .where('portfolio', '=', portfolio)
    .where('id', '=', id)
    .where('state', '=', before)
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

async function found(db: Kysely<Tables>, portfolio: string, id: string): Promise<ControlCommand | undefined> {
  const row = await db
    .selectFrom('control_command')
    .selectAll()
    .where('portfolio', '=', portfolio)
    .where('id', '=', id)
    .executeTakeFirst()
  return row === undefined ? undefined : commandOf(row)
}

function commandOf({ id, portfolio, actor, at, seen, until, body, state, answer }: ControlTables['control_command']) {
  return {
    id,
    portfolio,
    actor,
    at: Number(at) as Instant,
    seen: Number(seen),
    until: until === null ? null : (Number(until) as Instant),
    body: JSON.parse(body) as ControlBody,
    state: state as ControlState,
    answer,
  } satisfies ControlCommand
}

async function numbered<Table extends Exclude<Numbered, 'control_command'>>(
  db: Kysely<Tables>,
  table: Table,
  portfolio: string,
): Promise<readonly ControlTables[Table][]> {
  const rows = await db
    .selectFrom(table as Numbered)
    .selectAll()
    .where('portfolio', '=', portfolio)
    .orderBy('number')
    .execute()
  return rows as unknown as readonly ControlTables[Table][]
}

async function inserted(
  db: Kysely<Tables>,
  table: Numbered,
  portfolio: string,
  insert: (number: number) => Promise<unknown>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const { last } = await db
      .selectFrom(table)
      .select(({ fn }) => fn.max(sql<number>`number`).as('last'))
      .where('portfolio', '=', portfolio)
      .executeTakeFirstOrThrow()
    try {
      await insert(Number(last ?? 0) + 1)
      return
    } catch (error) {
      const isTaken = error instanceof Error && /UNIQUE constraint|duplicate key/i.test(error.message)
      if (!isTaken || attempt === ATTEMPTS) throw error
    }
  }
}
