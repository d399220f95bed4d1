import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { FaultError, fault } from '../../domain/faults.ts'
import type { Strategy } from '../../domain/strategy.ts'
import { STRATEGIES } from '../../pipeline/strategies/registry.ts'
import { STRATEGY_CONTRACT } from '../../research/contract/checks.ts'
import { EXIT } from '../failure.ts'
import { isolatedStrategy } from '../isolation/isolate.ts'
import { BUDGET } from '../isolation/protocol.ts'
import { print, printJson } from '../output.ts'
import { shortPath } from '../paths.ts'
import { programFor } from '../strategies/own-package.ts'
import { fileProblem, readStrategy } from '../strategies/read-strategy.ts'
import { checkTypes } from '../strategies/type-check.ts'

interface TestOptions {
  readonly json?: boolean
  /** Where it decides: a thread of its own, or this one. */
  readonly isolation: 'worker' | 'none'
}

/** One check and what became of it. */
interface Verdict {
  readonly check: string
  readonly result: 'pass' | 'fail' | 'not checked'
  /** What differs, or why nobody looked. */
  readonly reason: string | null
}

/** `polyfolio strategies test`: the checks that every built-in strategy passes, and the file's own tests. */
export async function strategiesTest(named: string, options: TestOptions): Promise<void> {
  const builtIn = STRATEGIES.find(({ name }) => name === named)
  const verdicts: Verdict[] = []
  const take = (verdict: Verdict): void => {
    verdicts.push(verdict)
    if (options.json !== true) print(lineOf(verdict))
  }
  const file = resolve(named)
  if (builtIn === undefined) {
    const problem = fileProblem(file, shortPath(file))
    if (problem !== null) throw refused(named, problem)
    if (/\.[cm]?ts$/.test(file)) take(typesVerdict(file))
  }
  const strategy = builtIn ?? (await strategyOf(file, named, options.isolation))
  for (const verdict of contractVerdicts(strategy)) take(verdict)
  if (builtIn === undefined) take(ownTests(file))
  const failed = verdicts.filter(({ result }) => result === 'fail').length
  if (failed > 0) process.exitCode = EXIT.failed
  if (options.json === true) printJson({ strategy: strategy.name, checks: verdicts, failed })
  else
    print(
      failed === 0
        ? `\n${strategy.name} keeps all of them`
        : `\n${strategy.name} fails ${failed} of ${verdicts.length}`,
    )
}

const refused = (strategy: string, reason: string): FaultError =>
  new FaultError(fault('STRATEGY_REFUSED', { strategy, reason }))

async function strategyOf(file: string, named: string, isolation: TestOptions['isolation']): Promise<Strategy> {
  try {
    if (isolation === 'none') return await readStrategy(file)
    return isolatedStrategy({ file }, BUDGET, (name) => name).strategy
  } catch (cause) {
    throw refused(named, cause instanceof Error ? cause.message : String(cause))
  }
}

/** A strategy that throws in one check throws in the others, too: they are not waited for. */
function* contractVerdicts(strategy: Strategy): Generator<Verdict> {
  let isBroken = false
  for (const { name: check, problem } of STRATEGY_CONTRACT) {
    if (isBroken) {
      yield { check, result: 'not checked', reason: null }
      continue
    }
    try {
      const reason = problem(strategy)
      yield { check, result: reason === null ? 'pass' : 'fail', reason }
    } catch (cause) {
      isBroken = true
      yield { check, result: 'fail', reason: cause instanceof Error ? cause.message : String(cause) }
    }
  }
}

const TYPES = 'its types fit'

function typesVerdict(file: string): Verdict {
  const check = checkTypes(file)
  if (!check.checked) return { check: TYPES, result: 'not checked', reason: check.reason }
  const lines = check.problems.map(
    ({ file: where, line, column, reason }) => `${shortPath(where)}:${line}:${column} ${reason}`,
  )
  return {
    check: TYPES,
    result: lines.length === 0 ? 'pass' : 'fail',
    reason: lines.length === 0 ? null : lines.join('\n      '),
  }
}

/** The tests beside a file, run by Node with this program under the name `polyfolio`. */
function ownTests(file: string): Verdict {
  const beside = ['ts', 'js', 'mts', 'mjs']
    .map((ending) => file.replace(/\.[cm]?[jt]s$/, `.test.${ending}`))
    .find(existsSync)
  const check = 'passes its own tests'
  if (beside === undefined) return { check, result: 'not checked', reason: 'there is no test file beside it' }
  const program = ['--input-type=module', '--eval', programFor(resolve(beside))]
  const { status, stdout, stderr } = spawnSync(process.execPath, program, {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  return { check, result: status === 0 ? 'pass' : 'fail', reason: status === 0 ? null : `${stdout}${stderr}`.trim() }
}

const MARKS = { pass: 'pass', fail: 'FAIL', 'not checked': '--  ' } as const

const lineOf = ({ check, result, reason }: Verdict): string =>
  `${MARKS[result]}  ${check}${reason === null ? '' : `\n      ${reason}`}`
