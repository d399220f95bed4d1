/** One commit: the events and all that belongs to them, in the order in which it is written. */
import type { Transaction } from 'kysely'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Batch } from '../../domain/store.ts'
import { auditAnswers } from './audit.ts'
import type { BulkWriter, Written } from './bulk.ts'
import { hashOf, link } from './chain.ts'
import { answerCommands } from './control.ts'
import { eventPlace, type Head, SEALED_KINDS, statePlace } from './journal-rows.ts'
import { writeOrders } from './order-rows.ts'
import { writeProjected } from './projections.ts'
import type { Tables } from './schema.ts'
import type { Sealing } from './sealing.ts'

/** Where a commit goes. */
export interface Place {
  readonly portfolio: string
  readonly epoch: number
  readonly head: Head
  readonly isServer: boolean
  /** The store, for messages. */
  readonly name: string
  readonly bulk: BulkWriter
  readonly sealing: Sealing
}

const JOURNAL: Written = {
  table: 'journal',
  columns: ['portfolio', 'seq', 'epoch', 'at', 'kind', 'version', 'payload', 'hash', 'archived'],
}
const MESSAGES: Written = { table: 'message', columns: ['portfolio', 'number', 'at', 'channel', 'body'] }

/** Whether there is nothing to write. */
export function isEmpty({
  rows,
  snapshot,
  orders = [],
  executions = [],
  place,
  answers = [],
  messages = [],
  projected = {},
}: Batch): boolean {
  const said = messages.length + Object.keys(projected).length
  const written = rows.length + orders.length + executions.length + answers.length + said
  return written === 0 && snapshot === undefined && place === undefined
}

/** Writes all of it, or fails; returns where the journal ends then. */
export async function append(step: Transaction<Tables>, place: Place, batch: Batch): Promise<Head> {
  const { rows, snapshot, messages = [] } = batch
  const { portfolio, epoch, head, name, sealing, bulk } = place
  await demandLease(step, place)
  let { next, hash } = head
  const values: unknown[] = []
  for (const row of rows) {
    const { seq, at, kind, version } = row
    if (seq !== next) throw gap(name, portfolio, next, seq)
    next += 1
    hash = link(hash, row)
    const payload = SEALED_KINDS.has(kind) ? sealing.seal(row.payload, eventPlace(portfolio, seq)) : row.payload
    values.push(portfolio, seq, epoch, at, kind, version, bufferOf(payload), bufferOf(hash), 0)
  }
  await bulk.write(step, JOURNAL, values)
  const told: unknown[] = []
  for (const [place, { at, channel, body }] of messages.entries())
    told.push(portfolio, head.message + 1 + place, at, channel, JSON.stringify(body))
  await bulk.write(step, MESSAGES, told)
  await writeOrders(step, bulk, portfolio, batch)
  if (batch.projected !== undefined) await writeProjected(step, bulk, portfolio, batch.projected)
  await answerCommands(step, portfolio, batch.answers ?? [])
  await auditAnswers({ db: step, isServer: place.isServer }, portfolio, batch.answers ?? [])
  if (snapshot !== undefined) {
    const { seq, kernelVersion, payload } = snapshot
    const sealed = bufferOf(sealing.seal(payload, statePlace(portfolio, seq)))
    const row = { portfolio, seq, kernel_version: kernelVersion, payload: sealed, hash: bufferOf(hashOf(payload)) }
    await step.insertInto('snapshot').values(row).execute()
  }
  return { next, hash, message: head.message + messages.length, told: await noteTold(step, place, next, batch) }
}

/** How far what is told of events has come: where it was never behind them, nothing is written of it. */
async function noteTold(
  step: Transaction<Tables>,
  { portfolio, head }: Place,
  next: number,
  { rows, isAhead = false }: Batch,
): Promise<number | null> {
  const seq = isAhead ? (head.told ?? head.next - 1) : next - 1
  if (head.told === seq || (head.told === null && (!isAhead || rows.length === 0))) return head.told
  await step
    .insertInto('told')
    .values({ portfolio, seq })
    .onConflict((one) => one.column('portfolio').doUpdateSet({ seq }))
    .execute()
  return seq
}

/**
 * A server lets nobody take the lease until the transaction that asks here has ended. In a file the first statement must
 * write: a transaction that has read already is refused at once, not made to wait, where another process wrote since.
 */
export async function demandLease(
  step: Transaction<Tables>,
  { portfolio, epoch, isServer, name }: Pick<Place, 'portfolio' | 'epoch' | 'isServer' | 'name'>,
): Promise<void> {
  if (!isServer) await step.updateTable('lease').set({ portfolio }).where('portfolio', '=', portfolio).execute()
  const asked = step.selectFrom('lease').select(['epoch', 'owner']).where('portfolio', '=', portfolio)
  const held = await (isServer ? asked.forShare() : asked).executeTakeFirst()
  if (held?.epoch === epoch) return
  throw new FaultError(fault('LEASE_LOST', { store: name, portfolio, owner: held?.owner ?? 'nobody' }))
}

/** Whether somebody else has written an event of this number. */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && /UNIQUE constraint failed: journal\.|"journal_key"/.test(error.message)
}

export function gap(store: string, portfolio: string, expected: number, found: number): FaultError {
  return new FaultError(fault('JOURNAL_GAP', { store, portfolio, expected, found }))
}

/** The same bytes as drivers want them. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
