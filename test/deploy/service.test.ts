import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serviceInstall } from '../../src/cli/commands/service.ts'
import { unitText } from '../../src/cli/service/unit.ts'
import { command } from '../cli/command.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-service-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const isLinux = process.platform === 'linux'
const HAS_ANALYZE = isLinux && spawnSync('systemd-analyze', ['--version']).status === 0
const ANALYZE_NEED = '(needs systemd-analyze)'
/** Of ten: below this systemd itself speaks of a service that is well protected. */
const EXPOSURE_MOST = 2

beforeAll(() => {
  const text = 'name: x\ncapital: 1000\nsleeves:\n  - {id: cash, weight: 1}\n'
  writeFileSync(join(folder, 'portfolio.yaml'), text)
  mkdirSync(join(folder, 'a b'))
  writeFileSync(join(folder, 'a b', '100% $HOME "x".yaml'), text)
})

function analyzed(args: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', [...args], { encoding: 'utf8' })
  return { status, said: `${stdout}${stderr}` }
}

describe.skipIf(!isLinux)('a service (needs Linux)', () => {
  const root = join(folder, 'root')
  const unit = join(root, 'etc/systemd/system/polyfolio.service')

  it('is written below a folder, is looked at, and is taken away again', async () => {
    const install = ['service', 'install', 'portfolio.yaml', '--user', 'daemon', '--root', root]
    const installed = await command(folder, [...install, '--port', '8421', '--lan', '--', '--every', '60'])
    expect(installed).toEqual({ code: 0, out: `${unit} written\n`, err: '' })
    const start = /^ExecStart=(.*)$/m.exec(readFileSync(unit, 'utf8'))![1]!
    expect(start).toContain(
      `/bin/polyfolio.js serve ${join(folder, 'portfolio.yaml')} --store /var/lib/polyfolio/polyfolio.db`,
    )
    expect(start).toMatch(/--port 8421 --lan --every 60$/)
    const status = await command(folder, ['service', 'status', '--root', root, '--json'])
    expect({ code: status.code, unit: JSON.parse(status.out).unit }).toEqual({ code: 1, unit })
    const gone = await command(folder, ['service', 'uninstall', '--root', root])
    expect(gone.out).toBe(`${unit} taken away; what it kept is still in /var/lib/polyfolio\n`)
    expect(existsSync(unit)).toBe(false)
    expect((await command(folder, ['service', 'uninstall', '--root', root])).code).toBe(2)
    expect((await command(folder, ['service', 'status', '--root', root])).code).toBe(1)
  })
  it('of a portfolio that is wrong is not written', async () => {
    writeFileSync(join(folder, 'wrong.yaml'), 'name: x\ncaptial: 1000\nsleeves: []\n')
    const { code, err } = await command(folder, [
      'service',
      'install',
      'wrong.yaml',
      '--user',
      'nobody',
      '--root',
      root,
    ])
    expect(code).toBe(2)
    expect(err).toContain('wrong.yaml:2:1 unknown key "captial"')
    expect(existsSync(unit)).toBe(false)
  })
  it.each([
    [['portfolio.yaml', '--name', 'a b'], '--name must be small letters'],
    [['portfolio.yaml', '--user', 'me\nExecStart=/bin/sh'], '--user is no name of a user'],
    [['portfolio.yaml', '--user', 'nobody'], '--user nobody is shared'],
    [['nothing.yaml', '--user', 'daemon'], 'no file'],
  ])('asked for by %j is refused', async ([config, option, value], words) => {
    const named = option === undefined ? {} : { [option.slice(2)]: value }
    const options = { name: 'polyfolio', root: '/', print: true, ...named }
    const refused = await serviceInstall([join(folder, config!)], options).catch((error: unknown) => error)
    expect(String(refused)).toContain(words)
  })
})

describe('a unit', () => {
  const command_ = ['/usr/bin/node', '/opt/polyfolio/bin/polyfolio.js', 'serve', '/etc/p/100% $HOME "x".yaml']
  it('writes words as systemd reads them', () => {
    const text = unitText({ name: 'polyfolio', command: command_, user: null, isInHome: false })
    expect(text).toContain('serve "/etc/p/100%% $$HOME \\"x\\".yaml"\n')
    expect(text).toContain('\nDynamicUser=yes\n')
    expect(text).toContain('\nProtectHome=yes\n')
  })
  it('of something in a home folder may read it, and write nothing there', () => {
    const text = unitText({ name: 'polyfolio', command: command_, user: 'pi', isInHome: true })
    expect(text).toContain('\nUser=pi\n')
    expect(text).toContain('\nProtectHome=read-only\n')
  })
  it('takes no line from a path', () => {
    const command = ['/usr/bin/node', '/a\nExecStartPre=/bin/sh']
    expect(() => unitText({ name: 'polyfolio', command, user: null, isInHome: false })).toThrow('a line break')
  })
  it.skipIf(!HAS_ANALYZE).each([null, 'daemon'])(
    `of %j is one that systemd takes, and leaves little open ${ANALYZE_NEED}`,
    (user) => {
      const file = join(folder, 'checked.service')
      const command = [process.execPath, join(folder, 'a b', '100% $HOME "x".yaml')]
      writeFileSync(file, unitText({ name: 'checked', command, user, isInHome: user !== null }))
      expect(analyzed(['verify', file])).toEqual({ status: 0, said: '' })
      const { said } = analyzed(['security', '--offline=true', file])
      const exposure = Number(/Overall exposure level for checked\.service: ([\d.]+)/.exec(said)?.[1])
      expect(exposure).toBeLessThan(EXPOSURE_MOST)
      // It would not take this one: the check does check.
      writeFileSync(
        file,
        `${unitText({ name: 'checked', command, user, isInHome: false })}\n[Service]\nRestart=sometimes\n`,
      )
      expect(analyzed(['verify', file]).said).toContain('sometimes')
    },
  )
})
