import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { productModules, ROOT } from './tidiness/sources.ts'

const built = join(ROOT, 'dist/src/index.js')
const IMPORT = /(?:^|\n)\s*(?:import|export)\b[^'"]*?from\s*['"]([^'"]+)['"]|\bimport\(?\s*['"]([^'"]+)['"]/g

/** Every module that an entry reaches, and what it asks for from outside its own files. */
function closure(entry: string): { readonly modules: Set<string>; readonly foreign: Set<string> } {
  const modules = new Set<string>()
  const foreign = new Set<string>()
  const waiting = [entry]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (modules.has(path)) continue
    modules.add(path)
    for (const [, named, bare] of readFileSync(path, 'utf8').matchAll(IMPORT)) {
      const target = (named ?? bare)!
      if (target.startsWith('.')) waiting.push(resolve(dirname(path), target))
      else foreign.add(target)
    }
  }
  return { modules, foreign }
}

/** Runs a module text against the package's own name, as a user's program would import it. */
function program(text: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', text], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

describe('the pure entry', () => {
  it('pulls in no package and no module of Node', () => {
    const { modules, foreign } = closure(join(ROOT, 'src/index.ts'))
    expect(modules.size).toBeGreaterThan(80)
    expect([...foreign]).toEqual([])
  })

  it('is told from one that does', () => {
    const { foreign } = closure(join(ROOT, 'src/node.ts'))
    expect([...foreign].some((name) => name.startsWith('node:') || builtinModules.includes(name))).toBe(true)
    expect(foreign).toContain('yaml')
  })
})

const changed = (path: string): number => statSync(path).mtimeMs
const isCurrent = existsSync(built) && productModules().every(({ path }) => changed(join(ROOT, path)) <= changed(built))

describe.skipIf(!isCurrent)('the built package (needs dist as new as src; `npm run prepare` makes it)', () => {
  it('answers to its own name with the names of its source', async () => {
    const names = program("console.log(Object.keys(await import('polyfolio')).sort().join(' '))").trim()
    expect(names).toBe(
      Object.keys(await import('../src/index.ts'))
        .sort()
        .join(' '),
    )
  })

  it('offers its files under polyfolio/node', async () => {
    const names = program("console.log(Object.keys(await import('polyfolio/node')).sort().join(' '))").trim()
    expect(names).toBe(
      Object.keys(await import('../src/node.ts'))
        .sort()
        .join(' '),
    )
  })

  it('runs a portfolio', () => {
    const text = `
      import { marketByHand, portfolioByHand, runBacktest, STRATEGIES } from 'polyfolio'
      const bars = [10, 11, 12].map((close, day) => ({ date: '2024-01-0' + (day + 2), open: close, high: close, low: close, close }))
      const sizing = { kind: 'quantity', quantity: 100 }
      const strategy = STRATEGIES.find(({ name }) => name === 'buy-and-hold')
      const sleeves = [{ id: 'a', strategy, weight: 1, universe: ['ACME'], sizing }]
      const portfolio = portfolioByHand({ capital: 10000, sleeves })
      const result = runBacktest({ ...portfolio, market: marketByHand({ ACME: bars }), checks: true })
      console.log(result.equity.join(' '), result.invariants.violated.length)`
    expect(program(text)).toBe('10000 10000 10100 0\n')
  })

  it('has types for both entries', () => {
    for (const name of ['index.d.ts', 'node.d.ts']) expect(existsSync(join(ROOT, 'dist/src', name))).toBe(true)
  })
})
