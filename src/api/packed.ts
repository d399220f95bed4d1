/**
 * Answers to other machines are sent packed where that is worth it: a line is slower than this processor. To this machine
 * they go as they are. What holds a secret is not packed: its size would tell of it.
 */
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isOwnMachine } from './access/origins.ts'

const PACKED_FROM = 4 << 10
/** Of eleven: what comes fast. */
const BROTLI_QUALITY = 4
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }

const PACKERS = [
  { name: 'br', pack: (text: string) => promisify(brotliCompress)(text, BROTLI) },
  { name: 'gzip', pack: (text: string) => promisify(gzip)(text) },
] as const

/** Readings of portfolios, and the document: neither of a session. */
const SHARED = /^\/api\/v1\/(p\/|portfolios|openapi)/

export async function packed(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (typeof payload !== 'string' || payload.length < PACKED_FROM) return payload
  if (request.method !== 'GET' || !SHARED.test(request.url)) return payload
  reply.header('vary', 'accept-encoding')
  if (isOwnMachine(request.ip)) return payload
  const taken = new Set(String(request.headers['accept-encoding'] ?? '').split(/\s*,\s*/))
  const packer = PACKERS.find(({ name }) => taken.has(name))
  if (packer === undefined) return payload
  const tag = reply.getHeader('etag')
  // The same reading, not the same bytes.
  if (typeof tag === 'string' && !tag.startsWith('W/')) reply.header('etag', `W/${tag}`)
  reply.header('content-encoding', packer.name)
  reply.removeHeader('content-length')
  return packer.pack(payload)
}
