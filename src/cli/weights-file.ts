import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { readTable } from '../adapters/feeds/read-table.ts'
import { FaultError, fault } from '../domain/faults.ts'

/**
 * Weights by name, from a CSV of names and weights or from JSON: an object of names and numbers, or a document that
 * holds one under `weights`. Every name must be one of the series, and every series must have a weight.
 */
export async function readWeights(path: string, names: readonly string[]): Promise<readonly number[]> {
  const file = basename(path)
  const refused = (reason: string): FaultError => new FaultError(fault('FILE_UNREADABLE', { file, reason }))
  const entries = extname(path).toLowerCase() === '.json' ? await fromJson(path, refused) : await fromTable(path)
  const given = new Map<string, number>()
  for (const [name, weight] of entries) {
    if (!names.includes(name))
      throw refused(`"${name}" is no series; they are ${names.map((own) => `"${own}"`).join(', ')}`)
    if (given.has(name)) throw refused(`"${name}" has two weights; remove one`)
    if (!Number.isFinite(weight)) throw refused(`the weight of "${name}" is no number; write one such as 0.25`)
    given.set(name, weight)
  }
  const missing = names.filter((name) => !given.has(name))
  if (missing.length > 0)
    throw refused(
      `no weight for ${missing.map((name) => `"${name}"`).join(', ')}; write 0 for a series that is not held`,
    )
  return names.map((name) => given.get(name)!)
}

type Entries = readonly (readonly [string, number])[]

async function fromJson(path: string, refused: (reason: string) => FaultError): Promise<Entries> {
  let document: unknown
  try {
    document = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw refused(cause instanceof Error ? cause.message : String(cause))
  }
  const inner = isRecord(document) && isRecord(document['weights']) ? document['weights'] : document
  if (!isRecord(inner)) throw refused('it holds no object of names and weights, such as {"trend": 0.5, "news": 0.5}')
  return Object.entries(inner).map(([name, weight]) => [name, typeof weight === 'number' ? weight : Number.NaN])
}

/** The first line is a header where its second cell is no number. */
async function fromTable(path: string): Promise<Entries> {
  const table = await readTable(path, basename(path))
  const body = Array.from({ length: table.count }, (_, row) => [table.cell(row, 0), table.cell(row, 1)] as const)
  const [name = '', weight = ''] = table.header
  const headless = weight !== '' && Number.isFinite(Number(weight))
  return [...(headless ? [[name, weight] as const] : []), ...body].map(([own, text]) => [
    own,
    text === '' ? Number.NaN : Number(text),
  ])
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
