import { describe, expect, it } from 'vitest'
import { strayFiles } from './draft-files.ts'

describe('files that a draft names', () => {
  it('lie beside the file in its place, or are named there', () => {
    const present = 'sleeves:\n  - id: a\n    strategy: ../own/a.ts\n'
    expect(strayFiles(`${present}include: parts/limits.yaml\n`, present)).toEqual([])
    const strays = strayFiles(
      'include: /etc/passwd\nsleeves:\n  - ../../elsewhere.yaml\n  - id: b\n    strategy: /tmp/evil.js\n',
      present,
    )
    expect(strays.map(({ path }) => path)).toEqual(['include', 'sleeves[0]', 'sleeves[1].strategy'])
  })
  it('are none where it is no document', () => {
    expect(strayFiles('{', '')).toEqual([])
    expect(strayFiles('a: 1', '[')).toEqual([])
  })
})
