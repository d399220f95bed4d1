/**
 * What must hold after every event. Each check looks at the books as they are and adds them up its own way; the broker's
 * own account, kept by the exchange from its own fills, is the auditor of the sums.
 */
import { formatDate } from '../domain/sessions.ts'
import type { TradeDate } from '../domain/units.ts'
import { isAmended } from './external/alerts.ts'
import { externalOf } from './external/sleeve.ts'
import { type Crossed, checkLeaving, checkLiveOrders } from './gates/audit.ts'
import type { Kernel } from './kernel.ts'
import { batchRow } from './orders/batch.ts'
import type { Runtime } from './runtime.ts'
import type { StructureOrder } from './state.ts'

export const INVARIANTS = {
  '1': 'quantity conserved',
  '2': 'money conserved',
  '3': 'fill conserved',
  '4': 'every intent ends',
  '5': 'transfers create and lose nothing',
  '6': 'limits never stop a reducing change',
  '12': 'a faulty sleeve is paused, the others go on',
  '13': 'weights never exceed the investable fraction',
  '14': 'every sleeve position is holdable on its own',
} as const
/** Of trading with somebody who answers late, or not at all: looked at like the others, and no part of a backtest's report. */
const LIVE_INVARIANTS = {
  '8': 'never two live orders for one intent',
  '9': 'a fill is booked exactly once',
  '10': 'no order leaves through a closed gate',
} as const
const NAMES = { ...INVARIANTS, ...LIVE_INVARIANTS }
export type InvariantId = keyof typeof NAMES

export interface BrokerBooks {
  /** Money counts of the base currency. */
  readonly cash: number
  /** Money counts of any currency; absent at a broker who keeps the base currency only. */
  cashOf?(currency: string): number
  readonly positions: Float64Array
}

export interface Auditor {
  /** Looks at the books after an event. `broker` is null while its answers are still on their way. */
  check(kernel: Kernel, broker: BrokerBooks | null): void
  /** After a close and its night: what is held until the next auction. */
  closed?(kernel: Kernel): void
  /** One fill: the signed parts that reached the sleeves against what the broker filled. */
  fill(filled: number, parts: number): void
  /**
   * Executions were given to the kernel, in the order of their numbers: what it counted as booked before and after. A
   * correction is one of them.
   */
  executed?(numbers: ArrayLike<number>, count: number, booked: number): void
  /** A sleeve's part of a cross was booked. */
  crossed?(sleeve: number, instrument: number): void
  transferred(before: number, after: number): void
  reducingJudged(asked: number, allowed: number): void
  faultIsolated(paused: boolean, othersDecided: boolean): void
  weights(weights: ArrayLike<number>, cash: number): void
  readonly counts: Record<InvariantId, number>
  readonly violated: string[]
}

/** Contracts that are over are looked at in turn, so many after each event: nothing may come back into them. */
const OVER_PER_CHECK = 16

export function createAuditor(): Auditor {
  const counts = Object.fromEntries(Object.keys(NAMES).map((id) => [id, 0])) as Record<InvariantId, number>
  const violated: string[] = []
  let date = 0
  let turn = 0
  const columns: number[] = []
  const crosses: Crossed[] = []
  let lastExecution = 0
  const hold = (id: InvariantId, holds: boolean, detail: () => string): void => {
    counts[id] += 1
    if (holds || violated.length >= 100) return
    violated.push(
      `${id} (${NAMES[id]}) on ${date === 0 ? 'the first day' : formatDate(date as TradeDate)}: ${detail()}`,
    )
  }
  return {
    counts,
    violated,
    check(kernel, broker) {
      const { state } = kernel.runtime
      if (state.config === null) return
      date = kernel.runtime.tradeDate
      turn = takeColumns(kernel.runtime, columns, turn)
      checkPositions(kernel, broker, columns, hold)
      checkMoney(kernel, broker, hold)
      checkIntents(kernel, hold)
      checkCapital(kernel, hold)
      checkLiveOrders(kernel, hold)
      checkLeaving(kernel, crosses.splice(0), hold)
    },
    closed(kernel) {
      if (kernel.runtime.contracts > 0) checkCover(kernel, hold)
    },
    fill: (filled, parts) =>
      hold('3', filled === parts, () => `a fill of ${filled} units reached the sleeves as ${parts}`),
    executed(numbers, count, booked) {
      let before = lastExecution
      let again = 0
      for (let row = 0; row < count; row += 1) {
        const number = numbers[row]!
        if (number <= before) again = number
        before = Math.max(before, number)
      }
      lastExecution = before
      hold('9', again === 0 && booked === count, () =>
        again === 0 ? `${count} executions were told, ${booked} booked` : `execution ${again} was told again`,
      )
    },
    crossed: (sleeve, instrument) => void crosses.push({ sleeve, instrument }),
    transferred: (before, after) =>
      hold('5', before === after, () => `the account held ${before} before and ${after} after`),
    reducingJudged: (asked, allowed) =>
      hold('6', asked === allowed, () => `a reducing change of ${asked} was cut to ${allowed}`),
    faultIsolated: (paused, others) => hold('12', paused && others, () => `paused ${paused}, others decided ${others}`),
    weights(weights, cash) {
      let sum = 0
      for (let index = 0; index < weights.length; index += 1) sum += weights[index]!
      hold('13', sum <= 1 + 1e-9 && Math.abs(sum + cash - 1) <= 1e-9, () => `weights of ${sum} and cash of ${cash}`)
    },
  }
}

type Hold = (id: InvariantId, holds: boolean, detail: () => string) => void

/** Fills in what is on the roster, and what comes next of that which has left it. @returns where the next turn begins */
function takeColumns({ roster }: Runtime, columns: number[], turn: number): number {
  const { live, over } = roster
  columns.length = 0
  for (const index of live) columns.push(index)
  const count = Math.min(OVER_PER_CHECK, over.length)
  for (let step = 0; step < count; step += 1) columns.push(over[(turn + step) % over.length]!)
  return over.length === 0 ? 0 : (turn + count) % over.length
}

/**
 * Sleeves, account and broker hold the same; and each sleeve's position could be held on its own: a short needs a
 * shortable instrument, a short option needs its cover: a long of the same kind, or a structure's legs.
 */
function checkPositions(kernel: Kernel, broker: BrokerBooks | null, columns: readonly number[], hold: Hold): void {
  const { books, instruments } = kernel.runtime.state
  const { quantity, sleeves, width } = books
  const external = externalOf(kernel.runtime)
  let wrong = -1
  let bare = ''
  for (const index of columns) {
    let sum = 0
    for (let sleeve = 0; sleeve < sleeves; sleeve += 1) {
      const own = quantity[sleeve * width + index]!
      if (own === 0) continue
      sum += own
      // What a bust left a sleeve short of stands until somebody has looked.
      if (own < 0 && !instruments[index]!.shortable && sleeve !== external && !isAmended(kernel.runtime, index))
        bare = `sleeve ${sleeve} is short "${instruments[index]!.symbol}"`
    }
    if (sum !== books.accountQuantity[index]) wrong = index
    if (broker !== null && sum !== (broker.positions[index] ?? 0)) wrong = index
  }
  hold('1', wrong < 0, () => {
    const name = instruments[wrong]!.symbol
    return `"${name}": sleeves and account ${books.accountQuantity[wrong]}, broker ${broker?.positions[wrong] ?? 'unknown'}`
  })
  hold('14', bare === '', () => bare)
}

function checkMoney(kernel: Kernel, broker: BrokerBooks | null, hold: Hold): void {
  const { books, currencies } = kernel.runtime.state
  const brokerCash = (currency: number): number | null =>
    broker === null ? null : currency === 0 ? broker.cash : (broker.cashOf?.(currencies[currency]!) ?? 0)
  let wrong = -1
  for (let currency = 0; currency < books.currencies; currency += 1) {
    const sum = cashSum(kernel, currency)
    if (sum !== books.accountCash[currency] || sum !== (brokerCash(currency) ?? sum)) wrong = currency
  }
  hold('2', wrong < 0, () => {
    const [sum, account, broker] = [cashSum(kernel, wrong), books.accountCash[wrong], brokerCash(wrong) ?? 'unknown']
    return `${currencies[wrong]}: sleeves' cash ${sum}, account ${account}, broker ${broker} (in counts)`
  })
}

function cashSum({ runtime }: Kernel, currency: number): number {
  const { books } = runtime.state
  let sum = 0
  for (let sleeve = 0; sleeve < books.sleeves; sleeve += 1) sum += books.cash[sleeve * books.currencies + currency]!
  return sum
}

function checkIntents(kernel: Kernel, hold: Hold): void {
  const { state, plain, batch, rowEnded, shareCount, structureOrders } = kernel.runtime
  let alive = plain.count + state.waiting.length + state.waitingStructures.length
  for (const order of state.working) alive += order.shares.length
  for (let row = 0; row < batch.count; row += 1) if (rowEnded[row] === 0) alive += shareCount[row]!
  const open = ({ shares }: StructureOrder): number => shares.filter(({ wanted, crossed }) => wanted !== crossed).length
  for (const order of state.workingStructures ?? []) alive += open(order)
  for (const [id, order] of structureOrders) {
    const row = batchRow(kernel.runtime, id)
    if (row >= 0 && rowEnded[row] === 0) alive += open(order)
  }
  let ended = 0
  for (const count of Object.values(state.ended)) ended += count
  hold(
    '4',
    alive + ended === state.nextIntent - 1,
    () => `${state.nextIntent - 1} intents were made, ${ended} ended, ${alive} are on their way`,
  )
}

/** No sleeve is short more calls than its longs and its shares cover; what expires today has been settled. */
function checkCover({ runtime }: Kernel, hold: Hold): void {
  const { books, instruments } = runtime.state
  const { contracts } = runtime.roster
  let wrong = ''
  for (let sleeve = 0; sleeve < books.sleeves; sleeve += 1) {
    if (sleeve === externalOf(runtime)) continue
    const cover = new Map<number, number>()
    for (const index of contracts) {
      const quantity = books.quantity[sleeve * books.width + index]!
      if (quantity === 0) continue
      const { option, multiplier } = instruments[index]!
      if (option?.right !== 'call') continue
      const underlying = runtime.byId.get(option.underlying)!
      const shares = books.quantity[sleeve * books.width + underlying]! / books.perWhole[underlying]!
      cover.set(underlying, (cover.get(underlying) ?? Math.max(0, shares)) + quantity * multiplier)
    }
    for (const [underlying, shares] of cover)
      if (shares < 0)
        wrong = `sleeve ${sleeve} lacks ${0 - shares} shares of "${instruments[underlying]!.symbol}" for its calls`
  }
  hold('14', wrong === '', () => wrong)
}

/**
 * Weights in force share what may be invested. Overlays only take from them, up to the scale that the plan allows: what
 * one sleeve loses no other one gets.
 */
function checkCapital({ runtime }: Kernel, hold: Hold): void {
  const { capital, config } = runtime.state
  const plan = config!.capitalPlan
  if (capital === undefined || plan === undefined) return
  const most = plan.allocation.investable * Math.max(1, config!.limits.leverageMax)
  const scaleMax = Math.max(1, plan.overlays.volatilityTarget?.scaleMax ?? 1)
  let sum = 0
  let wrong = ''
  capital.weights.forEach((weight, sleeve) => {
    const factor = capital.factor[sleeve]!
    sum += weight
    if (!(weight >= 0 && factor >= 0 && factor <= scaleMax + 1e-9))
      wrong = `sleeve ${sleeve} has a weight of ${weight} and a factor of ${factor}`
  })
  if (!(sum <= most + 1e-9)) wrong = `weights in force of ${sum}, of which ${most} may be invested`
  hold('13', wrong === '', () => wrong)
}
