import { once } from 'node:events'
import { join } from 'node:path'
import { createRandom } from '../../src/numerics/random.ts'
import { command, start } from '../cli/command.ts'

/** A process that is killed in the middle, again and again, beside one that is left alone. */
export interface KillTest {
  /** Where the processes work. */
  readonly folder: string
  /** Of the process that is left alone, and of those that are killed: files in the folder, or addresses of databases. */
  readonly stores: readonly [calm: string, killed: string]
  /** `paper` and what follows it, without the store. */
  readonly args: readonly string[]
  readonly kills: number
  readonly seed: number
  onRound?(round: number, progress: string): void
}

export interface KillOutcome {
  /** What the undisturbed process printed at its end, and the one that was killed so often. */
  readonly calm: string
  readonly killed: string
  /** Chains of their journals, as `store check` finds them. */
  readonly chains: readonly [string, string]
  readonly problems: readonly string[]
  /** Kills that met a process at work, not one that had ended by itself. */
  readonly deaths: number
}

/** A process begins to write after its start; up to this many milliseconds later it is killed. */
const LIFE_MS = 2_500
/** A cycle takes this many seconds for every kill that is meant, so that most of them meet a market that goes on. */
const CYCLE_SECONDS = 1 / 400

export async function killRounds({ folder, stores, args, kills, seed, onRound }: KillTest): Promise<KillOutcome> {
  const random = createRandom(seed)
  const [calmStore, killedStore] = stores
  const calm = await command(folder, [...args, '--json', '--store', calmStore])
  if (calm.code !== 0) throw new Error(`the undisturbed run failed: ${calm.err}`)
  let deaths = 0
  for (let round = 0; round < kills; round += 1) {
    const child = start(folder, [...args, '--every', String(kills * CYCLE_SECONDS), '--store', killedStore])
    child.stdout!.resume()
    child.stderr!.resume()
    const timer = setTimeout(() => child.kill('SIGKILL'), random.uniform() * LIFE_MS)
    const [, signal] = (await once(child, 'close')) as [number | null, string | null]
    clearTimeout(timer)
    if (signal === 'SIGKILL') deaths += 1
    onRound?.(round, signal ?? 'ended')
  }
  const killed = await command(folder, [...args, '--json', '--store', killedStore])
  const checks = await Promise.all(stores.map((store) => command(folder, ['store', 'check', store, '--json'])))
  const found = checks.map(({ out }) => JSON.parse(out) as { journals: { head: string }[]; problems: string[] })
  return {
    calm: calm.out,
    killed: killed.out,
    chains: [found[0]!.journals[0]!.head, found[1]!.journals[0]!.head],
    problems: found.flatMap(({ problems }) => problems),
    deaths,
  }
}

/** 2023 up to a day on the simulated market, of a preset that trades shares, spreads and coins. */
export function killedPeriod(root: string, to: string): readonly string[] {
  const period = `--seed 26 --from 2023-01-01 --to ${to} --snapshot-every 50`
  return ['paper', join(root, 'presets/channels.yaml'), ...period.split(' ')]
}
