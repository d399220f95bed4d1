import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from './sources.ts'

/** Planted violations of what only a linter that knows the types can see. */
const PLANTED: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['no-floating-promises', 'floating', 'export function run(): void {\n  save()\n}'],
  ['no-misused-promises', 'condition', 'export function run(): number {\n  return save() ? 1 : 2\n}'],
  ['no-misused-promises', 'callback', 'export function run(): void {\n  ;[1].forEach(async () => save())\n}'],
  ['await-thenable', 'thenable', 'export async function run(): Promise<void> {\n  await 1\n}'],
  ['require-array-sort-compare', 'sorted', 'export function run(): number[] {\n  return [10, 9].sort()\n}'],
  [
    'switch-exhaustiveness-check',
    'exhaustive',
    `export function run(kind: 'buy' | 'sell'): void {\n  switch (kind) {\n    case 'buy':\n      void save()\n  }\n}`,
  ],
  ['only-throw-error', 'thrown', `export function run(): void {\n  throw 'text'\n}`],
]
const SOUND = `export async function run(): Promise<Float64Array> {
  await save()
  return Float64Array.of(2, 1).sort()
}`
const SAVE = 'async function save(): Promise<void> {}\n'

interface LintOutput {
  readonly number_of_files: number
  readonly diagnostics: readonly { readonly code: string; readonly filename: string }[]
}

describe('the linter', () => {
  const tree = mkdtempSync(join(tmpdir(), 'polyfolio-lint-'))
  let output: LintOutput

  beforeAll(() => {
    mkdirSync(join(tree, 'src'))
    for (const file of ['package.json', 'tsconfig.json', '.oxlintrc.json'])
      copyFileSync(join(ROOT, file), join(tree, file))
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'))
    for (const [, file, text] of PLANTED) writeFileSync(join(tree, 'src', `${file}.ts`), `${SAVE}${text}\n`)
    writeFileSync(join(tree, 'src/sound.ts'), `${SAVE}${SOUND}\n`)
    const program = join(ROOT, 'node_modules/oxlint/bin/oxlint')
    const { stdout, stderr } = spawnSync(process.execPath, [program, '--type-aware', '-f', 'json'], { cwd: tree })
    output = JSON.parse(stdout.toString() || JSON.stringify({ stderr: stderr.toString() })) as LintOutput
  })
  afterAll(() => rmSync(tree, { recursive: true }))

  it.each(PLANTED)('catches a planted %s in %s.ts', (rule, file) => {
    const codes = output.diagnostics.filter(({ filename }) => filename.endsWith(`/${file}.ts`)).map(({ code }) => code)
    expect(codes).toContain(`typescript(${rule})`)
  })

  it('looks at every module, and lets a sound one pass', () => {
    expect(output.number_of_files).toBe(PLANTED.length + 1)
    expect(output.diagnostics.filter(({ filename }) => filename.endsWith('sound.ts'))).toEqual([])
  })
})
