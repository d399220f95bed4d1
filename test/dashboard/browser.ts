/** The program as a user starts it, and a real browser before it. */
import { type ChildProcess, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { start } from '../cli/command.ts'
import { isNightly } from '../profile.ts'

const ROOT = resolve(import.meta.dirname, '../..')
/** Pictures of what was tested, kept for whoever wants to look; POLYFOLIO_PICTURES names another folder. */
const PICTURES = resolve(ROOT, process.env['POLYFOLIO_PICTURES'] ?? 'test/dashboard/.artefacts')

export interface Program {
  readonly origin: string
  /** What the console said so far. */
  readonly said: () => string
  readonly stop: () => Promise<void>
}

const START_MS = 90_000

function until<T>(what: string, found: () => T | undefined, limitMs: number): Promise<T> {
  return new Promise((done, refuse) => {
    const since = Date.now()
    const look = (): void => {
      const value = found()
      if (value !== undefined) done(value)
      else if (Date.now() - since > limitMs) refuse(new Error(`waited in vain for ${what}`))
      else setTimeout(look, 100)
    }
    look()
  })
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) done()
    else child.once('exit', () => done())
  })
}

/** At night as much lies behind it as behind the demonstration: two years; else a quarter. */
const DEMO_FROM = isNightly ? '2023-01-01' : '2024-01-02'
export const DEMO_PACED_FROM = isNightly ? '2025-01-27' : '2024-04-01'
/** Whoever must be asked about every larger entry, so that a few days have somebody asked. */
const ASKED_ABOVE = 'approvals: {above: 2000, expires_after: {minutes: 14400}}'

/**
 * The portfolio of the demonstration, as a copy that a page may save over: some months of the simulated market are played at
 * once, then a day passes every second.
 */
export async function serveDemo(folder: string, port = 0): Promise<Program> {
  const presets = join(folder, 'presets')
  const preset = join(presets, 'demo.yaml')
  if (statSync(presets, { throwIfNoEntry: false }) === undefined) {
    cpSync(join(ROOT, 'presets'), presets, { recursive: true })
    writeFileSync(preset, readFileSync(preset, 'utf8').replace(/^approvals: .*$/m, ASKED_ABOVE))
  }
  const days = ['--seed', '26', '--from', DEMO_FROM, '--to', '2030-12-31']
  const pace = ['--speed', '86400', '--speed-from', DEMO_PACED_FROM]
  return serve(folder, [preset, ...days, ...pace, '--store', join(folder, 'demo.db'), '--port', String(port)])
}

/** `polyfolio serve`, where everybody signs in by name and passphrase. */
export async function serve(folder: string, args: readonly string[]): Promise<Program> {
  const child = start(folder, ['serve', ...args, '--auth', 'required', '--log', join(folder, 'log')])
  let said = ''
  child.stdout!.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const gone = (): never => {
    throw new Error(`the program ended:\n${said}`)
  }
  const origin = await until(
    'its address',
    () => (child.exitCode === null ? /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] : gone()),
    START_MS,
  )
  return {
    origin,
    said: () => said,
    async stop() {
      child.kill('SIGTERM')
      await ended(child)
    },
  }
}

function changedAt(folder: string): number {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return Math.max(0, ...paths.map((path) => statSync(join(folder, path)).mtimeMs))
}

/** Builds the pages where their sources are newer than what was built last. */
export function buildDashboard(): void {
  const built = statSync(join(ROOT, 'dist/dashboard/index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (built > Math.max(changedAt(join(ROOT, 'dashboard/src')), changedAt(join(ROOT, 'dashboard/public')))) return
  const { status, stderr } = spawnSync(process.execPath, ['dashboard/build.mjs'], { cwd: ROOT, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

export function scratchFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'polyfolio-pages-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export interface Watched {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors of the console and of scripts, and requests to other machines: there are none. */
  readonly faults: readonly string[]
}

const PATIENCE_MS = 20_000

/** A page whose faults are written down; answers that a test provokes are told apart by `expected`. */
export async function watchedPage(
  browser: Browser,
  origin: string,
  expected: readonly RegExp[] = [],
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    acceptDownloads: true,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const faults: string[] = []
  const note = (text: string): void => {
    if (!expected.some((pattern) => pattern.test(text))) faults.push(text)
  }
  page.on('console', (message) => {
    if (message.type() === 'error') note(`${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => note(error.message))
  page.on('request', (request) => {
    const { protocol, origin: asked } = new URL(request.url())
    if (protocol.startsWith('http') && asked !== origin) note(`a request to ${request.url()}`)
  })
  return { page, context, faults }
}

/** What was put on a canvas is on the screen two frames later; a page that draws none is not awaited. */
const PAINTED =
  'new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); setTimeout(done, 500) })'

export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true })
  await page.evaluate(PAINTED)
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true })
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string
    readonly impact: string
    readonly nodes: readonly { readonly html: string }[]
  }[]
}

/** What axe finds that is serious or worse, one line each. */
export async function seriousFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const run = 'axe.run(document, { resultTypes: ["violations"] })'
  const { violations } = (await page.evaluate(run)) as AxeResult
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`)
}

/** How many pixels the page is wider than its window. */
export async function sideways(page: Page): Promise<number> {
  return page.evaluate(
    'Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)',
  ) as Promise<number>
}

/** Titles of panels that say that they could not load. */
export async function brokenPanels(page: Page): Promise<readonly string[]> {
  return page.evaluate(
    '[...document.querySelectorAll("[data-panel]")].filter((panel) => panel.querySelector(".panel-error")).map((panel) => panel.dataset.panel).concat([...document.querySelectorAll("main > .panel-error")].map((line) => line.textContent))',
  ) as Promise<readonly string[]>
}

/** Titles of panels whose canvases have nothing on them. */
export async function blankCharts(page: Page): Promise<readonly string[]> {
  return page.evaluate(
    `(() => {
      const isBlank = (canvas) => {
        if (canvas.width === 0 || canvas.height === 0) return true
        const small = new OffscreenCanvas(Math.ceil(canvas.width / 8), Math.ceil(canvas.height / 8))
        const context = small.getContext('2d')
        context.drawImage(canvas, 0, 0, small.width, small.height)
        return context.getImageData(0, 0, small.width, small.height).data.every((value) => value === 0)
      }
      return [...document.querySelectorAll('[data-panel]')]
        .map((panel) => [panel.dataset.panel, [...panel.querySelectorAll('canvas')]])
        .filter(([, canvases]) => canvases.length > 0 && canvases.every(isBlank))
        .map(([title]) => title)
    })()`,
  ) as Promise<readonly string[]>
}

/** Titles of panels that say that they have nothing to show. */
export async function emptyPanels(page: Page): Promise<readonly string[]> {
  const titled = 'panel.dataset.panel + ": " + panel.querySelector(".panel-body").textContent'
  return page.evaluate(
    `[...document.querySelectorAll("[data-panel]")].filter((panel) => panel.querySelector(".panel-empty, .panel-body:empty")).map((panel) => ${titled})`,
  ) as Promise<readonly string[]>
}
