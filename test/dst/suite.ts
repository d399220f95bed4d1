/** What the tests of histories share: which are played in which profile, and how a broken one is told. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isNightly, SEED } from '../profile.ts'
import { type History, type HistoryOptions, playHistory, playScript, type Subject } from './history.ts'
import type { MutantName } from './mutants.ts'
import { production } from './production.ts'
import { protocol } from './protocol.ts'
import type { Script } from './scene.ts'

interface Played {
  readonly name: string
  /** Of `npm run dst`. */
  readonly flag: string
  subject(): Subject
  readonly options: HistoryOptions
}

export const ENGINE: Played = { name: 'the engine', flag: '', subject: production, options: {} }
/** Without what it has nothing to do with by itself: books follow corrections, operators kill the engine. */
export const PROTOCOL: Played = {
  name: 'the order protocol by itself',
  flag: '--protocol ',
  subject: () => protocol,
  options: {
    without: new Set([
      'corrections',
      'fees',
      'kills',
      'outages',
      'mutes',
      'moves',
      'flattens',
      'approvals',
      'changes',
    ] as const),
  },
}

/** Histories of the engine in all, over its two files of tests: one core each. */
const ENGINE_HISTORIES = isNightly ? 100_000 : 1_000
const PROTOCOL_HISTORIES = isNightly ? 20_000 : 150
const BLOCK = isNightly ? 5_000 : 50
export const FIRST = isNightly ? SEED : 0

interface Block {
  readonly first: number
  readonly count: number
}

function blocksOf(first: number, count: number): readonly Block[] {
  const blocks: Block[] = []
  for (let at = 0; at < count; at += BLOCK) blocks.push({ first: first + at, count: Math.min(BLOCK, count - at) })
  return blocks
}

/** @param half 0 or 1 */
export const engineBlocks = (half: number): readonly Block[] =>
  blocksOf(FIRST + (half * ENGINE_HISTORIES) / 2, ENGINE_HISTORIES / 2)
export const protocolBlocks = (): readonly Block[] => blocksOf(FIRST, PROTOCOL_HISTORIES)

/** Every broken history with the command that plays it again. */
export async function broken({ subject, flag, options }: Played, { first, count }: Block): Promise<readonly string[]> {
  const found: string[] = []
  for (let seed = first; seed < first + count; seed += 1) {
    const { problems } = await playHistory(seed, subject(), options)
    if (problems.length > 0) found.push(`npm run dst -- ${flag}--seed ${seed} --trace: ${problems.join('; ')}`)
  }
  return found
}

const KEPT = new URL('./kept/', import.meta.url)

/** Names of the scenes that broke once. */
export const keptScenes = (): readonly string[] => readdirSync(KEPT).sort((one, other) => (one < other ? -1 : 1))

export function playKept(name: string): Promise<History> {
  const script = JSON.parse(readFileSync(new URL(name, KEPT), 'utf8')) as Script
  return playScript(script, production())
}

/** What shows each mutant, beyond what is plain at its first step. */
export const SHOWN: Readonly<Record<MutantName, RegExp>> = {
  blindRetry: /at the venue twice|in no record/,
  assumeRejected: /written down as rejected/,
  sendFirst: /before it is on the disk/,
  noDedupe: /the venue knows none/,
  streamOnly: /never booked/,
  failOpenKill: /is sent after the kill/,
  inferFills: /the venue knows none/,
  blindToSplits: /own sleeves hold/,
  staleTrades: /on prices of \d+ sessions ago/,
}
/** What the order protocol by itself has nothing to do with: switches, the market, prices. */
export const OF_THE_ENGINE: ReadonlySet<MutantName> = new Set(['failOpenKill', 'blindToSplits', 'staleTrades'])
const MUTANT_HISTORIES = 300

const SHOWN_BY = new URL('./shown/', import.meta.url)

/** A scene that was kept because it shows the mutant, which few do; none where the file is not there. */
async function toldOfKept({ subject, options }: Played, mutant: MutantName): Promise<readonly string[]> {
  const file = new URL(`${mutant}.json`, SHOWN_BY)
  if (!existsSync(file)) return []
  const script = JSON.parse(readFileSync(file, 'utf8')) as Script
  return (await playScript(script, subject(), { ...options, mutant, goesOn: true })).problems
}

/** What was told until the mutant was shown. @param from a seed whose history shows it soon */
export async function toldOf(played: Played, mutant: MutantName, from = 0): Promise<readonly string[]> {
  const { subject, options } = played
  const told = [...(await toldOfKept(played, mutant))]
  for (let seed = from; seed < from + MUTANT_HISTORIES && !told.some((one) => SHOWN[mutant].test(one)); seed += 1)
    told.push(...(await playHistory(seed, subject(), { ...options, mutant, goesOn: true })).problems)
  return told
}
