/** The dashboard: files that were built, and its one page at every address that is no file. */
import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { addPageFiles, type PageFiles } from './page-files.ts'
import { sendProblem } from './problems.ts'
import { Refusal } from './refusal.ts'

const PAGE = '/index.html'
const NOT_BUILT = 'The dashboard is not built: run npm run prepare. The API answers under /api.'

/** Hashes of the scripts that stand in the page itself, as the content policy names them. */
export function pageScripts(files: PageFiles): readonly string[] {
  const page = files.get(PAGE)?.plain.toString('utf8') ?? ''
  const inline = [...page.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)]
  return inline.map(
    ([, text]) =>
      `'sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}'`,
  )
}

/** @param methodsOf an address of the API: what it can be asked by */
export function addPages(app: FastifyInstance, files: PageFiles, methodsOf: (path: string) => readonly string[]): void {
  const page = files.get(PAGE)?.plain ?? null
  if (page !== null) addPageFiles(app, files)
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
