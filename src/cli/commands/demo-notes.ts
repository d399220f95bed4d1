import { randomUUID } from 'node:crypto'
import { openStore } from '../../adapters/store/open.ts'
import type { Noted } from '../../domain/notes.ts'
import type { Instant } from '../../domain/units.ts'

/** Name of the preset's portfolio. */
const PORTFOLIO = 'Demo'
const AUTHOR = 'polyfolio'

const NOTES: readonly {
  readonly about: Noted
  readonly subject: string
  readonly text: string
  readonly tags: string[]
}[] = [
  {
    about: 'day',
    subject: '20250127',
    text: 'From here on the market goes on while you watch; what lies before was played at once.',
    tags: ['demo'],
  },
  {
    about: 'sleeve',
    subject: 'large_cap',
    text: 'Buys what fell below its band. **Why this size** below shows each size with its numbers.',
    tags: ['demo', 'sizing'],
  },
  {
    about: 'sleeve',
    subject: 'reversion',
    text: 'Its large entries wait for your word: Configuration, Approvals.',
    tags: ['demo', 'approvals'],
  },
]

/** What a demonstration says about itself where notes are kept: it can be searched, changed and deleted like any other. */
export async function leaveNotes(store: string): Promise<void> {
  const opened = await openStore(store, { create: true })
  try {
    for (const note of NOTES)
      await opened.notes.addNote(PORTFOLIO, { id: randomUUID(), at: Date.now() as Instant, author: AUTHOR, ...note })
  } finally {
    await opened.close()
  }
}
