import { afterAll } from 'vitest'
import { jobsContract } from '../../../test/contracts/jobs.ts'
import { redisServer } from '../../../test/servers.ts'
import { bullJobs } from './bullmq.ts'

const server = await redisServer()
afterAll(() => server?.stop())

let database = 0
if (server !== null) {
  jobsContract('jobs on Redis', () => {
    database += 1
    const url = `${server.url}/${database}`
    return Promise.resolve({ open: () => Promise.resolve(bullJobs(url)) })
  })
}
