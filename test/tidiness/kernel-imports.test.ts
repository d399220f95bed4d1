import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { breachesOf } from './bans.ts'
import { productModules, ROOT } from './sources.ts'

/** Everything that a module asks for, types and waiting imports included; null stands for a name that is computed. */
function importsOf(path: string, text: string): readonly (string | null)[] {
  const found: (string | null)[] = []
  const nameOf = (node: ts.Node | undefined): string | null =>
    node !== undefined && ts.isStringLiteralLike(node) ? node.text : null
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
      found.push(nameOf(node.moduleSpecifier))
    } else if (ts.isImportTypeNode(node)) {
      found.push(nameOf(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined))
    } else if (ts.isCallExpression(node)) {
      const { expression } = node
      const isImport = expression.kind === ts.SyntaxKind.ImportKeyword
      const isRequire = ts.isIdentifier(expression) && expression.text === 'require'
      if (isImport || isRequire) found.push(nameOf(node.arguments[0]))
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false))
  return found
}

interface Graph {
  /** Paths from the root. */
  readonly modules: ReadonlySet<string>
  /** What is asked for outside the product's own files: "module: name". */
  readonly foreign: readonly string[]
}

/** All that the named modules reach. */
function graphFrom(entries: readonly string[]): Graph {
  const modules = new Set<string>()
  const foreign: string[] = []
  const waiting = [...entries]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (modules.has(path)) continue
    modules.add(path)
    for (const name of importsOf(path, readFileSync(join(ROOT, path), 'utf8'))) {
      const target = name?.startsWith('.') === true ? resolve(ROOT, dirname(path), name) : null
      if (target !== null && existsSync(target)) waiting.push(relative(ROOT, target).split(sep).join('/'))
      else foreign.push(`${path}: ${name ?? 'a name that is computed'}`)
    }
  }
  return { modules, foreign }
}

const PURE = ['domain', 'numerics', 'indicators', 'pipeline', 'exchange', 'engine', 'research']
const isPure = (path: string): boolean => PURE.some((ring) => path.startsWith(`src/${ring}/`))

describe('what decides about money', () => {
  const pure = productModules().filter(({ path }) => isPure(path))
  const graph = graphFrom(pure.map(({ path }) => path))

  it('reaches no package, no module of Node, and nothing outside the pure rings', () => {
    for (const ring of PURE)
      expect([ring, pure.some(({ path }) => path.startsWith(`src/${ring}/`))]).toEqual([ring, true])
    expect(graph.modules).toContain('src/engine/kernel.ts')
    expect(graph.modules).toContain('src/pipeline/strategies/registry.ts')
    expect(graph.modules.size).toBe(pure.length)
    expect([...graph.modules].filter((path) => !isPure(path))).toEqual([])
    expect(graph.foreign).toEqual([])
  })
  it('names no network and asks no model of language: nothing that is there without an import', () => {
    expect(pure.flatMap(breachesOf).filter(({ ban }) => ban === 'network' || ban === 'waiting')).toEqual([])
  })
  it('is told from what does reach out', () => {
    const { foreign } = graphFrom(['src/cli/main.ts'])
    expect(foreign.some((name) => name.endsWith(': commander'))).toBe(true)
    expect(foreign.some((name) => name.includes(': node:'))).toBe(true)
  })
  it.each([
    ["import x from 'openai'", 'openai'],
    ["import 'node:http'", 'node:http'],
    ["export { x } from 'axios'", 'axios'],
    ["import type { A } from 'undici'", 'undici'],
    ["type A = import('ws').A", 'ws'],
    ["const a = await import('got')", 'got'],
    ["const a = require('net')", 'net'],
    ['const a = await import(name)', null],
  ])('"%s" is seen', (text, name) => {
    expect(importsOf('planted.ts', text)).toEqual([name])
  })
})
