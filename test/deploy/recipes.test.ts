import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/cli/package-root.ts'
import { command, start } from '../cli/command.ts'
import { isNightly } from '../profile.ts'
import { POSTGRES_NEED, postgresServer } from '../servers.ts'
import { HAS_STORE, STORE_NEED } from '../store.ts'

const root = packageRoot()
const page = readFileSync(join(root, 'docs', 'deploy.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'polyfolio-deploy-'))
const server = await postgresServer()
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await server?.stop()
})

interface Block {
  /** '': by the commands of this package alone. */
  readonly how: string
  readonly lines: readonly string[]
}

const blocks: readonly Block[] = [...page.matchAll(/<!-- run(?:: ([^>]*?))? -->\n```sh\n([\s\S]*?)```/g)].map(
  ([, how = '', text]) => ({ how, lines: text!.trim().split('\n') }),
)
const of = (how: string): readonly Block[] => blocks.filter((block) => block.how === how)
const has = (program: string, ...args: readonly string[]): boolean => spawnSync(program, [...args]).status === 0

const HAS_DOCKER = has('docker', 'info') && has('docker', 'compose', 'version')

beforeAll(() => {
  writeFileSync(
    join(folder, 'portfolio.yaml'),
    `name: Mine
capital: 10000
instruments:
  AAA: {file: a.csv, simulation: {price: 50, volatility: 0.4, drift: 0.1, average_volume: 2000000}}
sleeves:
  - {id: free, weight: 0.5, strategy: sma-crossover, universe: [AAA], sizing: {kind: percent, fraction: 0.5}, parameters: {fast: 3, slow: 8}}
`,
  )
})

function freePort(): Promise<number> {
  return new Promise((done, refuse) => {
    const probe = createServer()
    probe.on('error', refuse)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { readonly port: number }
      probe.close(() => done(port))
    })
  })
}

/** What the server answers whom asks with these headers; 0: nobody is there. */
function asked(port: number, path: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((done) => {
    const one = request({ host: '127.0.0.1', port, path, headers }, (response) => {
      response.resume()
      done(response.statusCode ?? 0)
    })
    one.on('error', () => done(0))
    one.end()
  })
}

/** Starts what would go on for ever, looks at it, and tells it to end: that it does in order. */
async function served(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  look: (port: number) => Promise<void>,
): Promise<void> {
  const port = await freePort()
  const child = start(folder, [...args, '--port', String(port), '--every', '0.2'], environment)
  let said = ''
  child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stdout!.resume()
  try {
    while ((await asked(port, '/health', { host: `127.0.0.1:${port}` })) !== 200) {
      if (child.exitCode !== null) throw new Error(`it ended: ${said}`)
      await wait(100)
    }
    await look(port)
    // An engine that has begun has something to end in order.
    for (let times = 0; times < 600 && !said.includes('the engine is started'); times += 1) await wait(50)
    const ended = once(child, 'close')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  } finally {
    child.kill('SIGKILL')
  }
}

describe('the page of recipes', () => {
  it('says of every block of commands how it is run', () => {
    expect(blocks).toHaveLength([...page.matchAll(/```sh\n/g)].length)
    expect([...new Set(blocks.map(({ how }) => how))]).toEqual([
      '',
      'below a folder',
      'needs docker',
      'needs PostgreSQL',
      'needs caddy',
      'untested',
    ])
  })

  it.skipIf(!HAS_STORE)(
    `on a laptop, and on updates, is done as it stands ${STORE_NEED}`,
    async () => {
      for (const line of of('').flatMap(({ lines }) => lines)) {
        const [program, ...args] = line.split(' ')
        expect(program).toBe('polyfolio')
        if (args[0] === 'serve') {
          await served(args, {}, async (port) => {
            expect(await asked(port, '/api/v1/setup', { host: `127.0.0.1:${port}` })).toBe(200)
            expect(await asked(port, '/health', { host: 'elsewhere.example.com' })).not.toBe(200)
          })
          continue
        }
        const { code, err } = await command(folder, args)
        expect({ line, code, err }).toEqual({ line, code: 0, err: '' })
      }
      expect(existsSync(join(folder, 'restored.db'))).toBe(true)
    },
    600_000,
  )

  it.skipIf(process.platform !== 'linux')('of a service is done below a folder (needs Linux)', async () => {
    const below = join(folder, 'machine')
    for (const line of of('below a folder').flatMap(({ lines }) => lines)) {
      const [sudo, program, ...args] = line.split(' ')
      expect([sudo, program]).toEqual(['sudo', 'polyfolio'])
      const { code, err } = await command(folder, [...args, '--root', below])
      // What is not started does not run.
      expect({ line, code, err }).toEqual({ line, code: args[1] === 'status' ? 1 : 0, err: '' })
    }
    expect(readFileSync(join(below, 'etc/systemd/system/polyfolio.service'), 'utf8')).toContain(' --lan\n')
  })

  it.skipIf(server === null)(`in the cloud is done behind a proxy ${POSTGRES_NEED}`, async () => {
    const [line] = of('needs PostgreSQL')[0]!.lines
    const url = new URL(await server!.database('cloud'))
    const { password } = url
    url.password = ''
    const args = line!.replace('postgres://polyfolio@localhost/polyfolio', url.toString()).split(' ').slice(1)
    await served(args, { PGPASSWORD: password }, async (port) => {
      const proxied = { host: 'desk.example.com', 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' }
      expect(await asked(port, '/api/v1/setup', proxied)).toBe(200)
      expect(await asked(port, '/api/v1/setup', { ...proxied, host: 'other.example.com' })).not.toBe(200)
    })
  })

  /** Of its own, so that nothing is taken away that somebody uses. */
  const environment = { ...process.env, COMPOSE_PROJECT_NAME: 'polyfolio-tests' }
  const shell = (line: string): void => {
    const { status, stderr } = spawnSync('sh', ['-c', line], { cwd: root, encoding: 'utf8', env: environment })
    expect({ line, status, stderr: status === 0 ? '' : stderr }).toEqual({ line, status: 0, stderr: '' })
  }
  it.skipIf(!(HAS_DOCKER && isNightly))(
    'of a container is done as it stands (needs docker, and the time of a nightly run)',
    () => {
      try {
        for (const line of of('needs docker').flatMap(({ lines }) => lines)) shell(line)
      } finally {
        shell('docker compose down --volumes')
      }
    },
  )
  it.skipIf(!has('caddy', 'version'))('of a proxy is done with the tool itself (needs caddy)', () => {
    for (const line of of('needs caddy').flatMap(({ lines }) => lines)) shell(line)
  })
})

describe.skipIf(process.platform === 'win32')('the entry of a container (needs sh)', () => {
  mkdirSync(join(folder, 'app', 'bin'), { recursive: true })
  const print =
    'const { PGPASSWORD, REDIS_PASSWORD } = process.env\nprocess.stdout.write(JSON.stringify([PGPASSWORD, REDIS_PASSWORD, process.argv.slice(2)]))\n'
  writeFileSync(join(folder, 'app', 'bin', 'polyfolio.js'), print)
  writeFileSync(join(folder, 'secret'), 'with $dollar "quotes" and spaces \n')
  const entry = (environment: Readonly<Record<string, string>>) =>
    spawnSync('sh', [join(root, 'deploy', 'entrypoint.sh'), 'serve', 'a b'], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], POLYFOLIO_APP: join(folder, 'app'), ...environment } as NodeJS.ProcessEnv,
    })

  it('reads passwords from files, and hands every word on', () => {
    const { status, stdout } = entry({ PGPASSWORD_FILE: join(folder, 'secret') })
    expect({ status, said: JSON.parse(stdout) }).toEqual({
      status: 0,
      said: ['with $dollar "quotes" and spaces ', null, ['serve', 'a b']],
    })
  })
  it('ends where a file that was named is not there', () => {
    expect(entry({ PGPASSWORD_FILE: join(folder, 'nowhere') }).status).not.toBe(0)
  })
  it('makes secrets once, that only their owner reaches', () => {
    const make = () =>
      spawnSync('sh', [join(root, 'deploy', 'secrets.sh'), join(folder, 'secrets')], { encoding: 'utf8' })
    if (!has('openssl', 'version')) return
    expect(make().status).toBe(0)
    const read = () =>
      ['postgres_password', 'redis_password', 'store_key'].map((name) =>
        readFileSync(join(folder, 'secrets', name), 'utf8').trim(),
      )
    const first = read()
    for (const one of first) expect(one).toMatch(/^[0-9a-f]{64}$/)
    expect(new Set(first).size).toBe(3)
    make()
    expect(read()).toEqual(first)
  })
})
