import { describe, expect, it } from 'vitest'
import { BANS, type Ban, breachesOf, describeBreach } from './bans.ts'
import { productModules } from './sources.ts'

/** Planted violations: every line of a list breaks its ban, alone. */
const EVERYWHERE: readonly (readonly [Ban, readonly string[]])[] = [
  ['enum', ['enum Side { buy, sell }', 'export const enum Side { buy }', 'declare enum Side { buy }']],
  [
    'exportStar',
    [`export * from './units.ts'`, `export * as units from './units.ts'`, `export type * from './units.ts'`],
  ],
  [
    'defaultExport',
    [
      'export default 1',
      'export default function run() {}',
      'export default class {}',
      'const a = 1\nexport { a as default }',
    ],
  ],
]

const INEXACT = 'exp expm1 log log2 log10 log1p round sin cos tan asin acos atan atan2 sinh cosh tanh cbrt hypot'.split(
  ' ',
)

const PURE: readonly (readonly [Ban, readonly string[]])[] = [
  [
    'clock',
    ['const a = new Date()', 'const a = Date.now()', 'const a = Date', 'let a: Date | null', 'performance.now()'],
  ],
  ['chance', ['const a = Math.random()', 'const f = Math.random']],
  ['timer', ['setTimeout(f, 1)', 'setInterval(f, 1)', 'setImmediate(f)', 'queueMicrotask(f)']],
  ['network', [`fetch('http://localhost')`, `new WebSocket('ws://localhost')`]],
  [
    'environment',
    [`const a = process.env['A']`, 'const { env } = process', 'globalThis.a', `const a = Buffer.from('a')`],
  ],
  ['crypto', ['const a = crypto.randomUUID()', 'const { subtle } = crypto']],
  ['console', ['console.log(1)']],
  ['waiting', ['async function f() {}', 'const a = Promise.resolve(1)', `const a = import('./units.ts')`]],
  ['power', ['const a = 2 ** 3', 'a **= 2', 'const a = Math.pow(2, 3)']],
  ['inexactMath', INEXACT.map((name) => `const a = Math.${name}(1)`)],
  ['inexactMath', [`const a = Math['log'](1)`, 'const { log } = Math', 'const m = Math', 'const a = f(Math)']],
  ['locale', [`const a = 'a'.localeCompare('b')`, 'const a = (1).toLocaleString()', 'new Intl.NumberFormat()']],
  ['sortWithoutComparator', ['[2, 1].sort()', 'a.toSorted()', 'a.map((b) => b).sort()']],
]

const RINGS = ['domain', 'numerics', 'indicators', 'pipeline/risk', 'exchange', 'engine', 'research']

const bansOf = (path: string, text: string): Ban[] => breachesOf({ path, text }).map(({ ban }) => ban)

describe('a planted violation', () => {
  it.each(EVERYWHERE)('of "%s" is caught in every room of src', (ban, texts) => {
    for (const text of texts)
      for (const room of [...RINGS, 'adapters/store', 'api', 'cli']) {
        expect([text, room, bansOf(`src/${room}/planted.ts`, text)]).toEqual([text, room, [ban]])
      }
  })

  it.each(PURE)('of "%s" is caught in every pure ring, and is free outside', (ban, texts) => {
    for (const text of texts) {
      for (const ring of RINGS)
        expect([text, ring, bansOf(`src/${ring}/planted.ts`, text)]).toEqual([text, ring, [ban]])
      for (const room of ['adapters/store', 'api', 'cli']) expect(bansOf(`src/${room}/planted.ts`, text)).toEqual([])
    }
  })

  it('is caught beside a local name that hides the same global elsewhere', () => {
    const text = 'export function f(window: number): number { return window }\nexport const a = window.innerWidth'
    expect(breachesOf({ path: 'src/engine/planted.ts', text }).map(({ line }) => line)).toEqual([2])
  })

  it('exists for every ban', () => {
    expect([...new Set([...EVERYWHERE, ...PURE].map(([ban]) => ban))].sort()).toEqual(Object.keys(BANS).sort())
  })

  it('is named with its line and its cure', () => {
    const [breach] = breachesOf({ path: 'src/domain/a.ts', text: '\n\nconst a = Math.log(1)\n' })
    expect(describeBreach(breach!)).toBe(
      'src/domain/a.ts:3 "Math" (inexactMath): take the function from numerics/elementary.ts, or say floor(x + 0.5) for rounding',
    )
  })
})

describe('what is allowed', () => {
  it.each([
    'const a = Math.sqrt(2) + Math.floor(1.5) + Math.PI',
    'interface Row { readonly Date: string; readonly performance: number }',
    'const a = { process: 1, crypto: 2 }',
    'const a = row.performance + row.Date + row.crypto.Math',
    `const kind = 'crypto'`,
    'export interface Broker { submit(): Promise<void> }',
    'a.sort((x, y) => x - y)',
    'Float64Array.from(a).sort()',
    'const self = 1\nconst b = self + 1',
    'export function f(fetch: number): number { return fetch }',
    `export { a, type B } from './units.ts'`,
    '// Date.now() and 2 ** 3 in a comment',
  ])('"%s" passes in a pure ring', (text) => {
    expect(breachesOf({ path: 'src/engine/planted.ts', text }).map(describeBreach)).toEqual([])
  })
})

describe('the product', () => {
  const modules = productModules()

  it('is looked at', () => {
    expect(modules.length).toBeGreaterThan(10)
    expect(modules.some(({ path }) => path === 'src/domain/units.ts')).toBe(true)
  })

  it('breaks no ban', () => {
    expect(modules.flatMap(breachesOf).map(describeBreach)).toEqual([])
  })
})
