import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { COMPILER_LIMITS } from './compiler.ts'

describe('limits of the compiler', () => {
  it('are flags that this Node knows, above what it takes by itself', () => {
    const { stdout } = spawnSync(process.execPath, ['--v8-options'], { encoding: 'utf8' })
    for (const [flag, bytes] of Object.entries(COMPILER_LIMITS)) {
      const usual = new RegExp(`--${flag} .*\\n.*--${flag}=(\\d+)`).exec(stdout)?.[1]
      expect({ flag, isRaised: Number(usual) < bytes }).toEqual({ flag, isRaised: true })
    }
  })
})
