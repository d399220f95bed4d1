import { type ChildProcess, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import { packageRoot } from '../../src/cli/package-root.ts'
import { type Sink, WEBHOOK_SECRET, webhookSink } from '../alerts/sinks.ts'
import { isNightly } from '../profile.ts'
import { HAS_STORE, STORE_NEED } from '../store.ts'
import { command, start } from './command.ts'

// A newcomer's folder: there is nothing in it.
const folder = mkdtempSync(join(tmpdir(), 'polyfolio-guide-'))
const page = readFileSync(join(packageRoot(), 'docs', 'guide.md'), 'utf8')
let serving: ChildProcess | null = null
afterAll(() => {
  serving?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

interface Step {
  readonly kind: 'file' | 'run'
  /** A file's name, or how it is run. */
  readonly how: string
  readonly text: string
}

const steps: readonly Step[] = [...page.matchAll(/<!-- (file|run)(?:: ([^>]*?))? -->\n```\w+\n([\s\S]*?)```/g)].map(
  ([, kind, how = '', text]) => ({ kind: kind as Step['kind'], how, text: text! }),
)

/** Words of a line as a shell reads them; quotes hold words together. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!)
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let times = 0; times < 500; times += 1) {
    if (await isSo()) return
    await wait(100)
  }
  throw new Error('it never came to this')
}

const status = async () => {
  const { out } = await command(folder, ['status', '--store', 'mine.db', '--json'])
  return out === '' ? null : JSON.parse(out).portfolios[0]
}

/** Events that lie in the store; none while there is no store. */
async function events(): Promise<number> {
  if (!existsSync(join(folder, 'mine.db'))) return 0
  const store = await openStore(join(folder, 'mine.db'), { create: false })
  try {
    return (await store.extents())[0]?.rows ?? 0
  } finally {
    await store.close()
  }
}

/** The same on another page, which every run of the tests follows: the nightly run repeats it here. */
const ALSO_ELSEWHERE = /^polyfolio (strategies test|demo|backtest dip-buyer)/

describe.skipIf(!HAS_STORE)(`the guide for newcomers ${STORE_NEED}`, () => {
  let hook: Sink
  let environment: Readonly<Record<string, string>>
  beforeAll(async () => {
    hook = await webhookSink(() => Date.now() / 1_000)
    environment = { ALERT_URL: `${hook.url}/`, ALERT_SECRET: WEBHOOK_SECRET }
  })
  afterAll(() => hook.stop())

  async function run(line: string): Promise<void> {
    if (!isNightly && ALSO_ELSEWHERE.test(line)) return
    const [program, ...args] = wordsOf(line)
    if (program === 'node') {
      expect(spawnSync(process.execPath, args, { cwd: folder }).status).toBe(0)
      return
    }
    expect(program).toBe('polyfolio')
    const { code, err, out } = await command(folder, args, environment)
    expect({ line, code, err }).toEqual({ line, code: 0, err: '' })
    expect(out).not.toBe('')
  }

  // One after the other: each begins with what the one before has left.
  it.each(steps.map((step, place) => ({ ...step, name: `${place + 1}: ${step.how || step.text.split('\n')[0]!}` })))(
    'leads through step $name',
    async ({ kind, how, text }) => {
      const lines = text.trim().split('\n')
      if (kind === 'file') writeFileSync(join(folder, how), text)
      else if (how === '') for (const line of lines) await run(line)
      else {
        serving = start(folder, [...wordsOf(lines[0]!).slice(1), '--port', '0'], environment)
        serving.stdout!.resume()
        serving.stderr!.resume()
        // Ten days and more, which a review needs.
        await until(async () => (await events().catch(() => 0)) > 60) // it may be being made just now
      }
    },
  )
  it('ends with a portfolio that runs, and with somebody who was told', async () => {
    expect(await status()).toMatchObject({ portfolio: 'Mine', running: true })
    const told = () =>
      hook.taken.map(({ body }) => JSON.parse(body)).filter(({ data }) => data.alerts[0].rule === 'alive')
    await until(() => Promise.resolve(told().length >= 2))
    expect(told().map(({ type }) => type)).toEqual(['polyfolio.alert', 'polyfolio.resolution'])
    const ended = once(serving!, 'close')
    serving!.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })
  it('shows every step as one that is run', () => {
    expect(steps.filter(({ kind }) => kind === 'run')).toHaveLength([...page.matchAll(/```sh\n/g)].length)
    expect(steps.length).toBeGreaterThan(8)
  })
})
