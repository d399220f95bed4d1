/**
 * A portfolio goes on under another configuration: between two instants, while nothing is under way. What the kernel is told
 * is one event of the new configuration, what it lists anew, and who leaves and joins; the run is put away in the same
 * transaction, and whoever runs it opens it again on the market of the new configuration.
 */
import type { PortfolioConfig } from '../domain/config.ts'
import type { ControlAnswer } from '../domain/control.ts'
import type { Instrument } from '../domain/instruments.ts'
import type { MarketData } from '../domain/market.ts'
import type { Strategy } from '../domain/strategy.ts'
import { configInForce } from '../engine/reconfigure/in-force.ts'
import {
  instrumentRefusals,
  type Refusal,
  refusals,
  refusalText,
  stateRefusals,
} from '../engine/reconfigure/refusals.ts'
import { arrangedMarket } from '../engine/run/arranged.ts'
import type { EventBody } from '../engine/run/broker-side.ts'
import type { Run } from '../engine/run/drive.ts'

/** Another configuration for a portfolio that runs, with what it is run on. */
export interface ConfigurationChange {
  /** As its file says it. */
  readonly config: PortfolioConfig
  readonly market: Pick<MarketData, 'instruments' | 'blocks' | 'actions'>
  readonly strategies: readonly Strategy[]
  /** By strategy, what tells its code from another of its name. */
  readonly codes?: Readonly<Record<string, string>>
  /** Who asked, and the number of what they asked. */
  readonly actor: string
  readonly id: string
  /** Number of the last event that they have seen. */
  readonly seen: number
  /** The answer is part of the transaction that makes it true; null: nobody waits for one. */
  told(outcome: ChangeOutcome): ControlAnswer | null
}

export type ChangeOutcome =
  /** `seq`: number of the event from which on it holds; the configurations that were and are in force. */
  | { readonly kind: 'taken'; readonly seq: number; readonly before: PortfolioConfig; readonly after: PortfolioConfig }
  | { readonly kind: 'same' }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }

export class ChangeOver {
  #asked: ConfigurationChange[] = []
  /** The run stands under another configuration than it began with: it is to be opened again. */
  isOver = false

  /** Whether somebody asks for it. */
  get isAsked(): boolean {
    return this.#asked.length > 0 && !this.isOver
  }

  /** What was asked and is not answered. */
  get waiting(): readonly ConfigurationChange[] {
    return this.#asked
  }

  add(change: ConfigurationChange): void {
    this.#asked.push(change)
  }

  /**
   * Takes what was asked first. @returns its answer; null where nobody waits for one
   *
   * @param give to the kernel, as an event from outside
   */
  take(run: Run, give: (body: EventBody) => void): ControlAnswer | null {
    const change = this.#asked.shift()!
    const outcome = changed(run, change, give)
    this.isOver = outcome.kind === 'taken'
    return change.told(outcome)
  }
}

function changed(run: Run, change: ConfigurationChange, give: (body: EventBody) => void): ChangeOutcome {
  const { runtime } = run.kernel
  const { state } = runtime
  const before = state.config!
  const found = refusalsOf(run, change)
  if (found.length > 0) return { kind: 'refused', refusals: found }
  const config = configInForce(before, change.config)
  if (config === before) return { kind: 'same' }
  for (const strategy of change.strategies) run.strategies.set(strategy.name, strategy)
  const { seq } = run
  give({ kind: 'configured', config, codes: { ...state.codes, ...change.codes } })
  for (const instrument of unlisted(run, change)) {
    run.exchange.list(instrument)
    give({ kind: 'listed', instrument })
  }
  // What was carried out stands before what is to come.
  run.dates.flows = toCome(before.flows, run.dates.flows, config.flows)
  run.dates.operations = toCome(before.operations, run.dates.operations, config.operations)
  for (const body of moves(run, change)) give(body)
  return { kind: 'taken', seq, before, after: config }
}

function refusalsOf({ kernel: { runtime }, dates }: Run, { config, market }: ConfigurationChange): readonly Refusal[] {
  const { state } = runtime
  const left = { flows: dates.flows.length, operations: dates.operations.length }
  return [
    ...refusals(state.config!, config, left),
    ...instrumentRefusals(state.instruments, market.instruments),
    ...stateRefusals(runtime, config, market.instruments),
  ]
}

/** What the market has and the books do not, numbered behind what they have. */
function unlisted({ kernel: { runtime } }: Run, { market }: ConfigurationChange): readonly Instrument[] {
  const { instruments } = runtime.state
  const known = new Set(instruments.map(({ id }) => id))
  const whole = { ...market, sessions: [], chains: null, notes: [] }
  const { instruments: all } = arrangedMarket(whole, { instruments, clocks: new Map() }, true)
  return all.filter(({ id }) => !known.has(id))
}

function toCome<T>(
  before: readonly T[] | undefined,
  left: readonly T[],
  after: readonly T[] | undefined,
): readonly T[] {
  return (after ?? []).slice((before ?? []).length - left.length)
}

/** Sleeves that the file no longer names leave, those that it names and that wait are added. */
function moves({ kernel: { runtime } }: Run, { config, actor, id, seen }: ConfigurationChange): readonly EventBody[] {
  const { state, sleeves } = runtime
  const inFile = new Map(config.sleeves.map((sleeve) => [sleeve.id, sleeve]))
  const tell = (kind: 'remove' | 'add', sleeve: (typeof sleeves)[number]['config']['id']): EventBody => ({
    kind: 'operator',
    id,
    actor,
    seen,
    command: { kind, sleeve },
  })
  const standing = (ordinal: number): string => state.sleeves[ordinal]!.standing ?? ''
  const leaving = sleeves.filter(({ config: own, ordinal }) => {
    return own.removed === true && ['', 'awaited'].includes(standing(ordinal))
  })
  const joining = sleeves.filter(({ config: own, ordinal }) => {
    const named = inFile.get(own.id)
    return named !== undefined && named.awaited !== true && standing(ordinal) === 'awaited'
  })
  return [
    ...leaving.map(({ config: own }) => tell('remove', own.id)),
    ...joining.map(({ config: own }) => tell('add', own.id)),
  ]
}

/** What is told whoever asked for it. */
export function outcomeText(outcome: ChangeOutcome): string {
  switch (outcome.kind) {
    case 'taken':
      return `in force from event ${outcome.seq}`
    case 'same':
      return 'nothing changed: it is in force already'
    case 'refused':
      return outcome.refusals.map(refusalText).join('\n')
  }
}
