import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FAULT_CLASSES } from './faults.ts'
import { MUTANT_NAMES } from './mutants.ts'
import { broken, ENGINE, engineBlocks, OF_THE_ENGINE, PROTOCOL, protocolBlocks, SHOWN, toldOf } from './suite.ts'

/* The other half of the histories, in a file of its own for the second core. */

describe('the engine, further histories', () => {
  it.each(engineBlocks(1))('keeps what it promises in $count histories from $first', async (block) => {
    expect(await broken(ENGINE, block)).toEqual([])
  })
})

describe('the order protocol by itself', () => {
  it.each(protocolBlocks())('keeps what it promises in $count histories from $first', async (block) => {
    expect(await broken(PROTOCOL, block)).toEqual([])
  })

  it.each(MUTANT_NAMES.filter((name) => !OF_THE_ENGINE.has(name)))(
    'is caught where it is wrong: %s',
    async (mutant) => {
      const told = await toldOf(PROTOCOL, mutant)
      expect(told.join('\n')).toMatch(SHOWN[mutant])
    },
  )
})

it('the table of faults names every class and every mutant, and files that are there', () => {
  const table = readFileSync(new URL('README.md', import.meta.url), 'utf8')
  const named = new Set([...table.matchAll(/`([^`]+)`/g)].map(([, name]) => name!))
  expect([...FAULT_CLASSES, ...MUTANT_NAMES].filter((name) => !named.has(name))).toEqual([])
  const files = [...named].filter((name) => /^(src|test)\//.test(name))
  expect(files.filter((file) => !existsSync(new URL(`../../${file}`, import.meta.url)))).toEqual([])
})
