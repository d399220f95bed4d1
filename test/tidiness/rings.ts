import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from './sources.ts'

/** One forbidden import: the rule's name, who imports, and what. */
export interface RingBreach {
  readonly rule: string
  readonly from: string
  readonly to: string
}

export interface RingReport {
  readonly modules: number // 0 means that nothing was checked, whatever else is said
  readonly dependencies: number
  readonly breaches: readonly RingBreach[]
}

interface CruiseOutput {
  readonly summary: {
    readonly totalCruised: number
    readonly totalDependenciesCruised: number
    readonly violations: readonly {
      readonly rule: { readonly name: string }
      readonly from: string
      readonly to: string
    }[]
  }
}

const run = promisify(execFile)

/** The import rules of this repository, applied to the folders of a tree (by default to this repository's own). */
export async function checkRings(tree: string = ROOT, ...folders: readonly string[]): Promise<RingReport> {
  const program = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const config = join(ROOT, '.dependency-cruiser.cjs')
  const looked = folders.length === 0 ? ['src', 'dashboard/src'] : folders
  const { stdout } = await run(process.execPath, [program, ...looked, '--config', config, '--output-type', 'json'], {
    cwd: tree,
    maxBuffer: 256 * 1024 * 1024,
  })
  const { summary } = JSON.parse(stdout) as CruiseOutput
  return {
    modules: summary.totalCruised,
    dependencies: summary.totalDependenciesCruised,
    breaches: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  }
}

export function describeRingBreach({ rule, from, to }: RingBreach): string {
  return from === to ? `${from} (${rule})` : `${from} must not import ${to} (${rule})`
}
