import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { FaultError, fault } from '../../domain/faults.ts'
import { STRATEGIES } from '../../pipeline/strategies/registry.ts'
import { print } from '../output.ts'
import { scaffold } from '../strategies/scaffold.ts'
import { isStrategyName } from '../strategies/shape.ts'

interface NewOptions {
  readonly js?: boolean
  readonly dir?: string
}

/** `polyfolio strategies new`: a strategy with a test and a portfolio that runs it; never over what is there. */
export function strategiesNew(name: string, options: NewOptions): void {
  if (!isStrategyName(name)) {
    const reason = `must be lower-case words joined by hyphens such as my-strategy, was "${name}"`
    throw new FaultError(fault('OPTION_INVALID', { option: 'the name', reason }))
  }
  if (STRATEGIES.some((known) => known.name === name)) {
    const reason = `"${name}" is that of a built-in strategy; take another`
    throw new FaultError(fault('OPTION_INVALID', { option: 'the name', reason }))
  }
  const folder = options.dir ?? name
  const files = scaffold(name, options.js === true ? 'js' : 'ts').map((file) => ({
    ...file,
    path: join(folder, file.name),
  }))
  const taken = files.find(({ path }) => existsSync(path))
  if (taken !== undefined) throw cannotWrite(taken.path, 'it is there already; choose another name or --dir')
  const written: string[] = []
  try {
    mkdirSync(folder, { recursive: true })
    for (const { path, text } of files) {
      writeFileSync(path, text, { flag: 'wx' })
      written.push(path)
    }
  } catch (cause) {
    for (const path of written) rmSync(path, { force: true })
    throw cannotWrite(folder, cause instanceof Error ? cause.message : String(cause))
  }
  const strategy = files[0]!.path
  print(`${written.join('\n')}\n\nNext:\n  polyfolio strategies test ${asNamed(strategy)}`)
  print(`  polyfolio demo ${files[2]!.path} --report`)
}

const asNamed = (path: string): string => (dirname(path).startsWith('/') || path.startsWith('.') ? path : `./${path}`)

const cannotWrite = (path: string, reason: string): FaultError =>
  new FaultError(fault('OUTPUT_EXISTS', { path, reason }))
