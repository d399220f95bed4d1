/** Turns what happens inside the kernel into messages for others, in the words of the field. */
import type { BusKey, Message } from '../domain/bus.ts'
import type { EngineEvent } from '../domain/events.ts'
import type { Slice } from '../domain/market.ts'
import type { Instant, Json } from '../domain/units.ts'
import type { HaltReview } from '../domain/violations.ts'
import type { Observer, OrderRow } from '../engine/records/observer.ts'
import { createRecording } from '../engine/records/recording.ts'
import type { Runtime } from '../engine/runtime.ts'
import type { Standing } from './standing.ts'

type Body = Message['body']
type Unnumbered = Omit<Message, 'number'>

export interface MessageWriter {
  readonly observer: Observer & { attach(runtime: Runtime): void }
  /** Prices that the kernel is given. */
  prices(slices: readonly Slice[]): void
  /** What came to the kernel beside prices. */
  told(event: EngineEvent): void
  /** Says the alerts and positions of now behind what was said so far. */
  close(): void
  /** What was said since it was last asked, closed. */
  take(): readonly Unnumbered[]
}

/** What a sleeve says of where it wants to go; prices NaN where it names none. */
interface Direction {
  readonly instrument: string | null
  readonly direction: 'BUY' | 'SELL' | 'HOLD'
  readonly confidence: number | null
  readonly entry: number
  readonly stop: number
  readonly target: number
}

/** The answer of a sleeve that wishes nothing: what it has stays as it is. */
const HOLD: Direction = {
  instrument: null,
  direction: 'HOLD',
  confidence: null,
  entry: Number.NaN,
  stop: Number.NaN,
  target: Number.NaN,
}

/** More sleeves than any portfolio has: a holding is called by its instrument times this, and its sleeve. */
const SLEEVES_MOST = 65_536

/** Quantities are whole shares, contracts and coins; money is of the base currency where it says so. */
export function messageWriter(): MessageWriter {
  const recording = createRecording()
  const { runtime, instrumentAt, moneyOf, worthOf, sleeveAt } = recording
  let said: Unnumbered[] = []
  const touched = new Set<number>()
  const alerts = new Map<number, string>()
  const say = (channel: Message['channel'], body: Body): void => {
    said.push({ at: runtime().state.at as Instant, channel, body })
  }

  const observer: MessageWriter['observer'] = {
    attach: recording.attach,
    ordered(row) {
      sayWishes(row)
      const { id, label, type, net, crossed, instrument } = row
      const whole = instrument < 0 ? 1 : instrumentAt(instrument).unitsPerWhole
      say('orders', {
        event: 'sent',
        order: id,
        instrument: label,
        type,
        quantity: net / whole,
        crossed: crossed / whole,
      })
    },
    orderFilled(order, quantity, price, fee) {
      say('orders', { event: 'filled', order, units: quantity, price, fee: moneyOf(fee) })
    },
    orderEnded: (order, state, evidence) => say('orders', { event: 'ended', order, state, evidence }),
    refused({ sleeve, instrument, end, rule, wanted, allowed }) {
      say(`signals.${sleeve}`, { event: end, instrument, rule, wanted, allowed })
    },
    signalled({ sleeve, instrument, quantity, confidence, price, stop, target }) {
      const { symbol } = instrumentAt(instrument)
      const direction = quantity > 0 ? 'BUY' : 'SELL'
      sayDirection(sleeve, { instrument: symbol, direction, confidence, entry: price, stop, target })
    },
    decided(sleeve, wishes) {
      if (wishes === 0) sayDirection(sleeve, HOLD)
    },
    posting({ sleeve, instrument, kind, quantity, price, cash, reason }) {
      if (instrument < 0) return
      // By a number that stays the same when contracts are listed and the books grow wider before it is said.
      touched.add(instrument * SLEEVES_MOST + sleeve)
      const { symbol, unitsPerWhole } = instrumentAt(instrument)
      const body = { event: kind, sleeve: sleeveAt(sleeve), instrument: symbol, quantity: quantity / unitsPerWhole }
      say('positions', { ...body, price, cash: worthOf(cash, instrument), reason })
    },
    executed: () => {},
    reduced: () => {},
    structureOpened: () => {},
    structureClosed: () => {},
    day: () => {},
    allocated: () => {},
    discrepancy({ id, kind, subject, ours, theirs, difference, state, resolution }) {
      const event = state === 'open' ? 'found' : 'resolved'
      const body = { event, discrepancy: id, kind, subject, ours, theirs, difference, resolution }
      say('risk_alerts', { ...body, severity: 'high', rule: 'discrepancy' })
    },
  }

  function sayDirection(ordinal: number, { entry, stop, target, ...said }: Direction): void {
    const sleeve = sleeveAt(ordinal)
    const levels = { entry: finite(entry), stop: finite(stop), target: finite(target) }
    say(`signals.${sleeve}`, { event: 'signal', sleeve, ...said, ...levels })
  }

  function sayWishes({ id, label, instrument, sleeves, wanted, reasons, start, count }: OrderRow): void {
    const whole = instrument < 0 ? 1 : instrumentAt(instrument).unitsPerWhole
    for (let place = start; place < start + count; place += 1) {
      const sleeve = sleeveAt(sleeves[place]!)
      const body = { event: 'wish', order: id, instrument: label, quantity: wanted[place]! / whole }
      say(`signals.${sleeve}`, { ...body, reason: reasons[place] ?? '' })
    }
  }

  function sayHoldings(): void {
    const { books } = runtime().state
    for (const holding of touched) {
      const [instrument, sleeve] = [Math.floor(holding / SLEEVES_MOST), holding % SLEEVES_MOST]
      const at = sleeve * books.width + instrument
      const { symbol, unitsPerWhole } = instrumentAt(instrument)
      const held = { sleeve: sleeveAt(sleeve), instrument: symbol, quantity: books.quantity[at]! / unitsPerWhole }
      say('positions', { event: 'now', ...held, net: books.accountQuantity[instrument]! / unitsPerWhole })
    }
    touched.clear()
  }

  function sayAlerts(): void {
    for (const { id, severity, rule, subject, value, limit, action, resolvedAt, review } of runtime().state
      .violations) {
      const event = resolvedAt === null ? 'opened' : 'resolved'
      if (alerts.get(id) === event) continue
      alerts.set(id, event)
      const isReviewed = review !== null && event === 'opened'
      const body = { event, violation: id, severity, rule, subject, value, limit, action }
      say('risk_alerts', isReviewed ? { ...body, review: reviewed(review) } : body)
    }
  }

  function close(): void {
    sayHoldings()
    sayAlerts()
  }

  /** What shuts, what opens, and what somebody must look at. */
  function sayTold(event: EngineEvent): void {
    const { at } = event
    const alert = (body: Body): void => void said.push({ at, channel: 'risk_alerts', body })
    switch (event.kind) {
      case 'alert': {
        const { rule, clientId, instrument, text } = event
        alert({ event: 'said', severity: 'high', rule, subject: clientId ?? instrument ?? '', text })
        return
      }
      case 'gate': {
        const { gate, isOpen, instrument, reason } = event
        const what = isOpen ? 'opened' : 'shut'
        alert({ event: what, severity: 'high', rule: gate, subject: instrument ?? '', text: reason })
        return
      }
      case 'operator': {
        const { command, actor } = event
        const gate = { severity: 'critical', rule: 'alive', subject: '' } as const
        if (command.kind === 'kill') alert({ event: 'shut', ...gate, text: `killed by ${actor}: ${command.reason}` })
        if (command.kind === 'revive') alert({ event: 'opened', ...gate, text: `revived by ${actor}` })
        return
      }
      case 'mode': {
        const what = event.mode === 'active' ? 'opened' : 'shut'
        alert({ event: what, severity: 'high', rule: 'mode', subject: '', text: event.reason })
        return
      }
      default:
    }
  }

  return {
    observer,
    told: sayTold,
    prices(slices) {
      for (const { clock, at, tradeDate, instruments, open, high, low, close, volume } of slices) {
        const bars: Record<string, Json> = {}
        instruments.forEach((index, column) => {
          if (Number.isNaN(close[column]!)) return
          const of = [open, high, low, close, volume].map((values) => values[column]!)
          const [first, highest, lowest, last, traded] = of.map((value) => (Number.isNaN(value) ? null : value))
          bars[instrumentAt(index).symbol] = {
            open: first!,
            high: highest!,
            low: lowest!,
            close: last!,
            volume: traded!,
          }
        })
        said.push({ at, channel: 'market_data', body: { event: 'bar', clock, tradeDate, bars } })
      }
    },
    close,
    take() {
      close()
      const taken = said
      said = []
      return taken
    },
  }
}

/** Who lost what since the peak, and what to do about it; money of the base currency. */
function reviewed({ since, drawdown, sleeves, proposal }: HaltReview): Json {
  return {
    since,
    drawdown,
    sleeves: sleeves.map(({ sleeve, profit, share, trades, violations }) => ({
      sleeve,
      profit: finite(profit),
      share: finite(share),
      trades,
      violations,
    })),
    proposal: { action: proposal.action, subject: proposal.subject, reason: proposal.reason },
  }
}

/** What stands under the keys: capital by sleeve, positions by sleeve and net, key figures of the whole. */
export function keysOf(standing: Standing): Readonly<Record<BusKey, Json>> {
  const { name, currency, seq, at, equity, cash, sleeves, positions } = standing
  const { openOrders, waitingWishes, openViolations } = standing
  const head = { portfolio: name, currency, sequence: seq, at }
  const net: Record<string, number> = {}
  for (const { instrument, quantity } of positions) net[instrument] = (net[instrument] ?? 0) + quantity
  const bySleeve = sleeves.map(({ id }) => [
    id,
    positions
      .filter(({ sleeve }) => sleeve === id)
      .map(({ instrument, quantity, averagePrice, mark, value, unrealised }) => ({
        instrument,
        quantity,
        averagePrice: finite(averagePrice),
        price: finite(mark),
        value: finite(value),
        unrealised: finite(unrealised),
      })),
  ])
  const worth = positions.map(({ value }) => (Number.isFinite(value) ? value : 0))
  const gross = worth.reduce((sum, value) => sum + Math.abs(value), 0)
  const netted = worth.reduce((sum, value) => sum + value, 0)
  return {
    'portfolio:capital': {
      ...head,
      sleeves: Object.fromEntries(sleeves.map(({ id, equity: own, cash: free }) => [id, { equity: own, cash: free }])),
    },
    'portfolio:positions': { ...head, sleeves: Object.fromEntries(bySleeve), net },
    'portfolio:metrics': {
      ...head,
      equity,
      cash,
      gross,
      net: netted,
      leverage: equity > 0 ? gross / equity : null,
      activeSleeves: sleeves.filter(({ paused }) => paused === '').length,
      openPositions: positions.length,
      openOrders,
      waitingWishes,
      openViolations,
    },
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
