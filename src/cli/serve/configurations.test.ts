import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { ConfigurationView } from '../../api/contract/configuration.ts'
import type { SavedConfiguration } from '../../api/ports.ts'
import type { Projections } from '../../domain/store.ts'
import { loadPortfolio } from '../config/load.ts'
import { packageRoot } from '../package-root.ts'
import { fingerprintOf } from './configuration-files.ts'
import { openConfigurations } from './configurations.ts'
import type { ConfigureAsked, EngineWord } from './configure-engine.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-configurations-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const EXAMPLE = join(packageRoot(), 'examples', '01-one-sleeve.yaml')
const file = join(folder, 'one-sleeve.yaml')
const text = readFileSync(EXAMPLE, 'utf8')
const ID = 'aaaaaaaa-0000-4000-8000-000000000001'

const { config } = await loadPortfolio(EXAMPLE)
const row = (seq: number, weight: number) => ({
  seq,
  at: 1_000 * seq,
  currency: 'USD',
  capital: 100_000_000_000,
  periods: 252,
  document: JSON.stringify({
    ...config,
    sleeves: config.sleeves.map((sleeve, at) => (at === 0 ? { ...sleeve, weight } : sleeve)),
  }),
})
let rows = [row(0, 0.5), row(9, 0.4)]
let asked: ConfigureAsked[] = []
let seenByEngine = ''
let word: EngineWord = { kind: 'done', answer: '' }
const projections = {
  async *projectedRows() {
    yield* rows
  },
} as unknown as Projections

const configurations = openConfigurations({
  projections,
  files: new Map([['One', file]]),
  configure(_, what) {
    asked.push(what)
    seenByEngine = readFileSync(file, 'utf8')
    if (word.kind === 'done') rows = [...rows, row(20 + asked.length, 0.3)]
    return Promise.resolve(word)
  },
  now: () => Date.UTC(2026, 0, 5),
})

beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name))
  copyFileSync(EXAMPLE, file)
  rows = [row(0, 0.5), row(9, 0.4)]
  asked = []
  word = { kind: 'done', answer: '' }
})

const draft = text.replace(/weight: 0.8/, 'weight: 0.7')
const viewOf = (saved: SavedConfiguration): ConfigurationView => {
  if (saved.state !== 'saved' && saved.state !== 'stale') throw new Error(JSON.stringify(saved))
  return saved.view
}

describe('configurations as pages see them', () => {
  it('are the file, how it came about, and what can be added', async () => {
    const view = await configurations.view('One')
    expect(view).toMatchObject({ capital: '100000.00', version: 9, text, readOnlyWhy: '' })
    expect(view.fingerprint).toBe(fingerprintOf(text))
    expect(view.history[0]!.changes).toMatchObject([{ path: 'sleeves.crossover.weight', before: 0.5, after: 0.4 }])
    expect(view.strategies.length).toBeGreaterThan(5)
    for (const { parameters } of view.strategies)
      for (const { kind, title } of parameters) expect([kind, title]).not.toContain(undefined)
    expect(await configurations.view('Another')).toMatchObject({ text: null, fingerprint: '' })
    expect((await configurations.view('Another')).readOnlyWhy).toContain('not started with the file')
  })

  it('are checked as `config check` does, beside the file, which stays as it is', async () => {
    const same = await configurations.check('One', { text })
    expect(same).toMatchObject({ check: { valid: true, problems: [], changes: [] }, config: { currency: 'USD' } })
    const { check: wrong, config } = await configurations.check('One', {
      text: text.replace(/capital: \d+/, 'capital: -5'),
    })
    expect([wrong.valid, config]).toEqual([false, null])
    expect(wrong.problems[0]).toMatchObject({ at: 'capital', text: expect.stringContaining('one-sleeve.yaml') })
    expect(wrong.changes).toMatchObject([{ path: 'capital', after: -5 }])
    expect((await configurations.check('One', { text: 'a: [' })).check.problems[0]!.at).toBe('yaml')
    expect(readdirSync(folder)).toEqual(['one-sleeve.yaml'])
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  it('are refused where the engine would not change them, as it would say it', async () => {
    const { check, config: none } = await configurations.check('One', { text: `${text}\ncurrency: EUR\n` })
    expect([check.valid, none]).toEqual([false, null])
    expect(check.problems).toMatchObject([{ at: 'currency', text: expect.stringContaining('USD -> EUR') }])
    const { check: money } = await configurations.check('One', {
      text: text.replace(/capital: \d+/, 'capital: 250000'),
    })
    expect(money.problems).toMatchObject([{ at: 'capital', text: expect.stringContaining('10000 -> 250000') }])
  })

  it('name no files outside of the folder, and tell nothing that is secret', async () => {
    const outside = await configurations.check('One', { text: `${text}\ninstruments_file: /etc/passwd\n` })
    expect(outside.check.problems[0]).toMatchObject({
      at: 'instruments_file',
      text: expect.stringContaining('outside'),
    })
    const open = `${text}\nalerts: {channels: {ops: {kind: telegram, token: 'not-for-everybody', chat: '1'}}}\n`
    const { check } = await configurations.check('One', { text: open })
    expect(check.valid).toBe(false)
    expect(JSON.stringify(check)).not.toContain('not-for-everybody')
  })
})

describe('saving a configuration', () => {
  it('gives the engine the file as it was sent, and keeps every version with who saved it', async () => {
    const saved = viewOf(await configurations.save('One', { id: ID, text: draft, seen: 9 }, 'ada'))
    expect(asked).toEqual([{ id: ID, file: fingerprintOf(draft), actor: 'ada' }])
    expect([seenByEngine, readFileSync(file, 'utf8'), saved.text]).toEqual([draft, draft, draft])
    expect(saved).toMatchObject({ version: 21 })
    expect(saved.history.map(({ seq, by, isKept }) => [seq, by, isKept])).toEqual([
      [21, 'ada', true],
      [9, '', true],
      [0, '', false],
    ])
    // Both files are kept: it is told by the file's own keys.
    expect(saved.history[0]!.changes).toMatchObject([{ path: 'sleeves.crossover.weight', before: 0.8, after: 0.7 }])
    expect(saved.history[0]!.savedAt).toBe('2026-01-05T00:00:00.000Z')
    expect(await configurations.textOf('One', 9)).toEqual({ seq: 9, text })
    expect(await configurations.textOf('One', 21)).toEqual({ seq: 21, text: draft })
    expect(await configurations.textOf('One', 0)).toBeNull()
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('refuses what is wrong before anything is written', async () => {
    const wrong = text.replace(/capital: \d+/, 'capital: -5')
    const saved = await configurations.save('One', { id: ID, text: wrong, seen: 9 }, 'ada')
    expect(saved).toMatchObject({ state: 'refused', check: { problems: [{ at: 'capital' }] } })
    expect([asked, readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual([[], text, ['one-sleeve.yaml']])
  })

  it('shows both where somebody else saved first, or changed the file by hand', async () => {
    const stale = await configurations.save('One', { id: ID, text: draft, seen: 0 }, 'ada')
    expect([stale.state, viewOf(stale).version, viewOf(stale).text]).toEqual(['stale', 9, text])
    const byHand = `${text}# by hand\n`
    writeFileSync(file, byHand)
    const seen = { id: ID, text: draft, seen: 9, fingerprint: fingerprintOf(text) }
    const edited = await configurations.save('One', seen, 'ada')
    expect([edited.state, viewOf(edited).text]).toEqual(['stale', byHand])
    expect([asked, readFileSync(file, 'utf8')]).toEqual([[], byHand])
  })

  it('of two at once takes the first and shows it to the second', async () => {
    const other = draft.replace('0.7', '0.6')
    const [first, second] = await Promise.all([
      configurations.save('One', { id: ID, text: draft, seen: 9 }, 'ada'),
      configurations.save('One', { id: `${ID.slice(0, -1)}2`, text: other, seen: 9 }, 'bob'),
    ])
    expect([first.state, second.state, viewOf(second).text]).toEqual(['saved', 'stale', draft])
    expect(asked.length).toBe(1)
  })

  it('puts the file back where the engine does not take it, and says what it said key by key', async () => {
    word = { kind: 'declined', answer: 'currency: USD -> EUR: stays for the life of a journal\nleverage: 1 -> 2: no' }
    const saved = await configurations.save('One', { id: ID, text: draft, seen: 9 }, 'ada')
    expect(saved).toMatchObject({
      state: 'refused',
      check: {
        valid: false,
        problems: [{ at: 'currency', text: expect.stringContaining('USD -> EUR') }, { at: 'leverage' }],
      },
    })
    expect([seenByEngine, readFileSync(file, 'utf8')]).toEqual([draft, text])
  })

  it('leaves the file to an engine that has not answered, and ends it when it is sent again', async () => {
    word = { kind: 'unanswered' }
    const sent = { id: ID, text: draft, seen: 9 }
    expect(await configurations.save('One', sent, 'ada')).toEqual({ state: 'unanswered' })
    expect(readFileSync(file, 'utf8')).toBe(draft)
    word = { kind: 'declined', answer: 'sleeves.crossover.weight: 0.8 -> 0.7: no' }
    expect(await configurations.save('One', sent, 'ada')).toMatchObject({ state: 'refused' })
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  it('answers what was sent again under its id with what it came to', async () => {
    const sent = { id: ID, text: draft, seen: 9, fingerprint: fingerprintOf(text) }
    const first = viewOf(await configurations.save('One', sent, 'ada'))
    rows = rows.slice(0, 3)
    word = { kind: 'done', answer: '' }
    const again = viewOf(await configurations.save('One', sent, 'ada'))
    expect([again.text, asked.map(({ id }) => id)]).toEqual([first.text, [ID, ID]])
    expect(await configurations.textOf('One', 9)).toEqual({ seq: 9, text })
  })

  it('takes a sleeve away by its name only', async () => {
    const two = text.replace(/^sleeves:\n/m, `sleeves:\n  - {id: spare, strategy: null, weight: 0.1}\n`)
    writeFileSync(file, two)
    const saved = await configurations.save('One', { id: ID, text, seen: 9 }, 'ada')
    expect(saved).toMatchObject({
      state: 'refused',
      check: { problems: [{ at: 'sleeves.spare', text: 'Type "spare" to take it away.' }] },
    })
    expect((await configurations.save('One', { id: ID, text, seen: 9, confirm: 'spare' }, 'ada')).state).toBe('saved')
  })
})
