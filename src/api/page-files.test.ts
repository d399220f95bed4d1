import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPageFiles } from './page-files.ts'
import { addPages, pageScripts } from './pages.ts'

const SCRIPT = `export const text = "${'a figure '.repeat(200)}"`
const page = (name: string): string => `<!doctype html><script type="module" src="/assets/${name}"></script>`

describe('files of the dashboard', () => {
  const folder = mkdtempSync(join(tmpdir(), 'polyfolio-page-files-'))
  const app: FastifyInstance = fastify()
  const build = (name: string): void => {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(join(folder, 'assets'), { recursive: true })
    writeFileSync(join(folder, 'index.html'), page(name))
    writeFileSync(join(folder, 'mark.svg'), '<svg/>')
    writeFileSync(join(folder, 'assets', name), SCRIPT)
    writeFileSync(join(folder, 'assets', `${name}.br`), brotliCompressSync(SCRIPT))
  }

  beforeAll(async () => {
    build('first-1.js')
    addPages(app, await readPageFiles(folder), () => [])
    await app.ready()
  })
  afterAll(async () => {
    await app.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('go on being served when others are built over them: the page names no file that is missing', async () => {
    build('second-2.js')
    const shown = await app.inject('/risk')
    const [, asked] = /src="([^"]+)"/.exec(shown.payload)!
    expect(asked).toBe('/assets/first-1.js')
    const answered = await app.inject(asked!)
    expect([answered.statusCode, answered.payload]).toEqual([200, SCRIPT])
    expect(answered.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
    })
    expect((await app.inject('/assets/second-2.js')).statusCode).toBe(404)
  })

  it('are sent compressed to whoever takes that, and not again to whoever has them', async () => {
    const ask = (headers: Record<string, string>, url = '/assets/first-1.js') => app.inject({ url, headers })
    const packed = await ask({ 'accept-encoding': 'gzip, deflate, br' })
    expect(packed.headers['content-encoding']).toBe('br')
    expect(brotliDecompressSync(packed.rawPayload).toString()).toBe(SCRIPT)
    const plain = await ask({ 'accept-encoding': 'gzip, br;q=0' })
    expect([plain.headers['content-encoding'], plain.payload]).toEqual([undefined, SCRIPT])
    const tag = String(packed.headers['etag'])
    expect(tag).not.toBe(plain.headers['etag'])
    expect((await ask({ 'accept-encoding': 'br', 'if-none-match': tag })).statusCode).toBe(304)
    expect((await ask({ 'if-none-match': tag })).statusCode).toBe(200)
    expect((await ask({}, '/mark.svg')).headers['cache-control']).toBe('no-cache')
  })

  it('are none where nothing was built, and the page says what to do', async () => {
    const bare = fastify()
    const files = await readPageFiles(join(folder, 'nowhere'))
    expect(pageScripts(files)).toEqual([])
    addPages(bare, files, () => [])
    const { statusCode, payload } = await bare.inject('/')
    await bare.close()
    expect([statusCode, payload.includes('npm run prepare')]).toEqual([404, true])
  })
})
