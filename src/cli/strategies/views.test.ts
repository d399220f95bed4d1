import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { strategyFiles } from './views.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-views-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('passes over links of a folder that lead nowhere, or to themselves', () => {
  writeFileSync(join(folder, 'dips.js'), 'export const decide = 1')
  symlinkSync('gone.js', join(folder, 'away.js'))
  symlinkSync('loop.js', join(folder, 'loop.js'))
  expect(strategyFiles(folder)).toEqual([join(folder, 'dips.js')])
})
