/** What of a market is known by now, where its files grow: bars that are there, in the one order in which they are taken. */
import type { ClockBlock, DatedAction, MarketData } from '../../domain/market.ts'
import { type Sessions, sessionAtOrAfter } from '../../domain/sessions.ts'
import type { ClockId, Instant } from '../../domain/units.ts'

export interface KnownMarket {
  readonly market: MarketData
  /** How many bars of each clock were taken before and have other prices now: what was decided on them stands. */
  readonly amended: readonly { readonly clock: ClockId; readonly bars: number }[]
}

const FIELDS = ['open', 'high', 'low', 'close', 'volume', 'factor'] as const

/**
 * The bars that may be taken. One that still runs waits for its close, one that some instruments have waits `graceMs` for the
 * others, and one that nobody has waits until somebody has a later one. No bar is taken before those that opened earlier.
 *
 * @param before what was taken already: it stays as it was
 */
export function knownMarket(
  whole: MarketData,
  now: Instant,
  graceMs: number,
  before: MarketData | null = null,
): KnownMarket {
  const market = { ...whole, blocks: whole.blocks.map((block) => (isPriced(whole, block) ? block : openedLate(block))) }
  const ready = market.blocks.map((block, place) =>
    Math.max(readyRows(block, now, graceMs), before?.blocks[place]?.closes.length ?? 0),
  )
  const until = Math.min(...market.blocks.map((block, place) => nextOpen(block, ready[place]!, market.sessions)))
  const amended: { clock: ClockId; bars: number }[] = []
  const blocks = market.blocks.map((block, place) => {
    const taken = before?.blocks[place]
    const rows = Math.max(rowsUntil(block, ready[place]!, until), taken?.closes.length ?? 0)
    const known = firstRows(block, rows)
    const bars = taken === undefined ? 0 : keepTaken(known, taken)
    if (bars > 0) amended.push({ clock: block.clock, bars })
    return known
  })
  const actions = market.actions.filter((dated) => !endsWithItsFile(market, dated) && dated.at <= until)
  return { market: { ...market, blocks, actions: sinceTaken(actions, before), isOngoing: true }, amended }
}

/** Whether any instrument has its prices from these bars, and not from shorter ones. */
function isPriced({ instruments }: MarketData, block: ClockBlock): boolean {
  return instruments.some(({ id, clocks }) => clocks[0] === block.clock && block.instruments.includes(id))
}

/** Nobody trades at the open of bars that price nothing: shorter ones need not wait until these are over. */
function openedLate(block: ClockBlock): ClockBlock {
  return { ...block, opens: block.closes.map((close) => close - 1) }
}

/** A file that ends where others go on is late; only what has a term is over. */
function endsWithItsFile({ instruments }: MarketData, { action }: DatedAction): boolean {
  return action.kind === 'ended' && instruments.find(({ id }) => id === action.instrument)?.kind !== 'future'
}

/** What is dated before the last action that was taken comes too late. */
function sinceTaken(actions: readonly DatedAction[], before: MarketData | null): readonly DatedAction[] {
  const last = before?.actions.at(-1)
  if (before === null || last === undefined) return actions
  const held = new Set(before.actions.map(keyOf))
  return [...before.actions, ...actions.filter((dated) => dated.at >= last.at && !held.has(keyOf(dated)))]
}

function keyOf({ at, action }: DatedAction): string {
  return `${at} ${action.kind} ${action.instrument}`
}

function readyRows(block: ClockBlock, now: Instant, graceMs: number): number {
  const { closes } = block
  let last = closes.length - 1
  while (last >= 0 && (closes[last]! > now || barsAt(block, last) === 0)) last -= 1
  for (let row = last; row >= 0 && closes[row]! + graceMs > now; row -= 1)
    if (barsAt(block, row) < block.instruments.length) last = row - 1
  return last + 1
}

function barsAt({ close, instruments }: ClockBlock, row: number): number {
  const width = instruments.length
  let bars = 0
  for (let cell = row * width; cell < (row + 1) * width; cell += 1) if (!Number.isNaN(close[cell]!)) bars += 1
  return bars
}

/** When the first bar opens that is not there yet. */
function nextOpen({ calendar, opens, closes }: ClockBlock, ready: number, tables: readonly Sessions[]): number {
  if (ready < opens.length) return opens[ready]!
  const closed = closes.at(-1)
  const sessions = tables.find((table) => table.calendar === calendar)
  if (closed === undefined || sessions === undefined) return Number.POSITIVE_INFINITY
  const index = sessionAtOrAfter(sessions, closed as Instant)
  return index === -1 ? Number.POSITIVE_INFINITY : Math.max(closed, sessions.opens[index]!)
}

function rowsUntil({ closes }: ClockBlock, ready: number, until: number): number {
  let rows = ready
  while (rows > 0 && closes[rows - 1]! > until) rows -= 1
  return rows
}

function firstRows(block: ClockBlock, rows: number): ClockBlock {
  const cells = rows * block.instruments.length
  return {
    ...block,
    tradeDates: block.tradeDates.slice(0, rows),
    opens: block.opens.slice(0, rows),
    closes: block.closes.slice(0, rows),
    open: block.open.slice(0, cells),
    high: block.high.slice(0, cells),
    low: block.low.slice(0, cells),
    close: block.close.slice(0, cells),
    volume: block.volume.slice(0, cells),
    factor: block.factor.slice(0, cells),
  }
}

/** Puts the prices back that were taken; how many bars had others. */
function keepTaken(known: ClockBlock, taken: ClockBlock): number {
  const width = taken.instruments.length
  const amended = new Set<number>()
  for (const field of FIELDS) {
    const [own, then] = [known[field], taken[field]]
    for (let cell = 0; cell < then.length; cell += 1) {
      if (Object.is(own[cell], then[cell])) continue
      amended.add(field === 'factor' ? -1 : cell)
      own[cell] = then[cell]!
    }
  }
  amended.delete(-1)
  return width === 0 ? 0 : amended.size
}
