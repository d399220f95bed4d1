/*
 * `npm run dst -- [--seed N] [--count N] [--trace] [--without CLASS,CLASS] [--mutant NAME] [--protocol]
 * [--keep FILE | --scene FILE]`: plays histories of the live engine and says which broke what. `--trace` prints everything that happened; `--without` leaves classes of
 * faults out, to see which one matters; `--protocol` plays the order protocol by itself; `--keep` writes the scene of the
 * seed to a file, and `--scene` plays one that was kept.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { FAULT_CLASSES, type FaultClass } from './faults.ts'
import { type History, type HistoryOptions, playScript } from './history.ts'
import { MUTANT_NAMES, type MutantName } from './mutants.ts'
import { production } from './production.ts'
import { protocol } from './protocol.ts'
import { drawScript, type Script } from './scene.ts'

const ALL_LINES = 1_000_000

interface Asked {
  readonly seed: number
  readonly count: number
  /** The order protocol by itself. */
  readonly isProtocol: boolean
  /** Files of scenes: to be written, to be played. */
  readonly keep: string | undefined
  readonly scene: string | undefined
  readonly options: HistoryOptions
}

function readArguments(given: readonly string[]): Asked {
  const textAfter = (name: string): string | undefined => {
    const at = given.indexOf(name)
    return at < 0 ? undefined : given[at + 1]
  }
  const without = (textAfter('--without') ?? '').split(',').filter((name) => name !== '')
  for (const name of without) demandOne(name, FAULT_CLASSES)
  const mutant = textAfter('--mutant')
  if (mutant !== undefined) demandOne(mutant, MUTANT_NAMES)
  return {
    seed: Number(textAfter('--seed') ?? 0),
    count: Number(textAfter('--count') ?? (given.includes('--seed') || given.includes('--scene') ? 1 : 100)),
    isProtocol: given.includes('--protocol'),
    keep: textAfter('--keep'),
    scene: textAfter('--scene'),
    options: {
      keep: given.includes('--trace') ? ALL_LINES : 0,
      without: new Set(without as FaultClass[]),
      ...(mutant === undefined ? {} : { mutant: mutant as MutantName }),
    },
  }
}

function demandOne(name: string, names: readonly string[]): void {
  if (!names.includes(name)) throw new RangeError(`"${name}" is none of ${names.join(', ')}`)
}

function scriptOf(seed: number, { scene, keep, options }: Asked): Script {
  if (scene !== undefined) return JSON.parse(readFileSync(scene, 'utf8')) as Script
  const script = drawScript(seed, options.without ?? new Set())
  if (keep !== undefined) writeFileSync(keep, `${JSON.stringify(script)}\n`)
  return script
}

async function main(): Promise<number> {
  const asked = readArguments(process.argv.slice(2))
  const { seed: first, count, isProtocol, options } = asked
  let broken = 0
  let [events, orders, executions, lives] = [0, 0, 0, 0]
  const began = process.cpuUsage()
  for (let seed = first; seed < first + count; seed += 1) {
    const history: History = await playScript(scriptOf(seed, asked), isProtocol ? protocol : production(), options)
    events += history.events
    orders += history.orders
    executions += history.executions
    lives += history.lives
    for (const line of history.lines) console.log(line)
    if (history.problems.length === 0) continue
    broken += 1
    console.log(`seed ${history.seed}: ${history.problems.join('\n  ')}`)
  }
  const { user, system } = process.cpuUsage(began)
  const cost = ((user + system) / 1_000 / count).toFixed(1)
  const mean = (sum: number): string => (sum / count).toFixed(1)
  console.log(
    `${count} histories of ${mean(events)} events, ${mean(lives)} processes, ${mean(orders)} orders and ${mean(executions)} executions: ${cost} ms of CPU each, ${broken} broken`,
  )
  return broken === 0 ? 0 : 1
}

process.exitCode = await main()
