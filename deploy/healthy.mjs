// Asks the server of this container whether it is there; its certificate is its own business.
import { request as plain } from 'node:http'
import { request as encrypted } from 'node:https'

const port = Number(process.env.POLYFOLIO_PORT ?? 8420)
const where = { host: '127.0.0.1', port, path: '/health', timeout: 4_000, headers: { host: `localhost:${port}` } }

const isThere = (request, options) =>
  new Promise((done) => {
    const asked = request(options, (response) => {
      response.resume()
      done(response.statusCode === 200)
    })
    asked.on('error', () => done(false))
    asked.on('timeout', () => asked.destroy(new Error('too slow')))
    asked.end()
  })

const found = (await isThere(encrypted, { ...where, rejectUnauthorized: false })) || (await isThere(plain, where))
process.exitCode = found ? 0 : 1
