/**
 * `npm run bench -- WORKLOAD [--json] [--plan | --shadows]`: the product beside a C loop of the same work, interleaved in
 * one run. With `--plan` capital is under a plan that moves none of it, with `--shadows` every sleeve keeps its shadow as
 * well; the C loop knows neither. W1 is measured in all three ways.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { limitCompiler } from '../src/cli/compiler.ts'
import { CHROMIUM, CHROMIUM_NEED } from '../test/dashboard/chromium.ts'
import { POSTGRES_NEED, postgresServer } from '../test/servers.ts'
import { measureAllocators } from './allocators.ts'
import { measureApi } from './api.ts'
import { compile, hasCompiler, runLoop } from './c-loop.ts'
import { measureDashboard } from './dashboard.ts'
import { dealtOnce } from './dealt-once.ts'
import { measureFailOver } from './fail-over.ts'
import { benchFolder } from './folder.ts'
import { seriesOf } from './generate.ts'
import { measureLive } from './live.ts'
import { type Measured, runProduct } from './product.ts'
import { createRoom } from './record.ts'
import { configOf, dailyPortfolio, marketOf, minuteSeries, type Workload } from './workloads.ts'

const CACHE = join(benchFolder(), '.cache')
const WORKLOADS: Readonly<Record<string, () => Workload>> = { w1: () => dailyPortfolio(), w2: () => minuteSeries() }
/** Every allocator walk-forward: no C loop does the same. */
const ALLOCATORS = 'allocators'
/** The durable engine, on every kind of store that is here. */
const LIVE = 'live'
/** The server, with pages that listen. */
const API = 'api'
/** The pages in a browser, against their budgets. */
const DASHBOARD = 'dashboard'
const ROUNDS = 7

/** One line of the result. `limitSeconds` and `ratio` are null where no C compiler is. */
interface Line {
  readonly workload: string
  readonly variant: string
  readonly seconds: number
  readonly limitSeconds: number | null
  readonly ratio: number | null
  readonly checksum: string
  readonly final: number
  readonly fills: number
  /** Whether final equity, bookings and check sum are the C loop's, to the last bit; null where nothing is to compare. */
  readonly equal: boolean | null
}

/** What is added to a workload, and how its line is called: its capital under a plan that moves none, and shadows. */
const ADDED = { '--plan': 'capital plan', '--shadows': 'with shadows' } as const
type Added = keyof typeof ADDED

function measure(workload: Workload, added: Added | null): Line[] {
  const series = seriesOf(workload.recipe, CACHE)
  const plain = configOf(workload)
  const config = added === null ? plain : { ...plain, capitalPlan: dealtOnce(plain, added === '--shadows') }
  const market = marketOf(workload, series)
  const limits = hasCompiler()
    ? [
        compile(workload.limit.source, workload.limit.macros, CACHE),
        ...(added === null ? workload.others : []).map((source) => compile(source, {}, CACHE)),
      ]
    : []
  const room = createRoom()
  const product: Measured[] = []
  const loops: Measured[][] = limits.map(() => [])
  for (let round = 0; round <= ROUNDS; round += 1) {
    // Either side's second run in a row counts: the first one of each brings its own prices and code into the caches.
    runProduct(config, market, room)
    const measured = runProduct(config, market, room)
    // The first round warms up.
    if (round > 0) product.push(measured)
    for (const [index, program] of limits.entries()) loops[index]!.push(runLoop(program, CACHE, 2))
  }
  const [own, ...others] = loops
  const seconds = median(product)
  const limitSeconds = own === undefined ? null : median(own)
  const { final, fills, checksum } = product[0]!
  const reference = own?.[0]
  const same = (other: Measured): boolean =>
    other.final === final && other.fills === fills && other.checksum === checksum
  const lines: Line[] = [
    {
      workload: workload.name,
      variant: added === null ? 'product' : ADDED[added],
      seconds,
      limitSeconds,
      ratio: limitSeconds === null ? null : seconds / limitSeconds,
      checksum,
      final,
      fills,
      equal: reference === undefined ? null : same(reference) && product.every(same),
    },
  ]
  for (const [index, runs] of [own ?? [], ...others].entries()) {
    const first = runs[0]
    if (first === undefined || limitSeconds === null || added !== null) continue
    const own = median(runs)
    lines.push({
      workload: workload.name,
      variant: `C ${[workload.limit.source, ...workload.others][index]}`,
      seconds: own,
      limitSeconds,
      ratio: own / limitSeconds,
      checksum: first.checksum ?? '',
      final: first.final,
      fills: first.fills,
      equal: null,
    })
  }
  return lines
}

function median(runs: readonly Measured[]): number {
  const seconds = runs.map((run) => run.seconds).sort((a, b) => a - b)
  return seconds[Math.floor(seconds.length / 2)]!
}

function printTable(lines: readonly Line[]): void {
  const ratio = (value: number | null): string => (value === null ? '-' : `${value.toFixed(2)}x`)
  for (const line of lines) {
    const equal = line.equal === null ? '' : line.equal ? '  equal to the C loop' : '  DIFFERS from the C loop'
    console.log(
      [
        line.workload.padEnd(4),
        line.variant.padEnd(14),
        `${line.seconds.toFixed(4)} s`.padStart(10),
        ratio(line.ratio).padStart(8),
        line.checksum.padStart(10),
        line.final.toFixed(4).padStart(18),
        `${line.fills} bookings`.padStart(16),
      ].join(' ') + equal,
    )
  }
}

async function measureStores(isJson: boolean): Promise<void> {
  const server = await postgresServer()
  try {
    if (server === null) console.error(`PostgreSQL is left out ${POSTGRES_NEED}`)
    for (const address of server === null ? [undefined] : [undefined, await server.database('bench')]) {
      const line = await measureLive(CACHE, address)
      const { variant, seconds, events, eventsPerSecond, commits, commitsPerSecond, fills, rows, rowsPerSecond } = line
      const { p50, p99, wholeP50, wholeP99, cpuSeconds } = line
      const size = `${(line.bytesPerEvent / 1_024).toFixed(1)} kB and ${(fills / events).toFixed(1)} fills each`
      const rate = `${events} events of ${size} in ${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s of processor time): ${eventsPerSecond.toFixed(0)} a second`
      const written = `${rows} rows: ${rowsPerSecond.toFixed(0)} a second, ${(rows / commits).toFixed(0)} a commit`
      const durable = `${commits} commits: ${commitsPerSecond.toFixed(0)} a second; ${written}`
      const whole = `the whole instant ${wholeP50.toFixed(1)} ms, p99 ${wholeP99.toFixed(1)} ms`
      const waited = `prices in to orders out ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ${whole}`
      console.log(isJson ? JSON.stringify(line) : `${LIVE} ${variant.padEnd(10)} ${rate}; ${durable}; ${waited}`)
    }
    for (const address of server === null ? [undefined] : [undefined, await server.database('fail_over')]) {
      const line = await measureFailOver(address)
      const { variant, seconds, longest, kills, events } = line
      const text = `engine killed, first commit of the one that stood by after ${seconds.toFixed(2)} s, at most ${longest.toFixed(2)} s of ${kills} (${events} events played again)`
      console.log(isJson ? JSON.stringify(line) : `${LIVE} ${variant.padEnd(10)} ${text}`)
    }
  } finally {
    await server?.stop()
  }
}

/** Each budget of the pages with what was measured. @returns 1 where one is missed */
async function measurePages(isJson: boolean): Promise<number> {
  if (CHROMIUM === undefined) {
    console.error(`dashboard ${CHROMIUM_NEED}`)
    return 2
  }
  let missed = 0
  await measureDashboard((line) => {
    if (!line.isHeld) missed += 1
    const { variant, value, unit, limit, isHeld, busy, load, cores } = line
    const text = `${value.toFixed(unit === 's' ? 2 : 0)} ${unit}`.padStart(10)
    const budget = `of at most ${limit} ${unit}`.padEnd(20)
    const own = busy === undefined ? '' : `, the page's thread busy for ${busy.toFixed(0)} ms`
    const verdict = `${isHeld ? 'held' : 'MISSED'}${own}, machine load ${load.toFixed(1)} on ${cores} cores`
    console.log(isJson ? JSON.stringify(line) : `${DASHBOARD} ${variant.padEnd(44)} ${text} ${budget} ${verdict}`)
  })
  return missed > 0 ? 1 : 0
}

async function main(args: readonly string[]): Promise<number> {
  const isJson = args.includes('--json')
  const more = Object.keys(ADDED) as Added[]
  const added = more.find((flag) => args.includes(flag)) ?? null
  const named = args.filter((arg) => arg !== '--json' && arg !== added)
  const known = [...Object.keys(WORKLOADS), ALLOCATORS, LIVE, API, DASHBOARD, 'all']
  const [name] = named
  if (name === undefined || named.length > 1 || !known.includes(name)) {
    const problem = name === undefined ? 'no workload was named' : `"${named.join(' ')}" is no workload`
    console.error(`${problem}; give one of ${known.join(', ')}, such as: npm run bench -- w1`)
    return 2
  }
  // A process for each: what one workload taught the compiler would slow the next.
  const apart = (...own: string[]): void => {
    const flags = isJson ? ['--json'] : []
    const program = fileURLToPath(import.meta.url)
    execFileSync(process.execPath, [...process.execArgv, program, ...own, ...flags], { stdio: 'inherit' })
  }
  if (name === 'all') {
    for (const one of [...Object.keys(WORKLOADS), ALLOCATORS, LIVE, API, DASHBOARD]) apart(one)
    return 0
  }
  if (name === LIVE) {
    await measureStores(isJson)
    return 0
  }
  if (name === API) {
    const line = await measureApi()
    const { pages, requests, p50, p99, longest, bytesPerPage, framesPerSecond } = line
    const answered = `${requests} requests while ${pages} pages listen: ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, at most ${longest.toFixed(1)} ms`
    const told = `${(bytesPerPage / 1_024).toFixed(0)} kB a page, ${framesPerSecond.toFixed(1)} frames a second to each`
    console.log(isJson ? JSON.stringify(line) : `${API} ${answered}; ${told}`)
    return 0
  }
  if (name === DASHBOARD) return measurePages(isJson)
  if (name === ALLOCATORS) {
    for (const { variant, seconds, final, computed } of measureAllocators()) {
      const line = { workload: ALLOCATORS, variant, seconds, final, computed }
      const text = `${variant.padEnd(16)} ${seconds.toFixed(4)} s, weights ${computed} times, mean final ${final.toFixed(6)}`
      console.log(isJson ? JSON.stringify(line) : `${ALLOCATORS} ${text}`)
    }
    return 0
  }
  const lines = measure(WORKLOADS[name]!(), added)
  if (isJson) for (const line of lines) console.log(JSON.stringify(line))
  else printTable(lines)
  if (name === 'w1' && added === null) for (const flag of more) apart(name, flag)
  return lines.some((line) => line.equal === false) ? 1 : 0
}

limitCompiler() // as the program does
process.exitCode = await main(process.argv.slice(2))
