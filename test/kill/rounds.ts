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
  /** @param killed how many were killed at work so far */
  onRound?(killed: number, death: string): void
}

export interface KillOutcome {
  /** What the undisturbed process printed at its end, and the one that was killed so often. */
  readonly calm: string
  readonly killed: string
  /** Chains of their journals, as `store check` finds them. */
  readonly chains: readonly [string, string]
  readonly problems: readonly string[]
  /** Processes that were killed behind the first cycle that they wrote down, and those that were still on their way to it. */
  readonly deaths: { readonly atWork: number; readonly onTheWay: number }
}

/** One in so many is killed while it takes up what the one before it left. */
const ON_THE_WAY_EVERY = 10
/** Kills are spread over this part of the market, so that the last ones meet one that still goes on. */
const SPREAD = 0.5

interface Life {
  readonly death: 'atWork' | 'onTheWay' | 'none'
  /** Milliseconds until its first cycle was written down; NaN: none was. */
  readonly begun: number
  readonly out: string
  readonly err: string
  readonly code: number | null
}

/**
 * @param after milliseconds from its first cycle, or from its start, to its death; null: it lives to its end
 */
async function live(
  folder: string,
  args: readonly string[],
  after: { readonly from: 'cycle' | 'start'; readonly milliseconds: number } | null,
): Promise<Life> {
  const child = start(folder, [...args, '--cycles', 'json', '--json'])
  const since = performance.now()
  let [out, err, begun] = ['', '', Number.NaN]
  let timer: NodeJS.Timeout | undefined
  const doom = (): void => {
    timer = setTimeout(() => child.kill('SIGKILL'), after!.milliseconds)
  }
  if (after?.from === 'start') doom()
  child.stdout!.on('data', (chunk: Buffer) => {
    if (Number.isNaN(begun)) {
      begun = performance.now() - since
      if (after?.from === 'cycle') doom()
    }
    out += chunk.toString()
  })
  child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  clearTimeout(timer)
  const death = signal !== 'SIGKILL' ? 'none' : Number.isNaN(begun) ? 'onTheWay' : 'atWork'
  return { death, begun, out: out.trimEnd().split('\n').at(-1)!, err, code }
}

export async function killRounds({ folder, stores, args, kills, seed, onRound }: KillTest): Promise<KillOutcome> {
  const random = createRandom(seed)
  const [calmStore, killedStore] = stores
  const since = performance.now()
  const calm = await live(folder, [...args, '--store', calmStore], null)
  if (calm.code !== 0) throw new Error(`the undisturbed run failed: ${calm.err}`)
  // However fast or busy the machine is: the kills are drawn over what one life takes here.
  const mean = ((performance.now() - since - calm.begun) * SPREAD) / kills
  let [atWork, onTheWay, begun] = [0, 0, calm.begun]
  const round = async (from: 'cycle' | 'start', milliseconds: number): Promise<void> => {
    const life = await live(folder, [...args, '--store', killedStore], { from, milliseconds })
    if (life.death === 'atWork') atWork += 1
    if (life.death === 'onTheWay') onTheWay += 1
    if (!Number.isNaN(life.begun)) begun = life.begun
    onRound?.(atWork, life.death)
  }
  for (let kill = 0; kill < kills; kill += 1) {
    if (kill % ON_THE_WAY_EVERY === ON_THE_WAY_EVERY / 2) await round('start', random.uniform() * begun)
    await round('cycle', 2 * random.uniform() * mean)
  }
  const killed = await live(folder, [...args, '--store', killedStore], null)
  const checks = await Promise.all(stores.map((store) => command(folder, ['store', 'check', store, '--json'])))
  const found = checks.map(({ out }) => JSON.parse(out) as { journals: { head: string }[]; problems: string[] })
  return {
    calm: calm.out,
    killed: killed.out,
    chains: [found[0]!.journals[0]!.head, found[1]!.journals[0]!.head],
    problems: found.flatMap(({ problems }) => problems),
    deaths: { atWork, onTheWay },
  }
}

/** 2023 up to a day on the simulated market, of a preset that trades shares, spreads and coins. */
export function killedPeriod(root: string, to: string): readonly string[] {
  const period = `--seed 26 --from 2023-01-01 --to ${to} --snapshot-every 50`
  return ['paper', join(root, 'presets/channels.yaml'), ...period.split(' ')]
}
