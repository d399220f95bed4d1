/** What a process shows of itself over HTTP, to this machine alone: reads, and nothing that changes anything. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { FaultError, fault } from '../../domain/faults.ts'

export interface Served {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** By path, such as `/health`. */
export type Routes = ReadonlyMap<string, () => Promise<Served>>

export interface Listening {
  readonly port: number
  close(): Promise<void>
}

const HOST = '127.0.0.1'
/** Nobody who is slower than this is answered. */
const REQUEST_MS = 5_000
const CONNECTIONS_MAX = 64

export function json(value: unknown, status = 200): Served {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n` }
}

/**
 * @param port 0: any that is free
 * @throws FaultError PORT_TAKEN
 */
export async function listen(port: number, routes: Routes): Promise<Listening> {
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, (request, response) => {
    void answer(server, request, response, routes)
  })
  server.maxConnections = CONNECTIONS_MAX
  await new Promise<void>((done, refuse) => {
    server.once('error', refuse)
    server.listen(port, HOST, done)
  }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new FaultError(fault('PORT_TAKEN', { port, reason }), error)
  })
  return {
    port: portOf(server),
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function answer(
  server: Server,
  request: IncomingMessage,
  response: ServerResponse,
  routes: Routes,
): Promise<void> {
  const served = await servedTo(server, request, routes)
  response.writeHead(served.status, {
    'content-type': served.type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'",
    ...(served.status === 405 ? { allow: 'GET, HEAD' } : {}),
  })
  response.end(request.method === 'HEAD' ? undefined : served.body)
}

async function servedTo(server: Server, request: IncomingMessage, routes: Routes): Promise<Served> {
  // A page of another site that a browser was led to sends its own name here.
  if (!isOwnName(request.headers.host, portOf(server))) return json({ error: 'unknown host' }, 421)
  if (request.method !== 'GET' && request.method !== 'HEAD') return json({ error: 'only reads' }, 405)
  const path = (request.url ?? '/').split('?')[0]!
  const route = routes.get(path)
  if (route === undefined) return json({ error: 'not found', paths: [...routes.keys()] }, 404)
  try {
    return await route()
  } catch {
    // What went wrong may name addresses; whoever runs this finds it in the log.
    return json({ error: 'this cannot be told now' }, 503)
  }
}

function isOwnName(host: string | undefined, port: number): boolean {
  return [HOST, 'localhost', '[::1]'].some((name) => host === `${name}:${port}`)
}
