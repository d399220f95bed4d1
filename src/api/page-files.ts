/** The files of the dashboard as they were when the server opened, whatever is built over them while it runs. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const YEAR_S = 31_536_000
const TAG_LENGTH = 22
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}
/** Compressed forms that the build put beside a file, best first. */
const ENCODINGS = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
] as const

type Encoding = (typeof ENCODINGS)[number]['name']

interface PageFile {
  readonly type: string
  readonly plain: Buffer
  readonly packed: ReadonlyMap<Encoding, Buffer>
  readonly tag: string
  /** Its name holds its contents: it is never another. */
  readonly isHashed: boolean
}

/** Files by their address. */
export type PageFiles = ReadonlyMap<string, PageFile>

/** Every file below a folder, read at once; without the folder there is none. */
export async function readPageFiles(folder: string): Promise<PageFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const known = new Set(paths)
  const files = new Map<string, PageFile>()
  for (const path of paths.sort()) {
    const ending = extname(path)
    if (ENCODINGS.some((one) => one.ending === ending) && known.has(path.slice(0, -ending.length))) continue
    const address = `/${relative(folder, path).split(sep).join('/')}`
    const plain = await readFile(path)
    const packed = new Map<Encoding, Buffer>()
    for (const one of ENCODINGS)
      if (known.has(`${path}${one.ending}`)) packed.set(one.name, await readFile(`${path}${one.ending}`))
    const tag = createHash('sha256').update(plain).digest('base64url').slice(0, TAG_LENGTH)
    const type = TYPES[ending] ?? 'application/octet-stream'
    files.set(address, { type, plain, packed, tag, isHashed: address.startsWith('/assets/') })
  }
  return files
}

export function addPageFiles(app: FastifyInstance, files: PageFiles): void {
  for (const [address, file] of files)
    app.get(address, { schema: { hide: true } }, (request, reply) => sendFile(request, reply, file))
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
  const accepted = acceptedEncodings(request.headers['accept-encoding'] ?? '')
  const encoding = ENCODINGS.find(({ name }) => accepted.has(name) && file.packed.has(name))?.name ?? null
  const tag = `"${file.tag}${encoding === null ? '' : `-${encoding}`}"`
  reply
    .header('cache-control', file.isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache')
    .header('vary', 'accept-encoding')
    .header('etag', tag)
    .type(file.type)
  if (request.headers['if-none-match'] === tag) return reply.code(304).send()
  if (encoding !== null) reply.header('content-encoding', encoding)
  return reply.send(encoding === null ? file.plain : file.packed.get(encoding))
}

/** Names of encodings that the caller takes; one with a weight of 0 is refused. */
function acceptedEncodings(header: string): ReadonlySet<string> {
  const parts = header.split(',').map((part) =>
    part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/),
  )
  return new Set(parts.filter(([, weight]) => !/^q=0(\.0*)?$/.test(weight ?? '')).map(([name]) => name!))
}
