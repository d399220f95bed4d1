import { describe, expect, it } from 'vitest'
import { INSTRUMENT_KINDS } from '../../domain/instruments.ts'
import { CAPABILITIES, type RouteClass, type RoutingTable } from '../../domain/routing.ts'
import { type RouteRequest, type RoutingState, routeClassOf, routeOf, startRouting, stepRouting } from './route.ts'

const TABLE: RoutingTable = {
  brokers: { alpaca: ['short', 'fractional'], ibkr: CAPABILITIES, ccxt: ['fractional'] },
  upgradeAt: 25_000,
  downgradeBelow: 22_500,
  lower: { equity: ['alpaca'], crypto: ['ccxt'] },
  upper: { equity: ['alpaca', 'ibkr'], crypto: ['ccxt'], future: ['ibkr'], forex: ['ibkr'] },
}
const request = (routeClass: RouteClass, over: Partial<RouteRequest> = {}): RouteRequest => ({
  routeClass,
  needs: [],
  universeBelow: null,
  ...over,
})
const close = (state: RoutingState, equity: number, open: readonly RouteClass[] = []): string => {
  stepRouting(state, TABLE, { equity, open: new Set(open) })
  return state.tier
}

describe('the tier of an account', () => {
  it('is the upper one from the threshold on', () =>
    expect([24_999.99, 25_000].map((equity) => startRouting(TABLE, equity).tier)).toEqual(['lower', 'upper']))
  it('falls below the lower threshold only', () => {
    const state = startRouting(TABLE, 30_000)
    expect([24_000, 22_500, 22_499.99, 24_000, 25_000].map((equity) => close(state, equity))).toEqual([
      'upper',
      'upper',
      'lower',
      'lower',
      'upper',
    ])
  })
  it('never falls while something is open that only the upper one can close', () => {
    const state = startRouting(TABLE, 30_000)
    expect(close(state, 10_000, ['future', 'equity'])).toBe('upper')
    expect(close(state, 10_000, ['forex'])).toBe('upper')
    expect(close(state, 10_000, ['equity', 'crypto'])).toBe('lower')
  })
})

describe('routeOf', () => {
  const lower: RoutingState = { tier: 'lower' }
  const upper: RoutingState = { tier: 'upper' }
  it('takes the first broker that can do what the order needs', () => {
    expect(routeOf(TABLE, upper, request('equity'))).toEqual({ kind: 'broker', broker: 'alpaca' })
    expect(routeOf(TABLE, upper, request('equity', { needs: ['structure'] }))).toEqual({
      kind: 'broker',
      broker: 'ibkr',
    })
    expect(routeOf(TABLE, lower, request('equity', { needs: ['structure'] }))).toEqual({
      kind: 'refused',
      reason: 'none of alpaca can do structure for equity',
    })
  })
  it('names a substitute below the threshold where the sleeve has one, else says what is missing', () => {
    expect(routeOf(TABLE, lower, request('future', { universeBelow: ['SPY', 'QQQ'] }))).toEqual({
      kind: 'substitute',
      universe: ['SPY', 'QQQ'],
    })
    expect(routeOf(TABLE, lower, request('future'))).toEqual({
      kind: 'refused',
      reason: 'future needs equity of at least 25000, for ibkr',
    })
    expect(routeOf(TABLE, upper, request('option', { universeBelow: ['SPY'] }))).toEqual({
      kind: 'refused',
      reason: 'no broker trades option; name one under routing',
    })
  })
  it('has a line for every kind of instrument that is sent anywhere', () =>
    expect(INSTRUMENT_KINDS.map((kind) => `${kind} ${routeClassOf(kind)}`)).toEqual([
      'equity equity',
      'etf equity',
      'option option',
      'crypto crypto',
      'perpetual crypto',
      'future future',
      'fx forex',
      'cash null',
      'stream null',
    ]))
})
