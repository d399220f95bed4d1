/** Opens the server of the API and the pages, and says on the console how to get in. */
import { existsSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { dirname, join } from 'node:path'
import { isServer } from '../../adapters/store/open.ts'
import { hashOf, newSecret } from '../../api/access/secrets.ts'
import type { ApiPorts } from '../../api/ports.ts'
import { type ApiServer, isLoopback, openServer } from '../../api/server.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Instant } from '../../domain/units.ts'
import { packageRoot, packageVersion } from '../package-root.ts'
import { type Certificate, certificateFrom, ownCertificate } from './certificate.ts'

/** How the server is reached, as the command line says it. */
export interface WebOptions {
  readonly port: number
  /** Left out: this machine alone, or with `lan` its address in the local network. */
  readonly listen?: string
  readonly lan?: boolean
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly trustedProxy?: string
  readonly hostName?: readonly string[]
  readonly requestsPerMinute?: number
  readonly changesPerMinute?: number
  /** Left out: required where others can reach it. */
  readonly auth?: 'required' | 'link'
}

export interface OpenDashboard {
  readonly server: ApiServer
  /** One-time, signs in as admin; null where a name and passphrase are asked for. */
  readonly link: string | null
  /** One-time, makes the first user; null where there is one. */
  readonly setupToken: string | null
  readonly fingerprint: string | null
}

const LINK_MS = 60 * 60_000
const SETUP_MS = 24 * 60 * 60_000
/** Whom a link signs in. */
const LINK_USER = 'local'

/** @throws FaultError ADDRESS_PUBLIC, ADDRESS_UNKNOWN, TLS_MISSING, TLS_UNREADABLE, PORT_TAKEN */
export async function openDashboard(
  ports: ApiPorts,
  store: string,
  options: WebOptions,
  isApi: boolean,
): Promise<OpenDashboard> {
  const address = options.listen ?? (options.lan === true ? lanAddress() : '127.0.0.1')
  const certificate = await certificateOf(options, address, store)
  const trustedProxy = options.trustedProxy ?? null
  const isPrivate = isLoopback(address) && trustedProxy === null
  const isAuthRequired = options.auth === 'required' || (options.auth === undefined && !isPrivate)
  const folder = join(packageRoot(), 'dist', 'dashboard')
  const server = await openServer(ports, {
    address,
    port: options.port,
    tls: certificate,
    trustedProxy,
    names: options.hostName ?? [],
    isAuthRequired,
    isApi,
    dashboard: isApi && existsSync(folder) ? folder : null,
    version: packageVersion(),
    storeName: shownStore(store),
    ...(options.requestsPerMinute === undefined ? {} : { requestsPerMinute: options.requestsPerMinute }),
    ...(options.changesPerMinute === undefined ? {} : { changesPerMinute: options.changesPerMinute }),
  })
  const entry = isApi ? await entries(ports, server, isAuthRequired) : { link: null, setupToken: null }
  return { server, fingerprint: certificate?.isOwn === true ? certificate.fingerprint : null, ...entry }
}

/** What only the console may show: written to no log. */
export function entryLines({ server, link, setupToken, fingerprint }: OpenDashboard): readonly string[] {
  return [
    ...(link === null ? [] : [`note: dashboard at ${link} (signs you in once)`]),
    ...(setupToken === null || link !== null
      ? []
      : [`note: no user yet: open ${server.origin}/setup and give the token ${setupToken}`]),
    ...(fingerprint === null ? [] : [`note: certificate made here; SHA-256 fingerprint ${fingerprint}`]),
  ]
}

async function entries({ store: { access }, now }: ApiPorts, server: ApiServer, isAuthRequired: boolean) {
  const at = now() as Instant
  let setupToken: string | null = null
  if (await access.needsSetUp()) {
    setupToken = newSecret()
    const secret = { kind: 'setup' as const, hash: hashOf(setupToken), user: '', role: 'admin' as const, at }
    await access.offerSecret({ ...secret, expiresAt: (at + SETUP_MS) as Instant })
  }
  if (isAuthRequired) return { link: null, setupToken }
  const secret = newSecret()
  const link = { kind: 'link' as const, hash: hashOf(secret), user: LINK_USER, role: 'admin' as const, at }
  await access.offerSecret({ ...link, expiresAt: (at + LINK_MS) as Instant })
  // Behind the number sign it is sent to no server and stands in no log.
  return { link: `${server.origin}/#link=${secret}`, setupToken }
}

async function certificateOf(
  { tlsCert, tlsKey, lan, trustedProxy }: WebOptions,
  address: string,
  store: string,
): Promise<Certificate | null> {
  if (tlsCert !== undefined && tlsKey !== undefined) return certificateFrom(tlsCert, tlsKey)
  if (tlsCert !== undefined || tlsKey !== undefined) {
    const [option, other] = tlsCert === undefined ? ['--tls-key', '--tls-cert'] : ['--tls-cert', '--tls-key']
    throw new FaultError(fault('OPTION_INVALID', { option, reason: `name ${other} as well` }))
  }
  if (lan !== true || trustedProxy !== undefined) return null
  return ownCertificate(join(isServer(store) ? process.cwd() : dirname(store), 'polyfolio-tls'), address)
}

/** Of this machine in the network around it. */
function lanAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? [])
  const found = all.find(({ family, internal, address }) => family === 'IPv4' && !internal && isPrivateAddress(address))
  if (found === undefined) throw new FaultError(fault('ADDRESS_UNKNOWN', {}))
  return found.address
}

function isPrivateAddress(address: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.)/.test(address)
}

/** Without a password. */
function shownStore(store: string): string {
  if (!isServer(store)) return store
  if (!URL.canParse(store)) return 'postgres'
  const address = new URL(store)
  address.password = ''
  address.search = '' // may hold one too
  return address.toString()
}
