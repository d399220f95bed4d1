/** Names and pages that this server answers to. Whoever comes by another name, or from another page, is sent away. */
import type { IncomingHttpHeaders } from 'node:http'

export interface Site {
  readonly port: number
  /** Address that it listens on. */
  readonly address: string
  readonly isTls: boolean
  /** Further names, such as that of the proxy before it; with a port where that is not the scheme's own. */
  readonly names: readonly string[]
  /** A proxy before it speaks TLS. */
  readonly isProxied: boolean
}

export const LOOPBACK = '127.0.0.1'

/** Values of the Host header. */
export function hostsOf({ port, address, isTls, names }: Site): ReadonlySet<string> {
  const standard = isTls ? 443 : 80
  const own = [LOOPBACK, 'localhost', '[::1]', address.includes(':') ? `[${address}]` : address, ...names]
  const withPort = own.map((name) => (/:\d+$/.test(name) ? name : `${name}:${port}`))
  return new Set([...withPort, ...names, ...(port === standard ? own : [])].map((name) => name.toLowerCase()))
}

/** Values of the Origin header. */
export function originsOf(site: Site): ReadonlySet<string> {
  const schemes = [...(site.isTls ? ['https'] : ['http']), ...(site.isProxied ? ['https'] : [])]
  return new Set(schemes.flatMap((scheme) => [...hostsOf(site)].map((host) => `${scheme}://${host}`)))
}

export function isOwnHost(headers: IncomingHttpHeaders, hosts: ReadonlySet<string>): boolean {
  return headers.host !== undefined && hosts.has(headers.host.toLowerCase())
}

/** Whether whoever asks sits at this machine. */
export function isOwnMachine(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address)
}

/** Whether no page of another site stands behind it. Programs that are no browser send neither header. */
export function isOwnPage(headers: IncomingHttpHeaders, origins: ReadonlySet<string>): boolean {
  const { origin } = headers
  if (origin !== undefined && !origins.has(origin.toLowerCase())) return false
  const from = headers['sec-fetch-site']
  return from === undefined || from === 'same-origin' || from === 'none'
}
