import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { casesFolder } from '../outside-data.ts'
import { ALLOCATION_RULES } from './allocation-rules.ts'
import { caseFiles, readCase } from './case-files.ts'
import { judgeCase } from './run-case.ts'

const folder = casesFolder()

function files(): string[] {
  if (folder === null) return []
  const own = caseFiles(join(folder, 'allocation'))
  const rules = caseFiles(join(folder, 'seed_rules')).filter((file) => {
    const name = readCase(file)?.name ?? ''
    return ALLOCATION_RULES.some((prefix) => name.startsWith(prefix))
  })
  return [...own, ...rules]
}

describe.skipIf(folder === null)('worked cases of allocation (skipped without the folder of cases)', () => {
  it('are found', () => {
    expect(files().length).toBeGreaterThan(60)
  })
  it.each(files())('%s', (file) => {
    expect(judgeCase(file)).toMatchObject({ kind: 'pass' })
  })
})
