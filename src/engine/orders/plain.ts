/**
 * The plain lane: allowed wishes that only ask for the next auction at the market stand in columns instead of records,
 * from the sleeve's wish to the fill. Three files take them on, each many at a time: `plain-wishes.ts` at the close,
 * `plain-auction.ts` at the open, `plain-fills.ts` when the exchange has answered. What is not plain is left to the
 * general way; both leave the same bytes. The columns are empty except between a close and the auction after it: whatever
 * else comes, an event or a snapshot, first moves them into the state's list.
 */
import { FORCE_CODE, TYPE_CODE } from '../../domain/columns.ts'
import type { PortfolioConfig } from '../../domain/config.ts'
import type { RuleName } from '../../domain/risk.ts'
import type { Runtime, SleeveRuntime } from '../runtime.ts'
import type { KernelState, SleeveMemory } from '../state.ts'
import { WAIT_MS_MAX } from '../wishes/waiting.ts'
import { makeRoom, type PlainEntries } from './plain-columns.ts'
import { anyStructure } from './working-structures.ts'

/** Whether a market wish made now may stand in the columns: the list is empty, and all in them are of this instant. */
export function takesPlain({ state, plain, isOption }: Runtime, instrument: number): boolean {
  return (
    plain.isOpen &&
    state.gates === undefined &&
    state.waiting.length === 0 &&
    (plain.count === 0 || plain.at === state.at) &&
    isOption[instrument] === 0
  )
}

type OptionalField<T> = { [Field in keyof T]-?: object extends Pick<T, Field> ? Field : never }[keyof T]

/** The type itself, while every field that not all of it has is among those listed: who adds one decides here what it means. */
type Known<T, Fields> = [Exclude<OptionalField<T>, Fields>] extends [never] ? T : never

type StateFields =
  | 'foreign'
  | 'sleeveBreakers'
  | 'watch'
  | 'measured'
  | 'rebalance'
  | 'loans'
  | 'shadows'
  | 'unborrowable'
  | 'routing'
  | 'fronts'
  | 'rolling'
  | 'rolledAhead'
  | 'regimes'
  | 'fundamentals'
  | 'gates'
  | 'flattening'
  | 'approvals'
  | 'workingStructures'
  | 'liveFraction'
  | 'reconciliation'
  | 'told'
  | 'splits'

/** Whether a state has, besides its capital and what snapshots say, only what every state has: nothing of the rest is configured or under way. */
export function isBareState(state: Known<KernelState, StateFields | 'capital'>): boolean {
  const {
    foreign,
    sleeveBreakers,
    watch,
    measured,
    rebalance,
    loans,
    shadows,
    unborrowable,
    routing,
    fronts,
    rolling,
    rolledAhead,
  } = state
  if (foreign !== undefined || sleeveBreakers !== undefined || watch !== undefined) return false
  if (measured !== undefined || rebalance !== undefined || unborrowable !== undefined) return false
  if (state.regimes !== undefined || state.gates !== undefined) return false
  if (state.flattening !== undefined || state.approvals !== undefined) return false
  if (state.liveFraction !== undefined) return false
  return (
    loans === undefined &&
    shadows === undefined &&
    fronts === undefined &&
    rolling === undefined &&
    rolledAhead === undefined &&
    routing === undefined
  )
}

/** Who is a member concerns entries alone, and `plainEntries` leaves those of screened sleeves out. */
function isBareSleeve({ standing, orders }: Known<SleeveMemory, 'standing' | 'orders' | 'membership'>): boolean {
  return standing === undefined && orders === undefined
}

/** Whether the columns may take wishes, and nothing but the wishes themselves decides how. */
export function isPlainCycle({ state, plain, initialPart }: Runtime): boolean {
  if (initialPart !== null) return false
  if (!plain.isOpen || state.waiting.length > 0 || (plain.count > 0 && plain.at !== state.at)) return false
  if (anyStructure(state)) return false
  if (!isBareState(state) || !isWhole(state)) return false
  for (let sleeve = 0; sleeve < state.sleeves.length; sleeve += 1)
    if (!isBareSleeve(state.sleeves[sleeve]!)) return false
  return true
}

/** Whether every sleeve may use all that its own books hold: no capital plan, or one that cuts nothing today. */
function isWhole({ capital, config }: KernelState): boolean {
  if (capital === undefined) return true
  if (config!.capitalPlan!.rebalancing.triggers.includes('every_bar')) return false
  for (let sleeve = 0; sleeve < capital.factor.length; sleeve += 1)
    if (capital.factor[sleeve] !== 1 || capital.closed[sleeve] !== '') return false
  return true
}

/** Adds a wish whose units are reserved. */
export function pushPlain(
  { state, plain }: Runtime,
  sleeve: number,
  instrument: number,
  quantity: number,
  reducing: boolean,
  reason: string,
): void {
  if (plain.count === plain.intent.length) makeRoom(plain, 1)
  const row = plain.count
  plain.at = state.at
  plain.intent[row] = state.nextIntent
  plain.sleeve[row] = sleeve
  plain.instrument[row] = instrument
  plain.quantity[row] = quantity
  plain.reducing[row] = reducing ? 1 : 0
  plain.reason[row] = reason
  plain.count = row + 1
  state.nextIntent += 1
}

/** Moves the columns into the state's list, in the order in which they came. */
export function listPlain({ state, plain }: Runtime): void {
  for (let row = 0; row < plain.count; row += 1) {
    state.waiting.push({
      intent: plain.intent[row]!,
      sleeve: plain.sleeve[row]!,
      instrument: plain.instrument[row]!,
      quantity: plain.quantity[row]!,
      type: TYPE_CODE.market,
      force: FORCE_CODE.day,
      limit: Number.NaN,
      stop: Number.NaN,
      activeFrom: plain.at,
      expires: plain.at + WAIT_MS_MAX,
      reducing: plain.reducing[row] === 1,
      reason: plain.reason[row]!,
      protection: null,
    })
  }
  plain.count = 0
}

/** What the entries of each sleeve are judged by; null where that is more than the plain lane knows. */
export function plainEntries({ plain, sleeves, state, eligible }: Runtime): readonly (PlainEntries | null)[] {
  if (plain.entriesOf !== sleeves || plain.entries.length !== sleeves.length) {
    plain.entries = entriesOfAll(sleeves, isPlainPortfolio(state.config!) && eligible === null)
    plain.entriesOf = sleeves
  }
  return plain.entries
}

function entriesOfAll(sleeves: readonly SleeveRuntime[], isKnown: boolean): readonly (PlainEntries | null)[] {
  const entries: (PlainEntries | null)[] = []
  for (const sleeve of sleeves) entries.push(isKnown ? entriesOf(sleeve) : null)
  return entries
}

/** What the plain lane looks at. Anything else that a configuration says must be left out, null or empty. */
const PORTFOLIO_KEYS = ['name', 'currency', 'capital', 'sleeves', 'limits', 'netting', 'account', 'costs', 'parity']
const REPORT_KEYS = ['dayCalendar', 'periods', 'capitalPlan']
const PORTFOLIO_LIMITS = ['positionWeightMax', 'leverageMax']
const SLEEVE_KEYS = ['id', 'title', 'strategy', 'parameters', 'capital', 'weight', 'clock', 'calendar', 'periods']
const TRADING_KEYS = ['universe', 'universeRules', 'sizing', 'limits', 'status', 'onFault', 'expected']
const UNIVERSE_KEYS = ['volatilityBars', 'volumeBars', 'notEvaluated']

function isPlainPortfolio(config: PortfolioConfig): boolean {
  return saysOnly(config, [...PORTFOLIO_KEYS, ...REPORT_KEYS]) && saysOnly(config.limits, PORTFOLIO_LIMITS)
}

function saysOnly(record: object, known: readonly string[]): boolean {
  return Object.entries(record).every(([key, value]) => known.includes(key) || isNothing(value))
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

const KNOWN_RULES: readonly RuleName[] = ['positionWeight', 'leverage', 'buyingPower']

function entriesOf({ config, rules, strategy }: SleeveRuntime): PlainEntries | null {
  const { sizing, limits, universeRules, status } = config
  if (strategy === null || status !== 'active' || sizing.kind !== 'percent' || sizing.of !== 'sleeve') return null
  if (!saysOnly(config, [...SLEEVE_KEYS, ...TRADING_KEYS]) || !saysOnly(limits, [])) return null
  if (!saysOnly(universeRules, UNIVERSE_KEYS) || !rules.every(({ name }) => KNOWN_RULES.includes(name))) return null
  const limitOf = (name: RuleName): number => {
    const limit = rules.find((rule) => rule.name === name)?.limit
    return typeof limit === 'number' ? limit : Number.POSITIVE_INFINITY
  }
  return {
    fraction: sizing.fraction,
    positionWeightMax: limitOf('positionWeight'),
    leverageMax: limitOf('leverage'),
    isFunded: rules.some(({ name }) => name === 'buyingPower'),
  }
}
