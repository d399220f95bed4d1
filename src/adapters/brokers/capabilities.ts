/** What named brokers can do: what routing goes by, and what a simulation that stands for one takes on. */
import type { BrokerCapabilities } from '../../domain/broker.ts'
import { INSTRUMENT_KINDS } from '../../domain/instruments.ts'
import { CAPABILITIES } from '../../domain/routing.ts'

/** A simulation that stands for nobody: everything, and no request is ever lost. */
export const SIMULATED: BrokerCapabilities = {
  kinds: INSTRUMENT_KINDS,
  can: CAPABILITIES,
  clientIds: 'enforced',
  requestLife: 0,
  takesOpposing: true,
  isReal: false,
}

/**
 * As the brokers document them. Alpaca refuses a client id that it has seen, for ever. At Interactive Brokers and behind
 * most crypto venues an id is a label only: what became of a lost request is known once it can no longer arrive, or by an
 * operator.
 */
export const BROKERS: Readonly<Record<string, BrokerCapabilities>> = {
  alpaca: {
    kinds: ['equity', 'etf', 'option', 'crypto'],
    can: ['short', 'fractional', 'structure'],
    clientIds: 'enforced',
    requestLife: null,
    isReal: true,
  },
  ibkr: {
    kinds: ['equity', 'etf', 'option', 'future', 'fx'],
    can: ['short', 'fractional', 'structure'],
    clientIds: 'none',
    requestLife: null,
    isReal: true,
  },
  /** A request names how long it may be on its way; the venue drops a later one. */
  ccxt: {
    kinds: ['crypto', 'perpetual'],
    can: ['short', 'fractional'],
    clientIds: 'none',
    requestLife: 60_000,
    isReal: true,
  },
}
