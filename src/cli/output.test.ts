import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { writeFolder } from './output.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-output-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a folder of output', () => {
  it('appears when all of it is written, beside what was there', async () => {
    const target = join(folder, 'deep', 'report')
    mkdirSync(target, { recursive: true })
    writeFileSync(join(target, 'own.txt'), 'mine')
    writeFileSync(join(target, 'a.txt'), 'old')
    await writeFolder(target, (temporary) => writeFileSync(join(temporary, 'a.txt'), 'new'))
    expect(readdirSync(target).sort()).toEqual(['a.txt', 'own.txt'])
    expect(readFileSync(join(target, 'a.txt'), 'utf8')).toBe('new')
    expect(readdirSync(join(folder, 'deep'))).toEqual(['report'])
  })
  it('leaves nothing behind when writing fails', async () => {
    const target = join(folder, 'never')
    const broken = writeFolder(target, (temporary) => {
      writeFileSync(join(temporary, 'a.txt'), 'half')
      throw new Error('the disk is full')
    })
    await expect(broken).rejects.toThrow('the disk is full')
    expect(existsSync(target)).toBe(false)
    expect(readdirSync(folder).filter((name) => name.startsWith('never'))).toEqual([])
  })
  it('that cannot be made is refused', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(writeFolder(join(folder, 'file', 'report'), () => undefined)).rejects.toThrow(
      'is not a folder that can be written',
    )
  })
})
