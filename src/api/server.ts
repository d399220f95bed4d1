/** The server: one for the API, the sockets and the pages, reached by names of its own alone. */
import { randomUUID } from 'node:crypto'
import cookies from '@fastify/cookie'
import headers from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import websockets from '@fastify/websocket'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { FaultError, fault } from '../domain/faults.ts'
import { callersOf } from './access/callers.ts'
import { networkOf, proxiesOf } from './access/networks.ts'
import { hostsOf, isOwnHost, isOwnMachine, LOOPBACK, originsOf, type Site } from './access/origins.ts'
import { paceOf, roomsOf } from './access/pace.ts'
import { loginThrottle } from './access/throttle.ts'
import { openTrail } from './access/trail.ts'
import { addDocument } from './document.ts'
import { gateOf } from './gate.ts'
import { packed } from './packed.ts'
import { type PageFiles, readPageFiles } from './page-files.ts'
import { addPages, pageScripts } from './pages.ts'
import type { ApiPorts } from './ports.ts'
import { answerProblems } from './problems.ts'
import { pushHub } from './push/hub.ts'
import { addPush } from './push/upgrade.ts'
import { readingsOf } from './readings.ts'
import { Refusal } from './refusal.ts'
import { addEndpoints } from './routes/all.ts'
import type { Context } from './routes/context.ts'
import type { ServerOptions } from './server-options.ts'

export interface ApiServer {
  readonly port: number
  /** `http://127.0.0.1:8420` */
  readonly origin: string
  close(): Promise<void>
}

/** Nobody who is slower than this is answered. */
const REQUEST_MS = 10_000
const BODY_MOST = 64 << 10
/** Of one address: beyond what a hundred pages behind it ask, below what holds others up. */
const REQUESTS_PER_MINUTE = 30_000
const CHANGES_PER_MINUTE = 300
const TOLD_MOST = 1 << 10

/** @throws FaultError ADDRESS_PUBLIC, PORT_TAKEN */
export async function openServer(ports: ApiPorts, options: ServerOptions): Promise<ApiServer> {
  demandPrivate(options)
  const isProxy = options.trustedProxy === null ? null : proxiesOf(options.trustedProxy)
  const app = fastify({
    ...(options.tls === null ? {} : { https: { ...options.tls, minVersion: 'TLSv1.2' as const } }),
    logger: false,
    genReqId: () => randomUUID(),
    bodyLimit: BODY_MOST,
    requestTimeout: REQUEST_MS,
    trustProxy: isProxy ?? false,
    routerOptions: { maxParamLength: 200 },
    return503OnClosing: true,
    forceCloseConnections: true,
  }) as unknown as FastifyInstance
  const isSecure = options.tls !== null || options.trustedProxy !== null
  app.decorate('isSecure', isSecure)
  const site: { current: Site } = { current: siteOf(options, options.port) }
  const readings = readingsOf(ports)
  const context: Context = {
    ports,
    options,
    readings,
    callers: callersOf(ports.store.access),
    throttle: loginThrottle(ports.store.access),
    trail: openTrail(ports.store.access, ports.log),
    push: pushHub(ports, readings, options.version),
    changes: paceOf(options.changesPerMinute ?? CHANGES_PER_MINUTE),
    rooms: roomsOf(),
  }
  app.setValidatorCompiler(validatorCompiler)
  if (options.checksAnswers === true) app.setSerializerCompiler(serializerCompiler)
  else app.setSerializerCompiler(() => (value) => JSON.stringify(value))
  answerProblems(app, ports.log, ports.now)
  const files: PageFiles = options.dashboard === null ? new Map() : await readPageFiles(options.dashboard)
  await app.register(headers, pageHeaders(isSecure, pageScripts(files)))
  await app.register(cookies)
  await app.register(rateLimit, {
    max: options.requestsPerMinute ?? REQUESTS_PER_MINUTE,
    timeWindow: 60_000,
    // Nothing that whoever asks can choose: a cookie of another session every time is no other visitor.
    keyGenerator: ({ ip }: FastifyRequest) => networkOf(ip),
    errorResponseBuilder: (_, { ttl }) =>
      new Refusal('throttled', 'Too many requests.', { retryAfter: Math.ceil(ttl / 1_000) }),
  })
  // A form of another site can send text without asking first: it is not read.
  app.removeContentTypeParser('text/plain')
  await app.register(websockets, { options: { maxPayload: TOLD_MOST, perMessageDeflate: false } })
  app.addHook('onRequest', async (request) => {
    // Beside a proxy nobody comes in: what they send is not sealed, and who they are is what they say.
    const from = request.socket.remoteAddress ?? ''
    if (isProxy !== null && !isProxy(from) && !isOwnMachine(from)) {
      throw new Refusal('host_unknown', 'This is reached through its proxy alone.')
    }
    // A page of another site that a browser was led to sends its own name here.
    if (!isOwnHost(request.headers, hostsOf(site.current))) {
      throw new Refusal('host_unknown', 'Nothing is known by this name here.')
    }
  })
  app.addHook('onSend', neverKept)
  app.addHook('onSend', packed)
  const gate = gateOf(context, () => originsOf(site.current))
  app.decorate('cookieName', '')
  app.decorateRequest('caller', null)
  if (options.isApi) await addDocument(app, options.version)
  const methodsOf = addEndpoints(app, context, gate)
  if (options.isApi) await addPush(app, context, gate)
  addPages(app, files, methodsOf)
  const port = await listenOn(app, options)
  site.current = siteOf(options, port)
  app.cookieName = isSecure ? '__Host-polyfolio' : `polyfolio_${port}`
  return {
    port,
    origin: `${options.tls === null ? 'http' : 'https'}://${hostText(options.address)}:${port}`,
    async close() {
      context.push.close()
      await app.close()
      await context.trail.close()
    },
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Of the session; a name of its own for each port, since a browser does not tell ports apart. */
    cookieName: string
    isSecure: boolean
  }
}

export function isLoopback(address: string): boolean {
  return address === LOOPBACK || address === '::1' || address === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(address)
}

/** An address that others reach carries passphrases and orders: never in the clear. */
function demandPrivate({ address, tls, trustedProxy }: ServerOptions): void {
  if (isLoopback(address) || tls !== null || trustedProxy !== null) return
  throw new FaultError(fault('ADDRESS_PUBLIC', { address }))
}

function siteOf({ address, tls, names, trustedProxy }: ServerOptions, port: number): Site {
  return { address, port, isTls: tls !== null, names, isProxied: trustedProxy !== null }
}

function hostText(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

async function listenOn(app: FastifyInstance, { address, port }: ServerOptions): Promise<number> {
  await app.ready()
  try {
    await app.listen({ host: address, port })
  } catch (error) {
    await app.close()
    const reason = error instanceof Error ? error.message : String(error)
    throw new FaultError(fault('PORT_TAKEN', { port, reason }), error)
  }
  const bound = app.server.address()
  return typeof bound === 'object' && bound !== null ? bound.port : port
}

/** Figures of a portfolio stay in no cache but the one that asks again by their tag. */
async function neverKept(_: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (reply.getHeader('cache-control') === undefined) reply.header('cache-control', 'no-store')
}

/** Scripts and styles of our own alone; no page of another site may frame ours. */
function pageHeaders(isSecure: boolean, scripts: readonly string[]) {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'", ...scripts],
        styleSrc: ["'self'"],
        // Charts place their tooltips by it.
        styleSrcAttr: ["'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        workerSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: isSecure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'no-referrer' as const },
    xFrameOptions: { action: 'deny' as const },
    crossOriginOpenerPolicy: { policy: 'same-origin' as const },
    crossOriginResourcePolicy: { policy: 'same-origin' as const },
  }
}
