import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { casesFolder } from '../outside-data.ts'
import { judgeCase } from './run-case.ts'

const folder = casesFolder()

function files(topic: string): readonly string[] {
  if (folder === null) return []
  return readdirSync(join(folder, topic)).filter((file) => file.endsWith('.json'))
}

describe.skipIf(folder === null).each([
  ['attribution', 15],
  ['pipeline', 3],
  ['seed_rules', 60],
])('%s cases (needs the folder of POLYFOLIO_CASES)', (topic, least) => {
  it('are there', () => expect(files(topic).length).toBeGreaterThanOrEqual(least))
  it.each(files(topic))('%s', (file) => {
    const verdict = judgeCase(join(folder!, topic, file))
    expect(verdict).toMatchObject({ kind: 'pass' })
  })
})
