/** Venues at which this program can trade with real money: the one place where an adapter is plugged in. */
import type { Broker } from '../../domain/broker.ts'
import type { LoadedPortfolio } from '../config/loaded.ts'
import type { MarketFollower } from './run-on.ts'

/** An account at a venue, and the prices that it trades by. */
export interface VenueConnection {
  /** It has passed the contract that all brokers pass. */
  readonly broker: Broker
  /** Prices of all that a portfolio trades, the past that its indicators need among them, until the follower is closed. */
  follow(loaded: LoadedPortfolio): Promise<MarketFollower>
}

export interface VenueAdapter {
  /**
   * Connects with the account that keys in the environment give leave to.
   *
   * @throws Error with the reason where it cannot: no key, no answer, an account of another kind
   */
  connect(loaded: LoadedPortfolio, signal: AbortSignal): Promise<VenueConnection>
}

/** By the name that `routing:` has for them. */
export type Venues = ReadonlyMap<string, VenueAdapter>

export const VENUES: Venues = new Map()
