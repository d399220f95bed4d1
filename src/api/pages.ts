/** The dashboard: files that were built, and its one page at every address that is no file. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import files from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { sendProblem } from './problems.ts'
import { Refusal } from './refusal.ts'

const PAGE = 'index.html'
const YEAR_S = 31_536_000
const NOT_BUILT = 'The dashboard is not built: run npm run prepare. The API answers under /api.'

/** Hashes of the scripts that stand in the page itself, as the content policy names them. */
export async function pageScripts(folder: string | null): Promise<readonly string[]> {
  if (folder === null) return []
  const page = await readFile(join(folder, PAGE), 'utf8').catch(() => '')
  const inline = [...page.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)]
  return inline.map(
    ([, text]) =>
      `'sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}'`,
  )
}

/** @param methodsOf an address of the API: what it can be asked by */
export async function addPages(
  app: FastifyInstance,
  folder: string | null,
  methodsOf: (path: string) => readonly string[],
): Promise<void> {
  const page = folder === null ? null : await readFile(join(folder, PAGE)).catch(() => null)
  if (folder !== null && page !== null) {
    await app.register(files, {
      root: folder,
      index: false,
      wildcard: false,
      dotfiles: 'deny',
      cacheControl: false,
      preCompressed: true, // the build put the compressed form beside each file
      setHeaders(reply, path) {
        // Names of built files hold their contents.
        const isHashed = path.includes('/assets/')
        reply.setHeader('cache-control', isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache')
      },
    })
  }
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]!
    const methods = methodsOf(path)
    if (methods.length > 0) {
      reply.header('allow', methods.join(', '))
      return sendProblem(request, reply, new Refusal('method_unknown', `This is asked by ${methods.join(' or ')}.`))
    }
    const isPage = request.method === 'GET' || request.method === 'HEAD'
    if (!isPage || path.startsWith('/api') || /\.[a-z0-9]{1,5}$/i.test(path)) {
      return sendProblem(request, reply, new Refusal('not_found', 'There is nothing at this address.'))
    }
    if (page === null) return sendProblem(request, reply, new Refusal('not_found', NOT_BUILT))
    return reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(page)
  })
}
