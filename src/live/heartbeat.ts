/** What a running engine says of itself to whoever asks: from its kernel, its helm and what its shell has measured. */
import type { Heartbeat, WaitingApproval } from '../domain/control.ts'
import type { Instant } from '../domain/units.ts'
import { shutGates } from '../engine/gates/gates.ts'
import type { AskedApproval } from '../engine/gates/state.ts'
import type { Kernel } from '../engine/kernel.ts'
import { valueAll } from '../engine/positions/valuation.ts'
import type { Runtime } from '../engine/runtime.ts'
import type { Waiting, WaitingStructure } from '../engine/state.ts'
import type { Helm } from './helm/helm.ts'
import { workOf } from './standing.ts'

/** What only the shell knows. */
export type ShellFacts = Pick<
  Heartbeat,
  | 'owner'
  | 'role'
  | 'startedAt'
  | 'at'
  | 'epoch'
  | 'lastCycleAt'
  | 'nextCycleAt'
  | 'loopLag'
  | 'accountSuffix'
  | 'marketAt'
  | 'failure'
  | 'ended'
>

export function heartbeatOf({ runtime }: Kernel, helm: Helm, facts: ShellFacts): Heartbeat {
  const { state } = runtime
  const config = state.config!
  valueAll(runtime)
  return {
    ...facts,
    portfolio: config.name,
    seq: state.seq,
    dataAge: helm.dataAge(facts.at),
    mode: state.gates?.mode ?? 'active',
    gates: shutGates(runtime),
    armedUntil: helm.armedUntil,
    liveFraction: facts.role === 'live' ? (state.liveFraction ?? 1) : null,
    unknownOrders: state.gates?.unknown.length ?? 0,
    ...workOf(runtime),
    equity: Number.isFinite(runtime.equity) ? runtime.equity : null,
    currency: config.currency,
    approvals: (state.approvals ?? []).flatMap((asked) => waitingApproval(runtime, asked)),
  }
}

function waitingApproval({ state, sleeves }: Runtime, asked: AskedApproval): readonly WaitingApproval[] {
  const isIt = (wish: Waiting | WaitingStructure): boolean => wish.intent === asked.intent
  const wish = state.waiting.find(isIt)
  const structure = state.waitingStructures.find(isIt)
  const found = wish ?? structure
  if (found === undefined) return []
  const instrument = state.instruments[wish?.instrument ?? structure!.underlying]!
  return [
    {
      id: String(asked.intent),
      sleeve: sleeves[found.sleeve]!.config.id,
      instrument: structure === undefined ? instrument.symbol : `${instrument.symbol} structure`,
      quantity: structure === undefined ? found.quantity / instrument.unitsPerWhole : found.quantity,
      value: Number.isFinite(asked.value) ? asked.value : null,
      reason: found.reason,
      until: Number.isNaN(asked.expires) ? null : (asked.expires as Instant),
    },
  ]
}
