import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { openLog } from './log.ts'
import { redactor, secretsOf } from './redact.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-log-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Made up, and none of them may ever be found in a log. */
const PLANTED = ['hunter2-hunter2', 'sk_live_51Habc', 'c29tZXNlY3JldA==', 'Zm9vYmFy.YmF6', 'p4ssphr4se', 'otherpw99']
const [password, apiKey, basic, bearer, passphrase, other] = PLANTED as [string, string, string, string, string, string]

async function written(file: string, lines: number): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    const text = attempt === 0 ? '' : readFileSync(file, 'utf8')
    if (text.split('\n').length > lines || attempt > 100) return text
    await wait(20)
  }
}

describe('a log', () => {
  it('has no secret in it, wherever one was planted', async () => {
    const file = join(folder, 'planted.log')
    const environment = { REDIS_PASSWORD: password, PGHOST: 'db', STORE: `postgres://me:${other}@db/x`, EMPTY: '' }
    const log = openLog({ level: 'debug', file, environment })
    const cause = new Error(`connect redis://:${password}@cache:6379 failed`)
    log.info(`opened postgres://me:${other}@db/x`, { url: `postgres://me:${other}@db/x` })
    log.warn('asked', { headers: { Authorization: `Bearer ${bearer}`, cookie: 'a=b', 'x-api-key': apiKey } })
    log.error('failed', { error: new Error(`401 for api_key=${apiKey}&x=1`, { cause }) })
    log.debug(`sent Authorization: Basic ${basic}`)
    log.with({ broker: { secret: passphrase, list: [{ token: apiKey }, `password: "${passphrase}"`] } }).info('bound')
    log.info(`the value ${password} stands alone`)
    const text = await written(file, 6)
    expect(text.trim().split('\n')).toHaveLength(6)
    for (const secret of PLANTED) expect(text).not.toContain(secret)
    for (const kept of ['postgres://me:[hidden]@db/x', 'cache:6379', '"msg":"bound"', '401 for']) {
      expect(text).toContain(kept)
    }
    for (const line of text.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('time')
  })

  it('says nothing below its level', async () => {
    const file = join(folder, 'level.log')
    const log = openLog({ level: 'warn', file, environment: {} })
    log.info('quiet')
    log.warn('loud')
    log.close()
    expect(await written(file, 1)).not.toContain('quiet')
  })

  it('loses lines sooner than it holds anybody up, and counts them', () => {
    // Nobody reads in between: all of it is written in one turn of the loop.
    const log = openLog({ level: 'info', file: join(folder, 'full.log'), environment: {} })
    const long = 'x'.repeat(3_000)
    for (let line = 0; line < 2_000; line += 1) log.info(long)
    expect(log.dropped).toBeGreaterThan(100)
    log.close()
  })

  it('bounds what it is given', () => {
    const long = `${'x'.repeat(3_995)}${password}`
    expect(redactor([password]).text(`${long}${'y'.repeat(100)}`)).not.toContain('hunt')
    const { value, text } = redactor([])
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    expect(JSON.stringify(value(loop)).length).toBeLessThan(200)
    expect((value(Array.from({ length: 1_000 }, () => 1)) as unknown[]).length).toBe(100)
    expect(text('y'.repeat(10_000)).length).toBeLessThan(5_000)
    expect(value({ at: 5n, bytes: new Uint8Array(9) })).toEqual({ at: '5', bytes: '9 bytes' })
  })

  it('knows secrets of the environment by their names and addresses', () => {
    expect(secretsOf({ ALPACA_API_KEY: 'abc', HOME: '/root', DB: 'postgres://u:pw@h/d', NONE: undefined })).toEqual([
      'abc',
      'pw',
    ])
  })
})
