import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Projections } from '../../domain/store.ts'
import { packageRoot } from '../package-root.ts'
import { openConfigurations } from './configurations.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-configurations-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'one-sleeve.yaml')
copyFileSync(join(packageRoot(), 'examples', '01-one-sleeve.yaml'), file)
const text = readFileSync(file, 'utf8')

const row = (seq: number, weight: number) => ({
  seq,
  at: 1_000 * seq,
  currency: 'USD',
  capital: 100_000_000_000,
  periods: 252,
  document: JSON.stringify({ sleeves: [{ id: 'trend', weight }] }),
})
const projections = {
  async *projectedRows() {
    yield* [row(0, 0.5), row(9, 0.4)]
  },
} as unknown as Projections
const configurations = openConfigurations(projections, new Map([['One', file]]))

describe('configurations as pages see them', () => {
  it('are the file, how it came about, and what can be added', async () => {
    const view = await configurations.view('One')
    expect(view).toMatchObject({ capital: '100000.00', version: 9, text })
    expect(view.history[0]!.changes).toMatchObject([{ path: 'sleeves.trend.weight', before: 0.5, after: 0.4 }])
    expect(view.strategies.length).toBeGreaterThan(5)
    for (const { parameters } of view.strategies)
      for (const { kind, title } of parameters) expect([kind, title]).not.toContain(undefined)
    expect(await configurations.view('Another')).toMatchObject({ text: null })
  })

  it('are checked as `config check` does, beside the file, which stays as it is', async () => {
    expect(await configurations.check('One', { text })).toMatchObject({ valid: true, problems: [], changes: [] })
    const draft = text.replace(/capital: \d+/, 'capital: -5')
    expect(draft).not.toBe(text)
    const wrong = await configurations.check('One', { text: draft })
    expect(wrong.valid).toBe(false)
    expect(wrong.problems[0]).toMatchObject({ at: 'capital', text: expect.stringContaining('one-sleeve.yaml') })
    expect(wrong.changes).toMatchObject([{ path: 'capital', after: -5 }])
    expect((await configurations.check('One', { text: 'a: [' })).problems[0]!.at).toBe('yaml')
    expect(readdirSync(folder)).toEqual(['one-sleeve.yaml'])
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  it('are not changed under a journal that belongs to them', async () => {
    const { readOnlyWhy } = await configurations.view('One')
    expect(readOnlyWhy).toContain('A journal belongs to the configuration')
    const saved = await configurations.save('One', { id: 'abcdefgh', text, seen: 9 }, 'ada')
    expect(saved).toMatchObject({ state: 'refused', check: { problems: [{ text: readOnlyWhy }] } })
    expect(readFileSync(file, 'utf8')).toBe(text)
  })
})
