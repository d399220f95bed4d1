/** What another version of a portfolio file would change, and whether it would run. */
import { randomUUID } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'
import type { ConfigChange, ConfigDiff } from '../../api/contract/jobs.ts'
import { describeFault, FaultError } from '../../domain/faults.ts'
import { strayFiles } from '../config/draft-files.ts'
import { loadPortfolio } from '../config/load.ts'
import { ConfigRefused } from '../config/problems.ts'

type Tree = Readonly<Record<string, unknown>>

/** @param document the whole file as it would be; what it includes is looked for beside the present one */
export async function configDiff(file: string, document: string): Promise<ConfigDiff> {
  const problems = await problemsOf(file, document)
  const [before, after] = [treeOf(await readFile(file, 'utf8')), treeOf(document)]
  return { changes: after === null ? [] : changesOf(before ?? {}, after, ''), problems }
}

function treeOf(text: string): Tree | null {
  try {
    const value: unknown = parse(text)
    return isTree(value) ? value : null
  } catch {
    return null
  }
}

/** It is read as it would be when it stood in its place. */
async function problemsOf(file: string, document: string): Promise<readonly string[]> {
  const strays = strayFiles(document, await readFile(file, 'utf8'))
  if (strays.length > 0) return strays.map(({ path, reason }) => `${path} ${reason}`)
  const name = `.${basename(file)}.${randomUUID()}.check`
  const trial = join(dirname(file), name)
  try {
    await writeFile(trial, document, { flag: 'wx', mode: 0o600 })
    await loadPortfolio(trial)
    return []
  } catch (error) {
    const faults = error instanceof ConfigRefused ? error.faults : error instanceof FaultError ? [error.fault] : null
    if (faults === null) throw error
    return faults.map((one) => describeFault(one).replaceAll(trial, basename(file)).replaceAll(name, basename(file)))
  } finally {
    await rm(trial, { force: true })
  }
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)
const isSame = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right)

/** Sleeves are compared by their id, or the file that they are taken from; other lists as a whole. */
function changesOf(before: Tree, after: Tree, path: string): readonly ConfigChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys.flatMap((key): readonly ConfigChange[] => {
    const here = path === '' ? key : `${path}.${key}`
    const [old, now] = [namedOf(key, before[key]), namedOf(key, after[key])]
    if (isSame(old, now)) return []
    if (isTree(old) && isTree(now)) return changesOf(old, now, here)
    const kind = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed'
    return [{ path: here, before: old ?? null, after: now ?? null, kind, consequence: consequenceOf(here, kind) }]
  })
}

function namedOf(key: string, value: unknown): unknown {
  if (key !== 'sleeves' || !Array.isArray(value)) return value
  return Object.fromEntries(
    value.map((sleeve: unknown, at) => {
      const { id, use } = isTree(sleeve) ? (sleeve as { readonly id?: unknown; readonly use?: unknown }) : {}
      return [typeof id === 'string' ? id : typeof use === 'string' ? basename(use, '.yaml') : String(at), sleeve]
    }),
  )
}

function consequenceOf(path: string, kind: ConfigChange['kind']): string {
  const [block, , key] = path.split('.')
  if (block === 'sleeves' && key === undefined)
    return kind === 'removed'
      ? 'What it holds is closed, and its money goes to the reserve.'
      : 'It gets its part of the capital at the next rebalancing.'
  if (block === 'sleeves' && key === 'weight') return 'Money moves at the next rebalancing.'
  if (block === 'limits') return 'What is above a lower limit is kept; nothing is added to it.'
  if (block === 'allocation' || block === 'rebalancing' || block === 'overlays')
    return 'Capital is dealt by it from the next computation on.'
  return ''
}
