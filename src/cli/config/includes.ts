import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { FaultError, fault } from '../../domain/faults.ts'
import { withConfigurations } from '../configurations/sleeves.ts'
import { type ConfigDocument, joinDocument, type Mount, parseSource, type SourceFile } from './document.ts'
import { readText } from './text-file.ts'
import { readUniverseFile } from './universe-file.ts'

type Block = Record<string, unknown>
const isBlock = (value: unknown): value is Block => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A portfolio file together with the sleeves and instruments that it keeps in files of their own. */
export function readDocument(file: string): ConfigDocument {
  const outer = parseSource(file, readText(file))
  if (!isBlock(outer.value)) {
    const reason = 'must be a block of settings such as "name: ..."; see presets/channels.yaml'
    throw new FaultError(fault('CONFIG_INVALID', { file, line: 1, column: 1, path: 'the file', reason }))
  }
  const mounts: Mount[] = []
  const { include, ...own } = outer.value
  const value: Block = { ...included(outer, include, mounts), ...own }
  if (Array.isArray(value['sleeves'])) {
    value['sleeves'] = value['sleeves'].map((entry: unknown, index) =>
      mountUniverse(mountSleeve(outer, entry, index, mounts), index, { outer, entry, mounts }),
    )
  }
  if (value['instruments_file'] !== undefined) {
    value['instruments'] = mountInstruments(outer, value, mounts)
  }
  const { configurations } = value
  if (typeof configurations !== 'string') return joinDocument(outer, value, mounts)
  const store = named(outer, configurations, ['configurations'])
  return joinDocument(outer, withConfigurations(value, store, mounts), mounts)
}

/** The settings of files that this one includes; of two that state the same, the later one counts, and this one's own most. */
function included(outer: SourceFile, include: unknown, mounts: Mount[]): Block {
  if (include === undefined) return {}
  const names = Array.isArray(include) ? include : [include]
  const merged: Block = {}
  names.forEach((name: unknown, index) => {
    const path = Array.isArray(include) ? ['include', index] : ['include']
    if (typeof name !== 'string') {
      const place = outer.find(path, 'value') ?? { file: outer.file, line: 1, column: 1 }
      const reason = 'must be the name of a file, or a list of them'
      throw new FaultError(fault('CONFIG_INVALID', { ...place, path: path.join('.'), reason }))
    }
    const file = named(outer, name, path)
    const source = parseSource(file, readText(file))
    if (!isBlock(source.value)) {
      const reason = 'must be a block of settings such as "name: ..."'
      throw new FaultError(fault('CONFIG_INVALID', { file, line: 1, column: 1, path: 'the file', reason }))
    }
    if ('include' in source.value) {
      const place = source.find(['include'], 'key') ?? { file, line: 1, column: 1 }
      const reason = `is not followed in a file that is included itself; name its files in ${outer.file}`
      throw new FaultError(fault('CONFIG_INVALID', { ...place, path: 'include', reason }))
    }
    for (const [key, part] of Object.entries(source.value)) {
      merged[key] = part
      if (!(key in (outer.value as Block))) mounts.unshift({ path: [key], source, at: [key] })
    }
  })
  return merged
}

/** The file that `name` in `outer` stands for; a missing one is said at the place of its name. */
function named(outer: SourceFile, name: string, path: readonly (string | number)[]): string {
  const file = isAbsolute(name) ? name : join(dirname(outer.file), name)
  if (!existsSync(file)) {
    const place = outer.find(path, 'value') ?? { file: outer.file, line: 1, column: 1 }
    const reason = `no file "${file}"; names are relative to ${outer.file}`
    throw new FaultError(fault('CONFIG_INVALID', { ...place, path: path.join('.'), reason }))
  }
  return file
}

function mountSleeve(outer: SourceFile, entry: unknown, index: number, mounts: Mount[]): unknown {
  const name = typeof entry === 'string' ? entry : isBlock(entry) ? entry['use'] : undefined
  if (typeof name !== 'string') return entry
  const path = typeof entry === 'string' ? ['sleeves', index] : ['sleeves', index, 'use']
  const file = named(outer, name, path)
  const source = parseSource(file, readText(file))
  if (!isBlock(source.value)) {
    const reason = 'must be the settings of one sleeve, such as "id: ..."'
    throw new FaultError(fault('CONFIG_INVALID', { file, line: 1, column: 1, path: 'the file', reason }))
  }
  mounts.push({ path: ['sleeves', index], source, at: [] })
  const { use: _, ...own } = isBlock(entry) ? entry : {}
  return { ...source.value, ...own }
}

interface SleeveEntry {
  readonly outer: SourceFile
  /** As the outer file writes it. */
  readonly entry: unknown
  readonly mounts: Mount[]
}

/**
 * A sleeve whose `universe_file` is read: its names stand where a list of its own would. What the outer file says of the
 * universe counts more than what the sleeve's own file says; both ways in one file are a contradiction.
 */
function mountUniverse(sleeve: unknown, index: number, { outer, entry, mounts }: SleeveEntry): unknown {
  if (!isBlock(sleeve) || typeof sleeve['universe_file'] !== 'string') return sleeve
  const path = ['sleeves', index, 'universe_file']
  const own = mounts.find((mount) => mount.path.length === 2 && mount.path[1] === index && mount.path[0] === 'sleeves')
  const isOuter = own === undefined || (isBlock(entry) && 'universe_file' in entry)
  const [holder, inner] = isOuter ? [outer, path] : [own.source, ['universe_file']]
  if ('universe' in sleeve) {
    const beside = isOuter ? entry : own.source.value
    if (isBlock(beside) && 'universe' in beside) {
      const place = holder.find(inner, 'value') ?? { file: holder.file, line: 1, column: 1 }
      const reason = 'is given beside a list under "universe:"; keep one of them'
      throw new FaultError(fault('CONFIG_INVALID', { ...place, path: `sleeves[${index}].universe_file`, reason }))
    }
    if (!isOuter) {
      const { universe_file: _, ...listed } = sleeve
      return listed
    }
  }
  const file = named(holder, sleeve['universe_file'], inner)
  const source = readUniverseFile(file, readText(file))
  mounts.unshift({ path: ['sleeves', index, 'universe'], source, at: [] })
  return { ...sleeve, universe: source.value }
}

function mountInstruments(outer: SourceFile, value: Block, mounts: Mount[]): Block {
  const files = value['instruments_file']
  const names = Array.isArray(files) ? files : [files]
  const merged: Block = {}
  names.forEach((name: unknown, index) => {
    if (typeof name !== 'string') return
    const file = named(outer, name, Array.isArray(files) ? ['instruments_file', index] : ['instruments_file'])
    const source = /\.(csv|tsv)$/i.test(file) ? readTable(file) : parseSource(file, readText(file))
    const own = isBlock(source.value) ? source.value : {}
    for (const [id, entry] of Object.entries(own)) {
      mounts.push({ path: ['instruments', id], source, at: [id] })
      merged[id] = isBlock(merged[id]) && isBlock(entry) ? { ...merged[id], ...entry } : entry
    }
  })
  const inline = isBlock(value['instruments']) ? value['instruments'] : {}
  for (const [id, entry] of Object.entries(inline)) {
    merged[id] = isBlock(merged[id]) && isBlock(entry) ? { ...merged[id], ...entry } : entry
  }
  return merged
}

/** Columns of a table of instruments, under the names that they have in YAML; further columns are left aside. */
const COLUMNS: Readonly<Record<string, string>> = {
  symbol: 'id',
  id: 'id',
  ticker: 'id',
  file: 'file',
  dividends: 'dividends',
  prices: 'prices',
  kind: 'kind',
  name: 'name',
  company: 'name',
  asset_class: 'asset_class',
  sector: 'sector',
  industry: 'industry',
  currency: 'currency',
  calendar: 'calendar',
}

/** A table of instruments: a CSV with a column `symbol` (or Ticker) and any of sector, industry, kind, file and so on. */
function readTable(file: string): SourceFile {
  const text = readText(file)
  const lines = new Map<string, number>()
  const value: Block = {}
  const refuse = (line: number, reason: string): never => {
    throw new FaultError(fault('CONFIG_INVALID', { file, line, column: 1, path: 'instruments', reason }))
  }
  let rows: { record: string[]; info: { lines: number } }[] = []
  try {
    rows = parse(text, { bom: true, info: true, skip_empty_lines: true, trim: true, delimiter: [',', '\t'] }) as never
  } catch (cause) {
    const line = (cause as { lines?: number }).lines ?? 1
    refuse(line, `cannot be read as a table: ${(cause as Error).message}`)
  }
  const header = (rows[0]?.record ?? []).map((name) => COLUMNS[name.toLowerCase().replace(/\s+/g, '_')] ?? '')
  if (!header.includes('id')) refuse(1, 'the table has no column "symbol"; add one')
  for (const { record, info } of rows.slice(1)) {
    const entry: Block = {}
    header.forEach((name, column) => {
      const cell = record[column] ?? ''
      if (name !== '' && cell !== '') entry[name] = cell
    })
    const { id, ...rest } = entry
    if (typeof id !== 'string') continue
    if (lines.has(id)) refuse(info.lines, `"${id}" is given twice, first on line ${lines.get(id)}; keep one`)
    lines.set(id, info.lines)
    value[id] = rest
  }
  return {
    file,
    value,
    find: ([id]) => ({ file, line: (typeof id === 'string' ? lines.get(id) : undefined) ?? 1, column: 1 }),
  }
}
