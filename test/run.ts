import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { builtModule } from './built.ts'
import { casesFolder, dataFolder } from './outside-data.ts'
import { POSTGRES_ADDRESS, postgresServer } from './servers.ts'
import { checkRings, describeRingBreach } from './tidiness/rings.ts'

/*
 * The one test command: every check in turn, cheapest first, stopping at the first that fails.
 * The closing lines are totals: one for each runner, then their sum without a prefix.
 * `--only PART,PART` runs some of its parts, `--from PART` goes on at one: a night that was stopped need not begin again.
 */

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const NIGHTLY_NODES = [22, 24]
const isNightly = process.argv.includes('--nightly')
const isCi = process.env['CI'] === 'true'

interface Totals {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

interface Outcome {
  readonly totals: Totals
  readonly failure: string | null // what to do next
}

interface Step {
  /** Its name for `--only` and `--from`. */
  readonly part: string
  readonly runner: string // whose total it adds to
  readonly title: string
  run(): Promise<Outcome>
}

const PASSED: Outcome = { totals: { passed: 1, failed: 0, skipped: 0 }, failure: null }
const failed = (failure: string): Outcome => ({ totals: { passed: 0, failed: 1, skipped: 0 }, failure })

interface Ended {
  readonly code: number
  readonly output: string
}

/** Runs a program in the root; its output is shown, and kept when asked for. */
function execute(program: string, args: readonly string[], keep = false): Promise<Ended> {
  return new Promise((done, refuse) => {
    const stdio = keep ? (['inherit', 'pipe', 'inherit'] as const) : ('inherit' as const)
    const child = spawn(program, args, { cwd: ROOT, stdio: typeof stdio === 'string' ? stdio : [...stdio] })
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      process.stdout.write(chunk)
    })
    child.on('error', refuse)
    child.on('close', (code) => done({ code: code ?? 1, output }))
  })
}

const tool = (path: string): string => join(ROOT, 'node_modules', path)

/** A check that passes or fails as a whole. */
function check(
  [part, title]: readonly [part: string, title: string],
  program: string,
  args: readonly string[],
  advice: string,
): Step {
  return {
    part,
    runner: 'checks',
    title,
    async run() {
      const { code } = await execute(tool(`.bin/${program}`), args)
      return code === 0 ? PASSED : failed(`"${[program, ...args].join(' ')}" ended with ${code}; ${advice}`)
    },
  }
}

const rings: Step = {
  part: 'rings',
  runner: 'checks',
  title: 'import rings (dependency-cruiser)',
  async run() {
    const { modules, dependencies, breaches } = await checkRings()
    for (const breach of breaches) console.log(`  ${describeRingBreach(breach)}`)
    console.log(`${modules} modules and ${dependencies} imports looked at`)
    if (modules === 0) return failed('no module was looked at: is node_modules/typescript a version with an API?')
    return breaches.length === 0
      ? PASSED
      : failed(`${breaches.length} imports break a ring; ARCHITECTURE.md has the map`)
  },
}

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string
      readonly title: string
      readonly ancestorTitles: readonly string[]
    }[]
  }[]
}

/** What a skipped test is called, or else what it stands in, must say what it lacks: "(needs the folder of POLYFOLIO_TEST_DATA)". */
const REASON = /\bneeds\b|\bwithout\b|\bmissing\b|\babsent\b|POLYFOLIO_/

/** Prints each reason with its count; returns what is wrong with the skipping, if anything is. */
function explainSkipped(names: readonly string[]): string | null {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  for (const [name, count] of counts) console.log(`  skipped ${count}: ${name}`)
  const silent = names.find((name) => !REASON.test(name))
  if (silent !== undefined) return `"${silent}" is skipped without a reason; name what it needs in its title`
  if (!isCi) return null
  const present = [
    ...(dataFolder() === null ? [] : ['POLYFOLIO_TEST_DATA']),
    ...(casesFolder() === null ? [] : ['POLYFOLIO_CASES']),
  ]
  const able = names.find((name) => present.some((variable) => name.includes(variable)))
  return able === undefined ? null : `"${able}" is skipped although its folder exists`
}

function readVitest(file: string): { totals: Totals; complaint: string | null } {
  const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults)
  const skipped = results
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ ancestorTitles, title }) => [...ancestorTitles, title].reverse().find((name) => REASON.test(name)) ?? title)
  const totals = { passed: report.numPassedTests, failed: report.numFailedTests, skipped: skipped.length }
  return { totals, complaint: explainSkipped(skipped) }
}

/** Runs vitest by a program that is a Node, and reads its own report back. */
async function vitest(node: readonly string[], ...paths: readonly string[]): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'polyfolio-test-'))
  const file = join(folder, 'report.json')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const [program, ...before] = node
    const { code } = await execute(program!, [...before, tool('vitest/vitest.mjs'), 'run', ...paths, ...reporters])
    if (!existsSync(file)) return failed(`vitest ended with ${code} before it could report; read its output above`)
    const { totals, complaint } = readVitest(file)
    if (code !== 0) {
      const atLeastOne = { ...totals, failed: Math.max(1, totals.failed) } // an error outside every test counts too
      return { totals: atLeastOne, failure: 'tests fail; repeat one by "npx vitest run PATH"' }
    }
    if (totals.passed === 0) return failed('vitest found no test')
    return complaint === null ? { totals, failure: null } : { totals: { ...totals, failed: 1 }, failure: complaint }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The last line of a runner that closes with `N passed, N failed, N skipped`. */
function readTotals(output: string): Totals | null {
  const last = output.trimEnd().split('\n').at(-1) ?? ''
  const match = /(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(last)
  return match === null ? null : { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3]) }
}

const cases: Step = {
  part: 'cases',
  runner: 'cases',
  title: 'worked cases; those of topics that are not built yet count as skipped',
  async run() {
    const folder = casesFolder()
    if (folder === null) {
      console.log('  skipped: needs the folder of POLYFOLIO_CASES, which is not on this machine')
      return { totals: { passed: 0, failed: 0, skipped: 1 }, failure: null }
    }
    const program = join(ROOT, 'test/cases/main.ts')
    if (!existsSync(program)) return failed(`"${folder}" exists, but test/cases/main.ts does not; restore it`)
    const { code, output } = await execute(process.execPath, [tool('tsx/dist/cli.mjs'), program, folder], true)
    const totals = readTotals(output)
    if (totals === null) return failed(`the case runner ended with ${code} and without totals`)
    if (code !== 0) return { totals: { ...totals, failed: Math.max(1, totals.failed) }, failure: 'worked cases fail' }
    return totals.passed === 0 ? failed('the case runner found no case') : { totals, failure: null }
  },
}

const HISTORIES = 'test/dst'

/** Drawn histories of the live engine: by night they take as long as everything else together. */
const histories: Step = {
  part: 'dst',
  runner: 'histories',
  title: 'drawn histories of the live engine (vitest)',
  run: () => vitest([process.execPath], HISTORIES),
}

const units: Step = {
  part: 'tests',
  runner: 'vitest',
  title: isNightly ? 'tests, nightly profile (vitest)' : 'tests (vitest)',
  async run() {
    builtModule('src/cli/main.ts') // once: both workers would build at the same time otherwise
    // One server for all files: each would start its own otherwise.
    const server = await postgresServer()
    if (server !== null) process.env[POSTGRES_ADDRESS] = server.address
    try {
      return await vitest([process.execPath], ...(isNightly ? ['--exclude', `${HISTORIES}/**`] : []))
    } finally {
      delete process.env[POSTGRES_ADDRESS]
      await server?.stop()
    }
  },
}

/** The golden tests under another Node: the same bytes everywhere. */
function golden(version: number): Step {
  return {
    part: `node${version}`,
    runner: `node${version}`,
    title: `golden tests under Node ${version} (vitest)`,
    async run() {
      const node = ['-y', '-p', `node@${version}`, 'node']
      const { output } = await execute('npx', [...node, '--version'], true)
      if (!output.startsWith(`v${version}.`)) return failed(`Node ${version} could not be fetched by npx; see above`)
      return vitest(['npx', ...node], 'test/golden')
    },
  }
}

const STEPS: readonly Step[] = [
  check(['types', 'types (tsc)'], 'tsc', ['-p', 'tsconfig.json', '--noEmit'], 'correct the types named above'),
  check(
    ['dashboard-types', 'types of the dashboard (tsc)'],
    'tsc',
    ['-p', 'dashboard/tsconfig.json', '--noEmit'],
    'correct the types named above',
  ),
  check(
    ['lint', 'format and lint (biome)'],
    'biome',
    ['check', '--error-on-warnings', '.'],
    'try "npm run format" first',
  ),
  check(['promises', 'promises and sorts (oxlint)'], 'oxlint', ['--type-aware'], 'correct the lines named above'),
  rings,
  check(
    ['knip', 'dead exports and packages (knip)'],
    'knip',
    ['--no-config-hints'],
    'remove what is named above, or use it',
  ),
  units,
  ...(isNightly ? [histories] : []),
  cases,
  ...(isNightly ? NIGHTLY_NODES.map(golden) : []),
]

function add(a: Totals, b: Totals): Totals {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}

const textOf = ({ passed, failed: broken, skipped }: Totals): string =>
  `${passed} passed, ${broken} failed, ${skipped} skipped`

/** The parts that are asked for, in their order. */
function chosen(): readonly Step[] {
  const after = (option: string): readonly string[] | null => {
    const at = process.argv.indexOf(option)
    return at < 0 ? null : (process.argv[at + 1] ?? '').split(',')
  }
  const [only, from] = [after('--only'), after('--from')]
  const parts = STEPS.map(({ part }) => part)
  for (const asked of [...(only ?? []), ...(from ?? [])])
    if (!parts.includes(asked)) throw new RangeError(`"${asked}" is no part; there are: ${parts.join(', ')}`)
  return STEPS.slice(from === null ? 0 : parts.indexOf(from[0]!)).filter(({ part }) => only?.includes(part) ?? true)
}

async function main(): Promise<number> {
  if (isNightly) {
    process.env['POLYFOLIO_PROFILE'] = 'nightly'
    process.env['POLYFOLIO_SEED'] ??= String(Date.now() % 2_147_483_647)
    console.log(`nightly, seed ${process.env['POLYFOLIO_SEED']} (give it again by POLYFOLIO_SEED to repeat this run)`)
  }
  const none: Totals = { passed: 0, failed: 0, skipped: 0 }
  const byRunner = new Map<string, Totals>()
  let failure: string | null = null
  for (const step of chosen()) {
    console.log(`\n== ${step.title}`)
    const began = performance.now()
    const outcome = await step.run()
    console.log(`${step.part}: ${textOf(outcome.totals)}, ${Math.round((performance.now() - began) / 1_000)} s`)
    byRunner.set(step.runner, add(byRunner.get(step.runner) ?? none, outcome.totals))
    failure = outcome.failure
    if (failure !== null) {
      console.log(`\nSTOPPED at ${step.title}: ${failure}`)
      break
    }
  }
  console.log('')
  for (const [runner, totals] of byRunner) console.log(`${runner}: ${textOf(totals)}`)
  console.log(textOf([...byRunner.values()].reduce(add, none)))
  return failure === null ? 0 : 1
}

process.exitCode = await main()
