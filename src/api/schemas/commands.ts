/** Schemas of what an operator may ask, and of notes. */
import { z } from 'zod'
import type { CommandRequest, CommandView, UpdateView } from '../contract/commands.ts'
import type { NewNote, Note, NoteChange } from '../contract/notes.ts'
import { commandId, instant, sleeveName } from './answers.ts'

const words = z.string().min(1).max(2_000)
const account = z.string().min(4).max(64)
const kind = <Kind extends string>(name: Kind) => z.literal(name)

const commandBody = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: kind('pause'), sleeve: sleeveName.nullable() }),
    z.strictObject({ kind: kind('resume'), sleeve: sleeveName.nullable() }),
    z.strictObject({ kind: kind('kill'), reason: words }),
    z.strictObject({ kind: kind('revive'), reason: words }),
    z.strictObject({ kind: kind('arm'), account, until: z.iso.datetime().nullable() }),
    z.strictObject({ kind: kind('disarm'), reason: words }),
    z.strictObject({ kind: kind('flatten'), sleeve: sleeveName.nullable(), confirm: z.string().max(120) }),
    z.strictObject({ kind: kind('rebalance'), by: z.enum(['transfer', 'scaling', 'liquidation']) }),
    z.strictObject({
      kind: kind('approve'),
      approval: z.string().min(1).max(64),
      decision: z.enum(['approve', 'reduce', 'reject']),
      quantity: z.number().positive().max(1e12).nullable(),
    }),
    z.strictObject({
      kind: kind('assign'),
      discrepancy: z.string().min(1).max(200),
      to: sleeveName.nullable(),
      price: z.number().nonnegative().max(1e12).nullable(),
      cash: z.number().min(-1e12).max(1e12).nullable(),
      note: z.string().max(2_000),
    }),
    z.strictObject({
      kind: kind('decide'),
      order: z.string().min(1).max(128),
      verdict: z.enum(['absent', 'working', 'cancelled', 'expired', 'rejected']),
    }),
    z.strictObject({ kind: kind('fraction'), fraction: z.number().min(0).max(1) }),
    z.strictObject({ kind: kind('update') }),
    z.strictObject({ kind: kind('configure'), file: z.string().regex(/^[0-9a-f]{64}$/) }),
  ])
  .meta({ id: 'CommandBody' })

export const commandRequest = z
  .strictObject({ id: commandId, seen: z.int().min(-1), body: commandBody })
  .meta({ id: 'CommandRequest' })
commandRequest satisfies z.ZodType<CommandRequest>

export const commandView = z
  .object({
    id: z.string(),
    at: instant,
    actor: z.string(),
    seen: z.int(),
    body: commandBody,
    state: z.enum(['asked', 'begun', 'done', 'declined', 'withdrawn']),
    answer: z.string(),
  })
  .meta({ id: 'CommandView' })
commandView satisfies z.ZodType<CommandView>

export const updateView = z
  .object({
    id: z.string(),
    state: z.enum(['asked', 'running', 'done', 'declined']),
    askedAt: instant,
    endedAt: instant.nullable(),
    text: z.string(),
  })
  .meta({ id: 'UpdateView' })
updateView satisfies z.ZodType<UpdateView>

export const noteAbout = z.enum(['sleeve', 'position', 'trade', 'order', 'violation', 'day'])
const tag = z.string().regex(/^[\p{L}\p{N}_-]{1,40}$/u)
const noteText = z.string().min(1).max(10_000)
export const note = z
  .object({
    id: z.string(),
    at: instant,
    author: z.string(),
    about: noteAbout,
    subject: z.string(),
    text: z.string(),
    tags: z.array(z.string()),
    version: z.int(),
    editedAt: instant.nullable(),
  })
  .meta({ id: 'Note' })
note satisfies z.ZodType<Note>
export const newNote = z
  .strictObject({
    id: commandId,
    about: noteAbout,
    subject: z.string().min(1).max(200),
    text: noteText,
    tags: z.array(tag).max(20),
  })
  .meta({ id: 'NewNote' })
newNote satisfies z.ZodType<NewNote>
export const noteChange = z
  .strictObject({ seen: z.int().min(1), text: noteText.exactOptional(), tags: z.array(tag).max(20).exactOptional() })
  .meta({ id: 'NoteChange' })
noteChange satisfies z.ZodType<NoteChange>
