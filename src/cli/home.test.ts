import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { homeFolder, makeHomeFolder } from './home.ts'

describe('the folder of what outlives the program', () => {
  it('is the one that is named, else the one of the system', () => {
    expect(homeFolder({ POLYFOLIO_HOME: '/srv/p' }, 'linux')).toBe('/srv/p')
    expect(homeFolder({ XDG_STATE_HOME: '/state' }, 'linux')).toBe(join('/state', 'polyfolio'))
    expect(homeFolder({ POLYFOLIO_HOME: '', XDG_STATE_HOME: '' }, 'linux')).toBe(
      join(homedir(), '.local', 'state', 'polyfolio'),
    )
    expect(homeFolder({}, 'darwin')).toBe(join(homedir(), 'Library', 'Application Support', 'polyfolio'))
    expect(homeFolder({ LOCALAPPDATA: '/local' }, 'win32')).toBe(join('/local', 'polyfolio'))
  })

  it('is made for its owner alone, and refused with what to do where it cannot be', () => {
    const folder = mkdtempSync(join(tmpdir(), 'polyfolio-home-'))
    const made = makeHomeFolder(join(folder, 'a', 'b'))
    if (process.platform !== 'win32') expect(statSync(made).mode & 0o077).toBe(0)
    writeFileSync(join(folder, 'file'), '')
    expect(() => makeHomeFolder(join(folder, 'file', 'below'))).toThrow('name another one by POLYFOLIO_HOME')
    rmSync(folder, { recursive: true, force: true })
  })
})
