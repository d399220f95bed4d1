/** Listens to a scenario's kernel and describes each bar's orders, crosses and shares by the scenario's names. */
import type { PortfolioConfig } from '../../domain/config.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import { currencyCode } from '../../domain/units.ts'
import { commission, nothingTraded } from '../../exchange/commission.ts'
import type { Kernel } from '../kernel.ts'
import type { Observer } from '../records/observer.ts'

/** Money counts in one unit of a scenario's currency. */
export const COUNTS = countsPerUnit(currencyCode('USD'))

interface LoggedShare {
  readonly sleeve: number
  readonly wanted: number
  readonly crossed: number
  filled: number
  fee: number
}

interface LoggedOrder {
  readonly instrument: number
  readonly net: number
  readonly crossed: number
  readonly reference: number
  readonly shares: LoggedShare[]
  filled: number
  price: number | null
  fee: number
  state: string
}

export interface ScenarioLog {
  readonly observer: Observer
  clear(): void
  /** The price at which the broker was asked, filled or not. */
  priced(symbol: string, price: number): void
  describe(scene: {
    readonly kernel: Kernel
    readonly symbols: readonly string[]
    readonly names: readonly string[]
    readonly config: PortfolioConfig
  }): { readonly orders: Record<string, unknown>; readonly netting: Record<string, unknown> }
}

const ignore = (): void => {}

export function scenarioObserver(): ScenarioLog {
  const orders = new Map<number, LoggedOrder>()
  const prices = new Map<string, number>()
  const observer: Observer = {
    posting: ({ kind, order, sleeve, quantity, fee }) => {
      const share = orders.get(order)?.shares.find((candidate) => candidate.sleeve === sleeve)
      if (share === undefined || kind !== 'fill') return
      share.filled += quantity
      share.fee += fee
    },
    executed: ignore,
    reduced: ignore,
    ordered: (row) => {
      const shares: LoggedShare[] = []
      for (let at = row.start; at < row.start + row.count; at += 1) {
        shares.push({ sleeve: row.sleeves[at]!, wanted: row.wanted[at]!, crossed: row.crosses[at]!, filled: 0, fee: 0 })
      }
      orders.set(row.id, {
        instrument: row.instrument,
        net: row.net,
        crossed: row.crossed,
        reference: row.reference,
        shares,
        filled: 0,
        price: null,
        fee: 0,
        state: 'filled',
      })
    },
    orderFilled: (order, quantity, price, fee) => {
      const logged = orders.get(order)
      if (logged === undefined) return
      logged.filled += quantity
      logged.price = price
      logged.fee += fee
    },
    orderEnded: (order, state) => {
      const logged = orders.get(order)
      if (logged !== undefined) logged.state = state
    },
    refused: ignore,
    structureOpened: ignore,
    structureClosed: ignore,
    day: ignore,
    allocated: ignore,
  }
  return {
    observer,
    clear: () => {
      orders.clear()
      prices.clear()
    },
    priced: (symbol, price) => {
      prices.set(symbol, price)
    },
    describe: (scene) => describe(scene, [...orders.values()], prices),
  }
}

type Scene = Parameters<ScenarioLog['describe']>[0]

function describe(
  scene: Scene,
  logged: readonly LoggedOrder[],
  prices: ReadonlyMap<string, number>,
): ReturnType<ScenarioLog['describe']> {
  const { instruments } = scene.kernel.runtime.state
  const whole = (order: LoggedOrder, units: number): number => units / instruments[order.instrument]!.unitsPerWhole
  const symbol = (order: LoggedOrder): string => scene.symbols[order.instrument]!
  let fees = 0
  for (const order of logged) fees += order.fee
  return {
    orders: {
      orders: logged
        .filter((order) => order.net !== 0)
        .map((order) => ({
          symbol: symbol(order),
          side: order.net > 0 ? 'buy' : 'sell',
          qty: plain(Math.abs(whole(order, order.net))),
          // A broker that answers at all but not in full has filled in part, if only nothing.
          status:
            order.state === 'rejected'
              ? 'rejected'
              : Math.abs(order.filled) >= Math.abs(order.net)
                ? 'filled'
                : 'partial',
          filled: plain(Math.abs(whole(order, order.filled))),
          fill_price: plain(order.price ?? prices.get(symbol(order)) ?? order.reference),
          fee: plain(order.fee / COUNTS),
        })),
      crosses: Object.fromEntries(logged.map((order) => [symbol(order), plain(whole(order, order.crossed))])),
      allocations: Object.fromEntries(
        logged.map((order) => [
          symbol(order),
          Object.fromEntries(
            order.shares.map((share) => [
              scene.names[share.sleeve]!,
              {
                requested: plain(whole(order, share.wanted)),
                cross: plain(whole(order, share.crossed)),
                external: plain(whole(order, share.filled)),
                fee: plain(share.fee / COUNTS),
                unfilled: plain(whole(order, share.wanted - share.crossed - share.filled)),
              },
            ]),
          ),
        ]),
      ),
      fees: plain(fees / COUNTS),
    },
    netting: nettingOf(scene, logged),
  }
}

function nettingOf(scene: Scene, logged: readonly LoggedOrder[]): Record<string, unknown> {
  const { instruments } = scene.kernel.runtime.state
  const schedule = scene.config.costs.equity!.commission
  let quantity = 0
  let gross = 0
  let net = 0
  let fees = 0
  for (const order of logged) {
    const info = instruments[order.instrument]!
    const value = order.reference * info.multiplier
    for (const share of order.shares) {
      const shares = Math.abs(share.wanted) / info.unitsPerWhole
      quantity += shares
      gross += shares * value
      const sold = share.wanted < 0 ? shares : 0
      const traded = { ...nothingTraded(), shares, value: shares * value, soldShares: sold, soldValue: sold * value }
      fees += commission(schedule, info, traded, 0, scene.config.currency)
    }
    net += (Math.abs(order.net) / info.unitsPerWhole) * value
  }
  return {
    gross_qty: plain(quantity),
    gross_notional: plain(gross),
    net_notional: plain(net),
    savings: plain(gross - net),
    savings_pct: gross === 0 ? null : plain((gross - net) / gross),
    fees_if_not_netted_at_bar_price: plain(fees / COUNTS),
  }
}

/**
 * Plain decimal text, at most twelve places, no trailing zeros, no negative zero. Money is whole in its sixth place, so
 * a double within 1e-9 of such an amount is that amount; what truly repeats keeps its places.
 */
export function plain(value: number): string {
  if (Number.isInteger(value)) return String(value === 0 ? 0 : value)
  const money = value.toFixed(6)
  const text = Math.abs(Number(money) - value) <= 1e-9 ? money : value.toFixed(12)
  const short = text.replace(/0+$/, '').replace(/\.$/, '')
  return short === '-0' ? '0' : short
}

/**
 * Money counts less an amount, as decimal text to twelve places: subtracted in whole 1e-12, because a double of twelve
 * million has no room left for the ninth place.
 */
export function difference(counts: number, amount: number): string {
  const whole = Math.trunc(amount)
  const rest = Math.floor((amount - whole) * 1e12 + 0.5)
  const pico = BigInt(counts) * 1_000_000n - (BigInt(whole) * 1_000_000_000_000n + BigInt(rest))
  const magnitude = pico < 0n ? -pico : pico
  const micro = (magnitude + 500_000n) / 1_000_000n
  const near = micro * 1_000_000n - magnitude
  const shown = near <= 1_000n && near >= -1_000n ? micro * 1_000_000n : magnitude
  const digits = String(shown).padStart(13, '0')
  const text = `${digits.slice(0, -12)}.${digits.slice(-12)}`.replace(/0+$/, '').replace(/\.$/, '')
  return pico < 0n && shown !== 0n ? `-${text}` : text
}
