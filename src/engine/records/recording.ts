import { assert } from '../../domain/assert.ts'
import { countsPerUnit } from '../../domain/currencies.ts'
import type { Instrument } from '../../domain/instruments.ts'
import type { CurrencyCode, SleeveId } from '../../domain/units.ts'
import type { Runtime } from '../runtime.ts'

/** What the parts of a recorder share: the kernel they listen to, and readings of it. */
export interface Recording {
  runtime(): Runtime
  instrumentAt(index: number): Instrument
  /** Money counts of the base currency as an amount. */
  moneyOf(counts: number): number
  /** Money counts of an instrument's currency as an amount of the base currency, at the rate of now. */
  worthOf(counts: number, instrument: number): number
  sleeveAt(ordinal: number): SleeveId
}

export function createRecording(): Recording & { attach(runtime: Runtime): void } {
  let attached: Runtime | null = null
  const runtime = (): Runtime => {
    assert(attached !== null, 'a recorder is attached to a kernel before it records')
    return attached
  }
  return {
    attach: (next) => {
      attached = next
    },
    runtime,
    instrumentAt: (index) => runtime().state.instruments[index]!,
    moneyOf: (counts) => counts / countsPerUnit(runtime().state.config!.currency),
    worthOf: (counts, instrument) => {
      const { books, currencies, rate } = runtime().state
      const currency = books.currency[instrument]!
      return (counts / countsPerUnit(currencies[currency] as CurrencyCode)) * rate[currency]!
    },
    sleeveAt: (ordinal) => runtime().sleeves[ordinal]!.config.id,
  }
}
