// biome-ignore-all lint/suspicious/noTemplateCurlyInString: names as a Dockerfile has them
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { packageRoot } from '../../src/cli/package-root.ts'
import { buildProgram } from '../../src/cli/program.ts'

const root = packageRoot()
const textOf = (name: string): string => readFileSync(join(root, name), 'utf8')

/** Instructions with their words, lines that go on joined. */
const instructions: readonly (readonly [name: string, rest: string])[] = textOf('Dockerfile')
  .replaceAll(/\\\n\s*/g, ' ')
  .split('\n')
  .filter((line) => /^[A-Z]+ /.test(line))
  .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)])
const of = (name: string): readonly string[] => instructions.filter(([own]) => own === name).map(([, rest]) => rest)

/** Of `serve` and of what compose hands it. */
const known = new Set(
  buildProgram()
    .commands.find((command) => command.name() === 'serve')!
    .options.map(({ long }) => long),
)

describe('the image', () => {
  it('is built in one stage and run in another, as nobody who may anything', () => {
    expect(of('FROM')).toEqual(['node:${NODE} AS build', 'node:${NODE}'])
    const last = instructions.map(([name]) => name).lastIndexOf('FROM')
    const running = instructions.slice(last)
    expect(running.filter(([name]) => name === 'USER')).toEqual([['USER', 'node']])
    expect(running.map(([name]) => name)).toEqual(
      expect.arrayContaining(['HEALTHCHECK', 'VOLUME', 'ENTRYPOINT', 'CMD']),
    )
    expect(running.some(([name, rest]) => name === 'RUN' && /\bnpm\b/.test(rest))).toBe(false)
    expect(of('ADD')).toEqual([])
  })
  it('runs on a version of Node that the package takes', () => {
    const major = Number(/^NODE=(\d+)/.exec(of('ARG')[0]!)![1])
    const { engines } = JSON.parse(textOf('package.json')) as { readonly engines: { readonly node: string } }
    expect(engines.node).toBe('>=20.19')
    expect(major).toBeGreaterThanOrEqual(22)
  })
  it('takes files that are there, and none that are left out of its context', () => {
    const ignored = textOf('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    const fromContext = of('COPY').filter((rest) => !rest.includes('--from='))
    expect(fromContext.length).toBeGreaterThan(2)
    for (const rest of fromContext) {
      const words = rest.split(' ').filter((word) => !word.startsWith('--'))
      for (const source of words.slice(0, -1)) {
        expect({ source, isThere: existsSync(join(root, source)) }).toEqual({ source, isThere: true })
        expect(ignored).not.toContain(source.split('/')[0])
      }
    }
    expect(ignored).toEqual(expect.arrayContaining(['.git', '**/node_modules', '**/.env*', 'secrets', '**/*.db']))
  })
  it('has every native module for both platforms that it is built for', () => {
    const { packages } = JSON.parse(textOf('package-lock.json')) as {
      readonly packages: Readonly<Record<string, { readonly os?: readonly string[]; readonly cpu?: readonly string[] }>>
    }
    const on = (cpu: string): readonly string[] =>
      Object.entries(packages)
        .filter(([, { os = [], cpu: cpus = [] }]) => os.includes('linux') && cpus.includes(cpu))
        .map(([name]) => name.replace(cpu, 'CPU'))
    expect(on('x64').length).toBeGreaterThan(10)
    expect(on('arm64')).toEqual(expect.arrayContaining([...on('x64')]))
  })
  it('is started by options that serve has', () => {
    const words = JSON.parse(of('CMD').find((rest) => rest.startsWith('["serve"'))!) as readonly string[]
    for (const word of words.filter((one) => one.startsWith('--'))) expect(known).toContain(word)
  })
})

interface Service {
  readonly secrets?: readonly string[]
  readonly profiles?: readonly string[]
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly command?: string | readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
}
const compose = parse(textOf('compose.yaml')) as {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
}

describe('compose.yaml', () => {
  it('starts the application alone, and databases where they are asked for', () => {
    const profiles = Object.entries(compose.services).map(([name, { profiles: own = [] }]) => [name, own])
    expect(profiles).toEqual([
      ['app', []],
      ['postgres', ['postgres']],
      ['redis', ['redis']],
    ])
  })
  it('has every secret in a file, of which none is kept with the sources', () => {
    const used = new Set(Object.values(compose.services).flatMap(({ secrets = [] }) => secrets))
    expect([...used].toSorted()).toEqual(Object.keys(compose.secrets).toSorted())
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/secrets\//)
    expect(textOf('.gitignore').split('\n')).toContain('/secrets/')
    for (const { environment = {} } of Object.values(compose.services))
      for (const [name, value] of Object.entries(environment))
        if (/PASSWORD|KEY/.test(name))
          expect([name, value]).toEqual([expect.stringMatching(/_FILE$/), expect.stringMatching(/^\/run\/secrets\//)])
  })
  it('shows its port to this machine alone, and keeps what it writes in a volume of its own', () => {
    const { app } = compose.services
    expect(app).toMatchObject({ ports: ['127.0.0.1:8420:8420'], read_only: true, cap_drop: ['ALL'] })
    expect(app!.volumes).toContain('data:/data')
    expect(Object.keys(compose.volumes)).toEqual(['data', 'postgres', 'redis'])
    for (const name of ['postgres', 'redis']) expect(compose.services[name]!.ports).toBeUndefined()
  })
  it('is started by options that serve has', () => {
    const words = String(compose.services['app']!.command).match(/(?<=\s|:-)--[a-z-]+/g)!
    expect(words.length).toBeGreaterThan(5)
    for (const word of words) expect(known).toContain(word)
  })
})
