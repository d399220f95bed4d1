/** What an isolated strategy sees: the row that came with the question, and the host's view for all that is asked rarely. */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { assert } from '../../domain/assert.ts'
import type { OptionChain } from '../../domain/market.ts'
import type { IntentSink, View } from '../../domain/strategy.ts'
import type { Price, Quantity } from '../../domain/units.ts'
import {
  type Call,
  type CallReply,
  CELL,
  type ChainFacts,
  type ChainHandle,
  type Seen,
  STATE,
  type WishCall,
} from './protocol.ts'

/** Asks the host and waits: the host waits for nothing but this thread. @throws Error with what the host's view threw */
function call(control: Int32Array, port: MessagePort, asked: Call): unknown {
  port.postMessage(asked)
  if (Atomics.compareExchange(control, CELL.state, STATE.asked, STATE.calls) === STATE.asked) {
    Atomics.notify(control, CELL.state)
    Atomics.wait(control, CELL.state, STATE.calls)
  }
  const reply = receiveMessageOnPort(port)?.message as CallReply | undefined
  assert(reply !== undefined, 'the decision is over: nobody answers any more')
  if ('error' in reply) throw new Error(reply.error)
  return reply.value
}

/** The view of one decision. */
export function guestView(strategy: string, seen: Seen, control: Int32Array, port: MessagePort): View {
  const ask = (method: string, ...args: readonly unknown[]): never => call(control, port, { method, args }) as never
  const chainBy = (chain: ChainHandle): OptionChain | null => {
    const facts = call(control, port, { method: 'facts', args: [], chain }) as ChainFacts | null
    const of = (method: string, ...args: readonly unknown[]): never =>
      call(control, port, { method, args, chain }) as never
    return facts === null
      ? null
      : {
          ...facts,
          expiries: () => of('expiries'),
          strikes: (expiry, right) => of('strikes', expiry, right),
          quote: (expiry, right, strike) => of('quote', expiry, right, strike),
          data: () => of('data'),
        }
  }
  let chains: readonly OptionChain[] | null = null
  const slice: View['slice'] = {
    ...seen.slice,
    get chains() {
      chains ??= Array.from({ length: ask('chainCount') }, (_, place) => chainBy({ place })!)
      return chains
    },
  }
  const own = seen.positions
  return {
    parameters: seen.parameters,
    memory: seen.memory,
    slice,
    universe: seen.universe,
    equity: seen.equity,
    available: seen.available,
    capital: seen.capital,
    indicator(name) {
      const row = seen.rows.get(name)
      assert(row !== undefined, `indicator "${name}" is not declared by "${strategy}"`)
      return row
    },
    ago: (name, column, bars) => ask('ago', name, column, bars),
    position: (column) => (own.get(column)?.position as Quantity) ?? ask('position', column),
    projected: (column) => (own.get(column)?.projected as Quantity) ?? ask('projected', column),
    holding: (column) => (own.has(column) ? own.get(column)!.holding : ask('holding', column)),
    eligible: (column) => own.get(column)?.eligible ?? ask('eligible', column),
    structures: () => ask('structures'),
    chain: (column) => chainBy({ column }),
    records: (column) => ask('records', column),
    toRaw: (column, signalPrice) => (signalPrice / slice.factor[column]!) as Price,
    instrument: (column) => ask('instrument', column),
    unitValue: (column) => ask('unitValue', column),
    sessions: (calendar) => ask('sessions', calendar),
  }
}

/** A sink that only notes: the host repeats the calls on its own, which judges them. */
export function wishList(): { readonly sink: IntentSink; readonly wishes: readonly WishCall[] } {
  const wishes: WishCall[] = []
  const note =
    (method: keyof IntentSink) =>
    (...args: readonly unknown[]): void => {
      wishes.push({ method, args })
    }
  return {
    wishes,
    sink: {
      enter: note('enter'),
      exit: note('exit'),
      target: note('target'),
      change: note('change'),
      openStructure: note('openStructure'),
      closeStructure: note('closeStructure'),
      refuse: note('refuse'),
    },
  }
}
