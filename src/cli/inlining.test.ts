import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { INLINED_MAX } from './inlining.ts'

describe('limits of inlining', () => {
  it('are flags that this Node knows, above what it takes by itself', () => {
    const { stdout } = spawnSync(process.execPath, ['--v8-options'], { encoding: 'utf8' })
    for (const [flag, bytes] of Object.entries(INLINED_MAX)) {
      const usual = new RegExp(`--${flag} .*\\n.*--${flag}=(\\d+)`).exec(stdout)?.[1]
      expect({ flag, isRaised: Number(usual) < bytes }).toEqual({ flag, isRaised: true })
    }
  })
})
