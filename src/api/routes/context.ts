/** What the routes share. */
import type { Callers } from '../access/callers.ts'
import type { Pace, Rooms } from '../access/pace.ts'
import type { LoginThrottle } from '../access/throttle.ts'
import type { Trail } from '../access/trail.ts'
import type { ApiPorts } from '../ports.ts'
import type { Push } from '../push/hub.ts'
import type { Readings } from '../readings.ts'
import { Refusal } from '../refusal.ts'
import type { ServerOptions } from '../server-options.ts'
import type { Basis } from '../views/basis.ts'

export interface Context {
  readonly ports: ApiPorts
  readonly options: ServerOptions
  readonly readings: Readings
  readonly callers: Callers
  readonly throttle: LoginThrottle
  readonly trail: Trail
  readonly push: Push
  /** Of each user. */
  readonly changes: Pace
  /** Of what takes long. */
  readonly rooms: Rooms
}

/** @throws Refusal where the store knows no such portfolio */
export async function basisOf({ readings }: Context, portfolio: string): Promise<Basis> {
  const basis = await readings.basis(portfolio)
  if (basis === null) throw new Refusal('not_found', `There is no portfolio "${portfolio}" here.`)
  return basis
}
