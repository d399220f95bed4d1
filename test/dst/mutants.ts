/**
 * Engines that are wrong in one way each, made of the production engine by what it is given: a simulation that does not
 * catch them proves nothing.
 */
import type { Broker, ClientOrderId, Execution, OrderRequest, SubmitAnswer } from '../../src/domain/broker.ts'
import type { Control } from '../../src/domain/control.ts'
import type { Store } from '../../src/domain/store.ts'

export interface Ports {
  readonly broker: Broker
  readonly store: Store
  readonly control: Control
}

export const MUTANTS: Readonly<Record<MutantName, (ports: Ports) => Ports>> = {
  blindRetry: (ports) => ({ ...ports, broker: blindRetry(ports.broker) }),
  assumeRejected: (ports) => ({ ...ports, broker: assumeRejected(ports.broker) }),
  sendFirst: (ports) => ({ ...ports, store: sendFirst(ports.store) }),
  noDedupe: (ports) => ({ ...ports, broker: noDedupe(ports.broker) }),
  streamOnly: (ports) => ({ ...ports, broker: streamOnly(ports.broker) }),
  failOpenKill: (ports) => ({ ...ports, control: failOpenKill(ports.control) }),
  inferFills: (ports) => ({ ...ports, broker: inferFills(ports.broker) }),
  // What they are told otherwise is no port: `production.ts`.
  blindToSplits: (ports) => ports,
  staleTrades: (ports) => ports,
}

export const MUTANT_NAMES = [
  'blindRetry',
  'assumeRejected',
  'sendFirst',
  'noDedupe',
  'streamOnly',
  'failOpenKill',
  'inferFills',
  'blindToSplits',
  'staleTrades',
] as const
export type MutantName = (typeof MUTANT_NAMES)[number]

/** What timed out is sent again as a new order. */
function blindRetry(broker: Broker): Broker {
  async function submit(request: OrderRequest): Promise<SubmitAnswer> {
    const answer = await broker.submit(request)
    if (answer.state !== 'unknown') return answer
    return broker.submit({ ...request, clientId: `${request.clientId.slice(0, -1)}-` as ClientOrderId })
  }
  return { ...broker, submit }
}

/** What timed out did not arrive. */
function assumeRejected(broker: Broker): Broker {
  async function submit(request: OrderRequest): Promise<SubmitAnswer> {
    const answer = await broker.submit(request)
    return answer.state === 'unknown' ? { state: 'rejected', evidence: answer.evidence } : answer
  }
  return { ...broker, submit }
}

/** Goes on before what it wrote is on the disk. */
function sendFirst(store: Store): Store {
  return {
    ...store,
    commit(...given) {
      store.commit(...given).catch(() => {})
      return Promise.resolve()
    },
  }
}

/** Every message is an execution of its own. */
function noDedupe(broker: Broker): Broker {
  let count = 0
  const renamed = (execution: Execution): Execution => {
    count += 1
    return { ...execution, id: `${execution.id}#${count}` }
  }
  return {
    ...broker,
    async executionsSince(cursor) {
      const { executions, cursor: next } = await broker.executionsSince(cursor)
      return { executions: executions.map(renamed), cursor: next }
    },
    async *events(signal) {
      for await (const event of broker.events(signal))
        yield event.kind === 'execution' ? { ...event, execution: renamed(event.execution) } : event
    },
  }
}

/** Believes the stream and asks for nothing. */
function streamOnly(broker: Broker): Broker {
  return { ...broker, executionsSince: (cursor) => Promise.resolve({ executions: [], cursor }) }
}

/** Whoever cannot tell whether it was killed trades on. */
function failOpenKill(control: Control): Control {
  return { ...control, begin: (portfolio) => control.begin(portfolio).catch(() => []) }
}

/** What an order is said to have filled becomes fills, whether or not they were told. */
function inferFills(broker: Broker): Broker {
  const inferred = new Map<string, number>()
  let at = 0
  return {
    ...broker,
    async *events(signal) {
      for await (const event of broker.events(signal)) {
        yield event
        if (event.kind === 'execution') at = event.execution.at
        if (event.kind !== 'order' || event.order.clientId === null) continue
        const { brokerId, clientId, filled, symbol, instrument } = event.order
        const missing = filled - (inferred.get(brokerId) ?? 0)
        if (missing === 0) continue
        inferred.set(brokerId, filled)
        const execution: Execution = {
          id: `inferred ${brokerId} ${filled}`,
          kind: 'trade',
          corrects: null,
          clientId,
          brokerId,
          symbol,
          instrument,
          quantity: missing as Execution['quantity'],
          price: 100 as Execution['price'],
          fee: 0 as Execution['fee'],
          at: at as Execution['at'],
        }
        yield { kind: 'execution', execution }
      }
    },
  }
}
