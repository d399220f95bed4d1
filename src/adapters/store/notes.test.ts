import { afterAll } from 'vitest'
import { notesContract } from '../../../test/contracts/notes.ts'
import { postgresServer } from '../../../test/servers.ts'
import { HAS_STORE, storeFolder } from '../../../test/store.ts'

const server = await postgresServer()
const folder = storeFolder()
afterAll(async () => {
  folder.remove()
  await server?.stop()
})

if (HAS_STORE) notesContract('a file', () => Promise.resolve(folder.path('notes.db')))
if (server !== null) notesContract('PostgreSQL', () => server.database('notes'))
