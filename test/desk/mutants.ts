/** Ways to do it wrong, put between the protocol and what is around it: the properties must find each. */
import type { ClientOrderId, Execution } from '../../src/domain/broker.ts'
import type { Instant, Money, OrderId, Price, Quantity } from '../../src/domain/units.ts'
import type { DeskAction, DeskAnswer, OrderDesk } from '../../src/live/desk/order-desk.ts'
import type { Mutant } from './rig.ts'

/** A desk that is another one but for what is stated. */
function altered(desk: OrderDesk, changes: Partial<OrderDesk>): OrderDesk {
  const own = Object.getOwnPropertyDescriptors(desk)
  return Object.defineProperties({} as OrderDesk, { ...own, ...Object.getOwnPropertyDescriptors(changes) })
}

function isDoubt(action: DeskAction, answer: DeskAnswer): boolean {
  return (
    action.kind === 'submit' &&
    !(answer instanceof Error) &&
    typeof answer === 'object' &&
    'state' in answer &&
    answer.state === 'unknown'
  )
}

export const MUTANTS: Readonly<Record<string, { readonly breaks: RegExp; readonly mutant: Mutant }>> = {
  /** A request that timed out is made again at once. */
  blindRetry: {
    breaks: /not written down/,
    mutant: (desk, rig) =>
      altered(desk, {
        answered(action, answer, now) {
          if (!isDoubt(action, answer) || action.kind !== 'submit') return desk.answered(action, answer, now)
          const clientId = `${action.request.clientId}-again` as ClientOrderId
          const again = rig.answerTo({ ...action, request: { ...action.request, clientId } }, 'taken')
          return desk.answered(action, again, now)
        },
      }),
  },
  /** No answer is taken for a no. */
  assumeRejected: {
    breaks: /lives at the venue|given up/,
    mutant: (desk) =>
      altered(desk, {
        answered: (action, answer, now) =>
          desk.answered(action, isDoubt(action, answer) ? { state: 'rejected', evidence: 'time-out' } : answer, now),
      }),
  },
  /** What is told twice is booked twice. */
  noDedupe: {
    breaks: /beyond its|units of order/,
    mutant: (desk) => {
      let told = 0
      return altered(desk, {
        heard(event, now) {
          const events = 'length' in event ? event : [event]
          const fresh = events.map((one) => {
            if (one.kind !== 'execution') return one
            told += 1
            return { ...one, execution: { ...one.execution, id: `${one.execution.id}-${told}` } }
          })
          return desk.heard(fresh, now)
        },
      })
    },
  },
  /** What the broker's count says and no execution does is filled in. */
  inferFills: {
    breaks: /units of order|beyond its|booked of order/,
    mutant: (desk) => {
      const inferred = new Map<ClientOrderId, number>()
      return altered(desk, {
        heard(event, now) {
          const events = 'length' in event ? event : [event]
          const bodies = [...desk.heard(event, now)]
          for (const one of events) {
            if (one.kind !== 'order' || one.order.clientId === null || one.order.instrument === null) continue
            const record = desk.open.find(({ clientId }) => clientId === one.order.clientId)
            const missing = one.order.filled - (record?.filled ?? one.order.filled)
            if (missing === 0) continue
            const count = (inferred.get(one.order.clientId) ?? 0) + 1
            inferred.set(one.order.clientId, count)
            const execution = inferredExecution(one.order.clientId, one.order.symbol, missing, count, now)
            bodies.push(...desk.heard({ kind: 'execution', execution }, now))
          }
          return bodies
        },
      })
    },
  },
  /** It sends first and writes down later. */
  sendFirst: {
    breaks: /not written down/,
    mutant: (desk) => {
      const held = { orders: [] as ReturnType<OrderDesk['takeRecords']>['orders'][number][] }
      return altered(desk, {
        takeRecords() {
          const taken = desk.takeRecords()
          const now = held.orders
          held.orders = [...taken.orders]
          return { orders: now, executions: taken.executions }
        },
      })
    },
  },
  /** Only what the stream says counts: nothing is asked for. */
  streamOnly: {
    breaks: /units of order/,
    mutant: (desk) =>
      altered(desk, {
        answered: (action, answer, now) =>
          action.kind === 'sweep' && !(answer instanceof Error)
            ? desk.answered(action, { executions: [], cursor: action.cursor }, now)
            : desk.answered(action, answer, now),
      }),
  },
  /** What cannot be asked is taken for absent. */
  errorIsAbsence: {
    breaks: /given up/,
    mutant: (desk) =>
      altered(desk, {
        answered: (action, answer, now) =>
          desk.answered(action, action.kind === 'query' && answer === 'unknown' ? 'absent' : answer, now),
      }),
  },
  /** A cancel that was asked for is taken for done. */
  cancelIsEnd: {
    breaks: /kernel thinks|lives at the venue|given up/,
    mutant: (desk) =>
      altered(desk, {
        askCancel(order: OrderId, at: Instant) {
          desk.askCancel(order, at)
          const record = desk.open.find((one) => one.order === order)
          if (record !== undefined) desk.decide(record.clientId, 'cancelled', 'nobody', at)
        },
      }),
  },
}

function inferredExecution(
  clientId: ClientOrderId,
  symbol: string,
  units: number,
  count: number,
  now: Instant,
): Execution {
  return {
    id: `inferred-${clientId}-${count}`,
    kind: 'trade',
    corrects: null,
    clientId,
    brokerId: '',
    symbol,
    instrument: symbol as NonNullable<Execution['instrument']>,
    quantity: units as Quantity,
    price: 100 as Price,
    fee: 0 as Money,
    at: now,
  }
}
