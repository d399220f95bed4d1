import { afterAll } from 'vitest'
import { controlContract } from '../../../test/contracts/control.ts'
import { postgresServer } from '../../../test/servers.ts'
import { HAS_STORE, storeFolder } from '../../../test/store.ts'
import { openStore } from './open.ts'

const server = await postgresServer()
const folder = storeFolder()
afterAll(async () => {
  folder.remove()
  await server?.stop()
})

let made = 0
if (HAS_STORE) {
  controlContract('what processes tell each other in an SQLite file', () => {
    made += 1
    const file = folder.path(`control-${made}.db`)
    return Promise.resolve(() => openStore(file, { create: true }))
  })
}
if (server !== null) {
  controlContract('what processes tell each other in PostgreSQL', async () => {
    made += 1
    const url = await server.database(`control_${made}`)
    return () => openStore(url, { create: true })
  })
}
