/** What the pages may take: of the network, of a reader's patience, of a browser, of the machine that serves them. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, CDPSession, Page } from 'playwright-core'
import type { SessionView } from '../src/api/contract/session.ts'
import { openBrowser } from '../test/dashboard/chromium.ts'
import { benchFolder } from './folder.ts'
import { runProgram, type StartedProgram, startProgram } from './program.ts'

export interface BudgetLine {
  readonly workload: 'dashboard'
  readonly variant: string
  readonly value: number
  readonly unit: string
  readonly limit: number
  readonly isHeld: boolean
  /** Milliseconds that the page's own thread was busy for it: what is left of it on a machine with nothing else to do. */
  readonly busy?: number
  /** Processes that wanted to run, a minute's mean, and how many can. */
  readonly load: number
  readonly cores: number
}

const ROOT = join(benchFolder(), '..')
const DEMO = 'Demo'
/** The demo's past is played when the simulated market has come to here. */
const PLAYED_TO = '2024-12-31'
const PLAY_LIMIT_MS = 1_200_000
const LOADS = 5
const KILO = 1_000
const MEGA = 1_048_576
const TRIPS = 100_000
const SCROLL_STEPS = 300
const SLEEVES = 50
const FROM_TO = ['2004-01-02', '2023-12-29'] as const
const SETTLED_MS = 3_000
/** A budget that is missed by this much is missed; the browser's own waits end here. */
const PATIENCE_MS = 300_000

const line = (variant: string, value: number, unit: string, limit: number, busy?: number): BudgetLine => ({
  workload: 'dashboard',
  variant,
  value,
  unit,
  limit,
  isHeld: value <= limit,
  ...(busy === undefined ? {} : { busy }),
  load: loadavg()[0]!,
  cores: availableParallelism(),
})

/** @param tell one line as soon as it is measured */
export async function measureDashboard(tell: (line: BudgetLine) => void): Promise<void> {
  execFileSync(process.execPath, ['dashboard/build.mjs'], { cwd: ROOT, stdio: 'ignore' })
  const folder = mkdtempSync(join(tmpdir(), 'polyfolio-dashboard-'))
  const browser = await openBrowser()
  try {
    const store = await measureDemo(folder, browser, tell)
    await measureScroll(store, browser, tell)
    await measureDrawing(browser, tell)
  } finally {
    await browser.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs in the page, before its own scripts: when it can be used, and which of its tasks were long. */
const WATCH = `
  window.longTasks = []
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) window.longTasks.push({ startTime, duration })
  }).observe({ type: 'longtask', buffered: true })
`

/** Milliseconds from the start of the navigation until figures and chart stand, no panel waits, and the page is free. */
const USABLE = `new Promise((done) => {
  const stands = () =>
    document.querySelector('.figure-main .figure-value') !== null &&
    document.querySelector('[data-panel="Equity"] canvas') !== null &&
    document.querySelector('.skeleton') === null
  const look = () => {
    if (!stands()) return requestAnimationFrame(look)
    const stood = performance.now()
    setTimeout(() => {
      const last = window.longTasks.filter(({ startTime }) => startTime <= stood).at(-1)
      done(Math.max(stood, last === undefined ? 0 : last.startTime + last.duration))
    }, 500)
  }
  look()
})`

async function signedIn(browser: Browser, { link }: StartedProgram): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  await page.addInitScript(WATCH)
  await page.goto(link)
  await page.locator('.figure-main .figure-value').waitFor()
  return page
}

async function played(page: Page, origin: string): Promise<void> {
  const until = Date.now() + PLAY_LIMIT_MS
  while (Date.now() < until) {
    const answer = await page.request.get(`${origin}/api/v1/p/${DEMO}/figures`)
    if (answer.ok()) {
      const { data } = (await answer.json()) as { readonly data: { readonly tradeDate: string | null } }
      if ((data.tradeDate ?? '') >= PLAYED_TO) return
    }
    await wait(KILO)
  }
  throw new Error('the past of the demo was not played in time')
}

/** Start, size, patience and memory. Gives the store that the demo has written. */
async function measureDemo(folder: string, browser: Browser, tell: (line: BudgetLine) => void): Promise<string> {
  const program = await startProgram(['demo', '--port', '0'], { POLYFOLIO_HOME: folder })
  let most = 0
  const watch = setInterval(() => (most = Math.max(most, program.memory())), 500)
  try {
    tell(line('address printed', program.seconds, 's', 10))
    const page = await signedIn(browser, program)
    await played(page, program.origin)
    await wait(SETTLED_MS)
    const loads = [await loaded(page, program.origin)]
    for (let round = 1; round < LOADS; round += 1) loads.push(await loaded(page, program.origin))
    const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!
    tell(line('first load', middle(loads.map(({ files }) => files)) / KILO, 'kB', 400))
    const busy = middle(loads.map((load) => load.busy))
    tell(line('interactive', middle(loads.map(({ usable }) => usable)), 'ms', 1_500, busy))
    await page.context().close()
  } finally {
    clearInterval(watch)
    await program.stop()
  }
  tell(line('memory of the demo', most / MEGA, 'MB', 400))
  return join(folder, 'demo', 'demo-26.db')
}

interface Load {
  readonly usable: number
  readonly busy: number
  /** Bytes of page, scripts, styles and font as they were sent; the API's answers are as many as the portfolio has figures. */
  readonly files: number
}

/** The overview, by a browser that has nothing of it. */
async function loaded(page: Page, origin: string): Promise<Load> {
  const watched = await page.context().newCDPSession(page)
  await watched.send('Network.enable')
  await watched.send('Network.setCacheDisabled', { cacheDisabled: true })
  const asked = new Map<string, boolean>()
  let files = 0
  watched.on('Network.requestWillBeSent', ({ requestId, request }) =>
    asked.set(requestId, request.url.includes('/api/')),
  )
  watched.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (asked.get(requestId) !== true) files += encodedDataLength
  })
  const { value: usable, busy } = await timed(watched, page, `${origin}/`, USABLE)
  await watched.detach()
  return { usable, busy, files }
}

interface Timed {
  readonly value: number
  readonly busy: number
}

/** Opens an address, waits for what a script answers, and counts how long the page's thread was busy until then. */
async function timed(watched: CDPSession, page: Page, address: string, script: string): Promise<Timed> {
  await watched.send('Performance.disable')
  await watched.send('Performance.enable', { timeDomain: 'threadTicks' })
  const busy = async (): Promise<number> => {
    const { metrics } = await watched.send('Performance.getMetrics')
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * KILO
  }
  const before = await busy()
  await page.goto(address)
  const value = (await page.evaluate(script)) as number
  const after = await busy()
  // A page that is opened anew may get a process of its own, whose count begins with it.
  return { value, busy: after < before ? after : after - before }
}

/** Closed trades of the demo, again and again under other numbers, until there are so many of one sleeve. */
async function multiplied(store: string): Promise<string> {
  const { default: Database } = await import('better-sqlite3')
  const database = new Database(store)
  const [first] = database
    .prepare(
      `SELECT sleeve, count(*) AS trips FROM round_trip WHERE closed_at IS NOT NULL
       GROUP BY sleeve ORDER BY trips DESC, sleeve`,
    )
    .all() as readonly { readonly sleeve: string; readonly trips: number }[]
  if (first === undefined) throw new Error('the demo has closed no trade')
  const columns = (database.prepare('SELECT * FROM round_trip LIMIT 1').columns() as readonly { name: string }[]).map(
    ({ name }) => (name === 'id' ? `id || '~' || copy` : `"${name}"`),
  )
  database
    .prepare(
      `WITH RECURSIVE copies(copy) AS (SELECT 1 UNION ALL SELECT copy + 1 FROM copies WHERE copy < ?)
       INSERT INTO round_trip SELECT ${columns.join(', ')} FROM round_trip, copies
       WHERE sleeve = ? AND closed_at IS NOT NULL`,
    )
    .run(Math.ceil(TRIPS / first.trips), first.sleeve)
  database.close()
  return first.sleeve
}

/** Scrolls the rows of a region from the first to the last; every step waits for the frame that shows it. */
const SCROLL = `async (steps) => {
  const region = document.querySelector('[aria-label="Trades, rows"]')
  region.scrollIntoView({ block: 'center' })
  await new Promise((done) => setTimeout(done, 500))
  window.longTasks.length = 0
  let rows = 0
  for (let step = 0; step <= steps; step += 1) {
    // By turns far away and on by a screen: dragging the bar, and turning the wheel.
    const far = (region.scrollHeight - region.clientHeight) * (Math.floor(step / 3) * 3 / steps)
    region.scrollTop = far + (step % 3) * region.clientHeight
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 16)))
    rows = Math.max(rows, region.querySelectorAll('tbody tr:not(.spacer)').length)
  }
  await new Promise((done) => setTimeout(done, 500))
  const total = Number(region.querySelector('table').getAttribute('aria-rowcount')) - 1
  return { rows, total, longest: Math.max(0, ...window.longTasks.map(({ duration }) => duration)) }
}`

/** The pages of a store that no engine writes any more. */
const readersOf = (store: string): Promise<StartedProgram> =>
  startProgram(['serve', '--role', 'api', '--store', store, '--port', '0', '--log-level', 'error'])

async function measureScroll(store: string, browser: Browser, tell: (line: BudgetLine) => void): Promise<void> {
  const sleeve = await multiplied(store)
  const program = await readersOf(store)
  try {
    const page = await signedIn(browser, program)
    await page.goto(`${program.origin}/strategy/${sleeve}`)
    await page.locator('[aria-label="Trades, rows"] tbody tr').first().waitFor()
    await wait(SETTLED_MS)
    const scrolled = (await page.evaluate(`(${SCROLL})(${SCROLL_STEPS})`)) as {
      readonly rows: number
      readonly total: number
      readonly longest: number
    }
    if (scrolled.total < TRIPS) throw new Error(`the table has only ${scrolled.total} rows`)
    tell(line(`scroll through ${scrolled.total} rows: in the page`, scrolled.rows, 'rows', 40))
    tell(line(`scroll through ${scrolled.total} rows: longest task`, scrolled.longest, 'ms', 100))
    await page.context().close()
  } finally {
    await program.stop()
  }
}

/** Waits until what is computed of the whole journal is there: until then the server is busy with it. */
async function analysed(page: Page, origin: string): Promise<void> {
  const until = Date.now() + PLAY_LIMIT_MS
  const { portfolios } = (await (await page.request.get(`${origin}/api/v1/session`)).json()) as SessionView
  const address = `${origin}/api/v1/p/${encodeURIComponent(portfolios[0]!)}/analysis/report`
  while (Date.now() < until) {
    const answer = await page.request.get(address)
    if (answer.ok() && ((await answer.json()) as { readonly data: unknown }).data !== null) return
    await wait(KILO)
  }
  throw new Error('the journal was not analysed in time')
}

/** Fifty sleeves that follow ten shares at paces of their own. */
function fiftySleeves(): string {
  const shares = Array.from({ length: 10 }, (_, place) => `SHARE${place}`)
  const sleeves = Array.from({ length: SLEEVES }, (_, place) => ({
    id: `s${place + 1}`,
    title: `Crossover ${place + 1}`,
    weight: 1 / SLEEVES,
    strategy: 'sma-crossover',
    universe: [shares[place % shares.length]],
    sizing: { kind: 'percent', fraction: 0.9, of: 'sleeve' },
    parameters: { fast: 3 + (place % 7), slow: 20 + place },
  }))
  const instruments = Object.fromEntries(
    shares.map((name, place) => [
      name,
      {
        file: `${name}.csv`,
        simulation: { price: 40 + 9 * place, volatility: 0.2 + place / 50, drift: 0.07, average_volume: 2_000_000 },
      },
    ]),
  )
  const costs = { equity: { commission: 'alpaca', slippage: { kind: 'bps', bps: 3 } } }
  return JSON.stringify({
    name: 'Fifty sleeves',
    capital: 5_000_000,
    benchmark: shares[0],
    sleeves,
    instruments,
    costs,
  })
}

/** The store of their twenty years, run once and kept. */
async function twentyYears(): Promise<string> {
  const kept = join(benchFolder(), '.cache', 'twenty-years.db')
  if (existsSync(kept)) return kept
  const folder = mkdtempSync(join(tmpdir(), 'polyfolio-twenty-years-'))
  try {
    const [config, store] = [join(folder, 'fifty.yaml'), join(folder, 'fifty.db')]
    writeFileSync(config, fiftySleeves())
    await runProgram(['paper', config, '--seed', '26', '--from', FROM_TO[0], '--to', FROM_TO[1], '--store', store])
    copyFileSync(store, kept)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return kept
}

/** Milliseconds from the end of the answer with the curve to the frame that shows its lines. */
const DRAWN = `new Promise((done) => {
  const look = () => {
    const canvas = document.querySelector('[data-panel="Equity"] canvas')
    const answers = performance.getEntriesByType('resource').filter(({ name }) => /\\/equity\\?from=|\\/equity$/.test(name))
    const answer = answers.filter(({ responseEnd }) => responseEnd > 0).at(-1)
    if (canvas === null || answer === undefined) return requestAnimationFrame(look)
    const { data } = canvas.getContext('2d').getImageData(canvas.width >> 1, 0, 1, canvas.height)
    if (data.every((value) => value === 0)) return requestAnimationFrame(look)
    setTimeout(() => done(performance.now() - answer.responseEnd), 0)
  }
  look()
})`

async function measureDrawing(browser: Browser, tell: (line: BudgetLine) => void): Promise<void> {
  const store = await twentyYears()
  const program = await readersOf(store)
  try {
    const page = await signedIn(browser, program)
    await analysed(page, program.origin)
    const names = ['portfolio', ...Array.from({ length: SLEEVES }, (_, place) => `s${place + 1}`)]
    const address = `${program.origin}/?period=All&lines=${names.join(',')}`
    const watched = await page.context().newCDPSession(page)
    const times: Timed[] = []
    for (let round = 0; round < LOADS; round += 1) times.push(await timed(watched, page, address, DRAWN))
    times.sort((a, b) => a.value - b.value)
    const { value, busy } = times[LOADS >> 1]!
    tell(line(`20 years of ${SLEEVES} sleeves drawn`, value, 'ms', 500, busy))
    await page.context().close()
  } finally {
    await program.stop()
  }
}
