import { spawn } from 'node:child_process'
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { basename, extname, join, resolve } from 'node:path'
import { FaultError, fault } from '../../domain/faults.ts'
import type { TradeDate } from '../../domain/units.ts'
import { homeFolder, makeHomeFolder } from '../home.ts'
import { packageRoot } from '../package-root.ts'
import { requireFolder } from '../paths.ts'
import { fileUrl, type RunOptions, runAndReport } from '../run.ts'
import { setAside } from '../serve/set-aside.ts'

export interface DemoOptions extends Omit<RunOptions, 'out'> {
  readonly seed: number
  readonly data?: string
  readonly out?: string
  readonly open?: boolean
  readonly report?: boolean
  readonly port?: number
  readonly speed: number
  readonly fresh?: boolean
}

/** Where the report goes where nobody says otherwise. */
const REPORT_FOLDER = 'polyfolio-report'
/** What lies behind the first look, and where the simulated market ends. */
const HISTORY_FROM = '2023-01-01'
const PACED_FROM = 20_250_127 as TradeDate
const MARKET_TO = '2030-12-31'
const PORT = 8_420
/** How many ports are tried behind one that is taken. */
const PORTS_TRIED = 20
const PORT_MOST = 65_535

/** `polyfolio demo`: a portfolio on a simulated market that goes on, with its dashboard; or, with `--report`, its report. */
export async function demo(config: string | undefined, options: DemoOptions): Promise<void> {
  const asksForReport = [options.report, options.json, options.out, options.data, options.from, options.to]
  if (asksForReport.some((asked) => asked !== undefined)) return report(config, options)
  return served(config ?? null, options)
}

async function report(config: string | undefined, options: DemoOptions): Promise<void> {
  if (options.data !== undefined) requireFolder(options.data)
  const source = options.data === undefined ? { seed: options.seed } : { data: options.data }
  const out = options.out ?? REPORT_FOLDER
  await runAndReport(config ?? join(packageRoot(), 'presets', 'channels.yaml'), source, { ...options, out })
  if (options.open === true) openPage(fileUrl(resolve(out, 'report.html')))
}

/** The portfolio of the package that is shown where nobody names another one. */
const PRESET = 'demo.yaml'

/** Everything is kept in the home folder: the next start goes on where this one ends. */
async function served(named: string | null, options: DemoOptions): Promise<void> {
  const folder = makeHomeFolder(join(homeFolder(), 'demo'))
  const name = named === null ? basename(PRESET, '.yaml') : basename(named, extname(named))
  const store = join(folder, `${name}-${options.seed}.db`)
  const own = join(folder, `${name}-${options.seed}-presets`)
  if (options.fresh === true) setAside(store, own)
  const config = named ?? ownPreset(own)
  const log = join(folder, `${name}.log`)
  const isFirst = !existsSync(store)
  if (isFirst && named === null) await (await import('./demo-notes.ts')).leaveNotes(store)
  const { serve } = await import('./serve.ts')
  await serve([config], {
    role: 'all',
    store,
    port: await freePort(options.port ?? portOf(process.env['PORT']) ?? PORT),
    seed: options.seed,
    from: HISTORY_FROM,
    to: MARKET_TO,
    speed: options.speed,
    speedFrom: PACED_FROM,
    backtests: join(homeFolder(), 'backtests'),
    log,
    logLevel: 'info',
    isDemo: true,
    onOpen({ server, link }) {
      for (const line of welcome({ origin: server.origin, link, isFirst, speed: options.speed, folder, log }))
        process.stdout.write(`${line}\n`)
      if (options.open === true) openPage(link ?? server.origin)
    },
  })
}

interface Welcome {
  readonly origin: string
  readonly link: string | null
  readonly isFirst: boolean
  readonly speed: number
  readonly folder: string
  readonly log: string
}

function welcome({ origin, link, isFirst, speed, folder, log }: Welcome): readonly string[] {
  const day = Math.max(1, Math.floor(86_400 / speed + 0.5))
  return [
    '',
    `Dashboard: ${link ?? origin}`,
    ...(link === null ? [] : ['           this link signs you in, once; start again for another one']),
    isFirst
      ? 'Two years of the simulated market are played now; then it goes on,'
      : 'The simulated market goes on where it stopped,',
    `a day in ${day} seconds (--speed). Every price is made up: figures say how it works, not what it earns.`,
    `Kept in ${folder}, log in ${log}. Ctrl C stops; --fresh starts anew.`,
    '',
  ]
}

/** The portfolio of the package as a copy of one's own: what is changed on its pages changes no file of the package. */
function ownPreset(folder: string): string {
  const preset = join(folder, PRESET)
  if (existsSync(preset)) return preset
  const unfinished = `${folder}.copying`
  rmSync(unfinished, { recursive: true, force: true })
  cpSync(join(packageRoot(), 'presets'), unfinished, { recursive: true })
  renameSync(unfinished, folder)
  return preset
}

function portOf(text: string | undefined): number | null {
  if (text === undefined || text === '') return null
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= PORT_MOST) return port
  throw new FaultError(fault('OPTION_INVALID', { option: 'PORT', reason: `"${text}" is no port; write 0 to 65535` }))
}

/** The port that was asked for, or the next one that is free; who asks for 0 takes any. */
async function freePort(asked: number): Promise<number> {
  if (asked === 0) return 0
  for (let port = asked; port < Math.min(asked + PORTS_TRIED, PORT_MOST + 1); port += 1) {
    if (!(await isFree(port))) continue
    if (port !== asked) process.stderr.write(`note: port ${asked} is taken; ${port} is used instead\n`)
    return port
  }
  return asked
}

function isFree(port: number): Promise<boolean> {
  return new Promise((found) => {
    const server = createServer()
    server.once('error', () => found(false))
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => found(true)))
  })
}

/** Shows a page in the user's browser; where there is none, the printed address has to do. */
function openPage(page: string): void {
  const [command, ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open']
  const child = spawn(command!, [...args, page], { stdio: 'ignore', detached: true })
  child.on('error', () => process.stderr.write(`note: no browser could be opened; open ${page} yourself\n`))
  child.unref()
}
