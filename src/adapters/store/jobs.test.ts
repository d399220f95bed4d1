import { afterAll } from 'vitest'
import { type JobsUnderTest, jobsContract, lostWorkerContract } from '../../../test/contracts/jobs.ts'
import { postgresServer } from '../../../test/servers.ts'
import { HAS_STORE, storeFolder } from '../../../test/store.ts'
import type { Jobs } from '../../domain/jobs.ts'
import { openStore } from './open.ts'

const server = await postgresServer()
const folder = storeFolder()
afterAll(async () => {
  folder.remove()
  await server?.stop()
})

/** Each way to the queue is a process of its own: what it closes is its own. */
async function openJobs(name: string): Promise<Jobs> {
  const store = await openStore(name, { create: true })
  const jobs = store.jobs({ lookMs: 20, lostMs: 400 })
  return { ...jobs, close: () => store.close() }
}

let made = 0
const inFile = (): Promise<JobsUnderTest> => {
  made += 1
  const file = folder.path(`jobs-${made}.db`)
  return Promise.resolve({ open: () => openJobs(file) })
}
const onServer = async (): Promise<JobsUnderTest> => {
  made += 1
  const url = await server!.database(`jobs_${made}`)
  return { open: () => openJobs(url) }
}

if (HAS_STORE) {
  jobsContract('jobs in an SQLite file', inFile)
  lostWorkerContract('jobs in an SQLite file, a worker lost', inFile)
}
if (server !== null) {
  jobsContract('jobs in PostgreSQL', onServer)
  lostWorkerContract('jobs in PostgreSQL, a worker lost', onServer)
}
