import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sampleRun } from '../../../test/fixtures/sample-run.ts'
import { reportOf } from './figures.ts'
import { FILE_NAMES, reportTexts, writeReport } from './write.ts'

const NAMES = Object.values(FILE_NAMES).sort()
const run = sampleRun({ days: 60 })
let base = ''

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'report-'))
})
afterEach(() => {
  rmSync(base, { recursive: true, force: true })
})

const filesIn = (folder: string): string[] => readdirSync(folder).sort()
const contents = (folder: string): string[] => NAMES.map((name) => readFileSync(join(folder, name), 'utf8'))

describe('writing a report', () => {
  it('makes the folder with its eight files and nothing else', async () => {
    const folder = join(base, 'runs', 'first')
    const report = await writeReport(run, folder)
    expect(filesIn(folder)).toEqual(NAMES)
    expect(filesIn(join(base, 'runs'))).toEqual(['first'])
    expect(report.files).toEqual({ folder, ...FILE_NAMES })
  })

  it('gives the same bytes again, in another folder too', async () => {
    await writeReport(run, join(base, 'one'))
    await writeReport(sampleRun({ days: 60 }), join(base, 'two'))
    expect(contents(join(base, 'two'))).toEqual(contents(join(base, 'one')))
  })

  it('puts the figures into report.json, with no folder in it', async () => {
    await writeReport(run, base)
    const written: unknown = JSON.parse(readFileSync(join(base, 'report.json'), 'utf8'))
    expect(written).toEqual(reportOf(run, { folder: null, ...FILE_NAMES }))
    for (const text of contents(base)) expect(text).not.toContain(base)
  })

  it('replaces an earlier report and leaves other files alone', async () => {
    writeFileSync(join(base, 'notes.txt'), 'mine')
    writeFileSync(join(base, 'report.json'), 'old')
    await writeReport(run, base)
    expect(filesIn(base)).toEqual([...NAMES, 'notes.txt'].sort())
    expect(contents(base)[NAMES.indexOf('report.json')]).toBe(reportTexts(run).texts.report)
  })

  it('leaves nothing behind where it cannot write', async () => {
    writeFileSync(join(base, 'file'), 'in the way')
    await expect(writeReport(run, join(base, 'file', 'out'))).rejects.toThrow(/cannot be written/)
    await expect(writeReport(run, join(base, 'file'))).rejects.toThrow(/cannot be written/)
    expect(filesIn(base)).toEqual(['file'])
    expect(readFileSync(join(base, 'file'), 'utf8')).toBe('in the way')
  })

  it('takes back what it has moved when a later move fails', async () => {
    const folder = join(base, 'out')
    mkdirSync(folder)
    for (const name of ['report.json', 'equity.csv']) writeFileSync(join(folder, name), 'old')
    mkdirSync(join(folder, 'orders.csv'))
    await expect(writeReport(run, folder)).rejects.toThrow('orders.csv is a folder there; move it away')
    expect(filesIn(folder)).toEqual(['equity.csv', 'orders.csv', 'report.json'])
    expect(readFileSync(join(folder, 'equity.csv'), 'utf8')).toBe('old')
  })
})
