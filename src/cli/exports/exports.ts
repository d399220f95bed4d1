/** Tables as files for whoever asks: written by the analyst, read once, and gone. */
import { randomUUID } from 'node:crypto'
import { createReadStream, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExportAsked, ExportFormat, Exports } from '../../api/ports.ts'
import type { Note, NotePage, Notes } from '../../domain/notes.ts'
import { formatInstant } from '../../domain/sessions.ts'
import type { Analyst } from '../analyst/analyst.ts'
import type { Cell } from '../report/csv.ts'
import type { ExportTable } from './tables.ts'
import { writeExport } from './write.ts'

const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  parquet: 'application/vnd.apache.parquet',
}
const NOTE_COLUMNS = ['id', 'at', 'author', 'about', 'subject', 'text', 'tags', 'edited_at', 'editor'] as const

const NOTES_AT_ONCE = 200

export function openExports(analyst: Pick<Analyst, 'writeFile'>, notes: Pick<Notes, 'findNotes'> | null): Exports {
  return {
    async export(portfolio, asked) {
      const folder = mkdtempSync(join(tmpdir(), 'polyfolio-export-'))
      const file = join(folder, `${randomUUID()}.${asked.format}`)
      try {
        if (asked.what === 'notes') await writeExport(await notesTable(notes, portfolio), asked.format, file)
        else await analyst.writeFile(portfolio, asked, file)
      } catch (error) {
        await rm(folder, { recursive: true, force: true })
        throw error
      }
      const body = createReadStream(file)
      // Also where whoever asked goes away in the middle.
      body.once('close', () => void rm(folder, { recursive: true, force: true }))
      return { name: fileName(portfolio, asked), type: TYPES[asked.format], body }
    },
  }
}

/** `demo-trades.csv`: what every system takes as a name. */
function fileName(portfolio: string, { what, format }: ExportAsked): string {
  const name = portfolio.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  return `${name.replaceAll(/^-|-$/g, '')}-${what}.${format}`
}

async function notesTable(notes: Pick<Notes, 'findNotes'> | null, portfolio: string): Promise<ExportTable> {
  const found: Note[] = []
  for (let page = notes === null ? null : await pageOf(notes, portfolio, 0); page !== null; ) {
    found.push(...page.notes)
    page = page.notes.length < NOTES_AT_ONCE ? null : await pageOf(notes!, portfolio, found.length)
  }
  return { columns: NOTE_COLUMNS, rows: found.map(cellsOf) }
}

function pageOf(notes: Pick<Notes, 'findNotes'>, portfolio: string, offset: number): Promise<NotePage> {
  return notes.findNotes(portfolio, { offset, limit: NOTES_AT_ONCE })
}

function cellsOf({ id, at, author, about, subject, text, tags, editedAt, editor }: Note): readonly Cell[] {
  const edited = editedAt === null ? null : formatInstant(editedAt)
  return [id, formatInstant(at), author, about, subject, text, tags.join(' '), edited, editor]
}
