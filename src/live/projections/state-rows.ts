/** Rows of how things stand: the last word alone, written where it has changed. */
import type { PortfolioConfig, SleeveConfig } from '../../domain/config.ts'
import type { ProjectedRows } from '../../domain/projections.ts'
import type { Violation } from '../../domain/risk.ts'
import { timeframeOf } from '../../domain/timeframes.ts'
import { stageOf } from '../../engine/capital/state.ts'
import { shownSleeves } from '../../engine/external/sleeve.ts'
import { levelsOf } from '../../engine/positions/protect.ts'
import type { Runtime } from '../../engine/runtime.ts'
import type { Guard } from '../../engine/state.ts'
import { averagePrice } from '../../pipeline/ledger/books.ts'
import { known, type RowBuffer, textOf } from './rows.ts'

export interface StateRows {
  /** A booking touched what a sleeve holds of an instrument. */
  touched(sleeve: number, instrument: number): void
  /** After a close: the marks of what is held are new. */
  closed(): void
  /** Adds what has changed since it was last asked. */
  add(): void
}

type Last = 'sleeve' | 'holding' | 'purse'

export function stateRows(runtime: () => Runtime, rows: RowBuffer): StateRows {
  const said = {
    sleeve: new Map<number, object>(),
    holding: new Map<number, object>(),
    purse: new Map<number, object>(),
  }
  const stated = new Map<number, Stated>()
  /** As they stood when they were said last, in their order. */
  const violations: Violation[] = []
  const holdings = new Set<number>()
  /** By ordinal: the first close at which there was something to say of a sleeve. */
  const firstCloses = new Map<number, number>()

  /** What was said of the same key last is not said again. */
  function say<Table extends Last>(table: Table, key: number, row: ProjectedRows[Table]): void {
    const before = said[table].get(key)
    if (before !== undefined && isEqual(before, row)) return
    said[table].set(key, row)
    rows.add(table, row)
  }

  /** What the configuration says of a sleeve is put into words once. */
  function statedOf(config: SleeveConfig, ordinal: number): Stated['row'] {
    const whole = runtime().state.config!
    const known = stated.get(ordinal)
    if (known?.config === config && known.whole === whole) return known.row
    const row = configured(runtime(), config, ordinal)
    stated.set(ordinal, { config, whole, row })
    return row
  }

  function addSleeves(): void {
    const { state } = runtime()
    for (const { config, ordinal } of shownSleeves(runtime())) {
      const { paused } = state.sleeves[ordinal]!
      const stage = state.capital === undefined ? null : stageOf(state.capital, ordinal)
      say('sleeve', ordinal, {
        ...statedOf(config, ordinal),
        reason: paused,
        stage,
        createdAt: firstCloses.get(ordinal) ?? null,
        status: paused === '' ? 'active' : 'paused',
      })
    }
  }

  function addPurses(): void {
    const { books, currencies } = runtime().state
    for (const { config, ordinal } of shownSleeves(runtime())) {
      currencies.forEach((currency, column) => {
        const at = ordinal * books.currencies + column
        const [cash, fees, dividends] = [books.cash[at]!, books.fees[at]!, books.dividends[at]!]
        say('purse', at, { sleeve: config.id, currency, cash, fees, dividends })
      })
    }
  }

  function addHoldings(): void {
    const { state } = runtime()
    // A level that trails moves without a booking.
    const guards = new Map<number, Guard>()
    for (const guard of state.guards) {
      const key = holdingKey(guard.sleeve, guard.instrument)
      if (!guards.has(key)) guards.set(key, guard)
      holdings.add(key)
    }
    for (const key of holdings) {
      const [sleeve, instrument] = [Math.floor(key / INSTRUMENTS), key % INSTRUMENTS]
      say('holding', key, holdingOf(runtime(), sleeve, instrument, guards.get(key)))
    }
    holdings.clear()
  }

  function addViolations(): void {
    const now = runtime().state.violations
    for (let place = 0; place < now.length; place += 1) {
      const violation = now[place]!
      // One that is changed is another object.
      if (violations[place] === violation) continue
      violations[place] = violation
      rows.add('violation', violationOf(violation))
    }
  }

  function addMarks(): void {
    const { state, roster } = runtime()
    const { books, currencies } = state
    for (const index of roster.live) {
      const price = state.mark[index]!
      if (!Number.isFinite(price) || !isHeld(runtime(), index)) continue
      const rate = currencies.length === 1 ? 1 : state.rate[books.currency[index]!]!
      rows.add('mark', { instrument: state.instruments[index]!.id, price, rate: known(rate) ?? 0, at: state.at })
    }
  }

  return {
    touched: (sleeve, instrument) => holdings.add(holdingKey(sleeve, instrument)),
    closed: () => {
      for (const { ordinal } of shownSleeves(runtime()))
        if (!firstCloses.has(ordinal)) firstCloses.set(ordinal, runtime().state.at)
      addMarks()
    },
    add() {
      if (runtime().state.config === null) return
      addSleeves()
      addPurses()
      addHoldings()
      addViolations()
    },
  }
}

/** More instruments than any portfolio has. */
const INSTRUMENTS = 4_294_967_296

function holdingKey(sleeve: number, instrument: number): number {
  return sleeve * INSTRUMENTS + instrument
}

/** Rows of one table hold plain values under the same names. */
function isEqual(one: object, other: object): boolean {
  const [left, right] = [one as Readonly<Record<string, unknown>>, other as Readonly<Record<string, unknown>>]
  for (const name in right) if (!Object.is(left[name], right[name])) return false
  return true
}

function isHeld({ state, sleeves }: Runtime, instrument: number): boolean {
  const { books } = state
  if (books.accountQuantity[instrument] !== 0) return true
  return sleeves.some(({ ordinal }) => books.quantity[ordinal * books.width + instrument] !== 0)
}

/** What the configuration alone says of a sleeve. */
interface Stated {
  readonly config: SleeveConfig
  readonly whole: PortfolioConfig
  readonly row: Omit<ProjectedRows['sleeve'], 'status' | 'reason' | 'stage' | 'createdAt'>
}

function configured({ state }: Runtime, config: SleeveConfig, ordinal: number): Stated['row'] {
  const records = state.config!.capitalPlan?.allocation.records ?? []
  const place = state.config!.sleeves.filter(({ strategy }) => strategy !== null).indexOf(config)
  const stated = place < 0 ? undefined : records[place]
  return {
    sleeve: config.id,
    ordinal,
    title: config.title,
    strategy: config.strategy,
    parameters: textOf(config.parameters),
    universe: textOf(config.universe),
    calendar: config.calendar,
    clock: config.clock,
    timeframe: timeframeOf(config.clock),
    weight: config.weight,
    capital: config.capital,
    knownSharpe: known(stated?.sharpe ?? null),
    knownWinRate: known(stated?.winRate ?? null),
    regimes: config.regimes === undefined ? null : textOf(config.regimes),
  }
}

function holdingOf(
  runtime: Runtime,
  sleeve: number,
  instrument: number,
  guard: Guard | undefined,
): ProjectedRows['holding'] {
  const { state, sleeves } = runtime
  const at = sleeve * state.books.width + instrument
  const quantity = state.books.quantity[at]!
  const levels = guard === undefined || quantity === 0 ? null : levelsOf(runtime, guard)
  return {
    sleeve: sleeves[sleeve]!.config.id,
    instrument: state.instruments[instrument]!.id,
    quantity,
    averagePrice: quantity === 0 ? null : averagePrice(state.books, sleeve, instrument),
    openedAt: quantity === 0 ? null : state.openedAt[at]!,
    stop: levels === null ? null : known(levels.stop),
    target: levels === null ? null : known(levels.target),
    realised: state.books.realised[at]!,
  }
}

function violationOf(violation: Violation): ProjectedRows['violation'] {
  const { id, at, severity, rule, about, subject, value, limit, action, resolvedAt, resolution } = violation
  return {
    id,
    at,
    severity,
    rule,
    about,
    subject,
    value: known(value),
    limit: known(limit),
    action,
    resolvedAt,
    how: resolution?.how ?? null,
    note: resolution?.note ?? '',
    review: violation.review === null ? null : textOf(violation.review),
    parameters: violation.parameters === null ? null : textOf(violation.parameters),
  }
}
