/** The order protocol by itself: the production desk, driven by the least that can drive it, without books or strategies. */
import { createHash } from 'node:crypto'
import type { BrokerEvent } from '../../src/domain/broker.ts'
import type { NetOrder } from '../../src/domain/orders.ts'
import type { BrokerPlace } from '../../src/domain/store.ts'
import type { Instant, InstrumentId, OrderId, Price, Quantity } from '../../src/domain/units.ts'
import type { EventBody } from '../../src/engine/run/broker-side.ts'
import { createDesk } from '../../src/live/desk/desk.ts'
import type { DeskAction, DeskAnswer, OrderDesk } from '../../src/live/desk/order-desk.ts'
import { DESK_POLICY } from '../../src/live/desk/policy.ts'
import { createRandom } from '../../src/numerics/random.ts'
import { BROKER_NAME } from './broker.ts'
import type { Subject, World } from './history.ts'
import type { ProcessPorts } from './machine.ts'
import { judgeOrders } from './order-verdicts.ts'
import { PORTFOLIO } from './scene.ts'

const SEQUENCES = 1_048_576

export const protocol: Subject = { compares: false, run, judge }

async function run(world: World, ports: ProcessPorts): Promise<void> {
  const { broker, store, clock, lease } = ports
  const { instruments } = world.scene.market
  const frozen = new Map<OrderId, InstrumentId>()
  const capabilities = await broker.capabilities()
  const placeOf = new Map(instruments.map(({ id }, place) => [id, place]))
  const desk = createDesk({
    broker: BROKER_NAME,
    account: world.scene.input.config.account.id,
    store: store.id,
    hash: (bytes) => createHash('sha256').update(bytes).digest(),
    capabilities,
    policy: DESK_POLICY,
    indexOf: (id) => placeOf.get(id)!,
    instrumentOf: (index) => instruments[index]!.id,
    routeOf: () => null,
    notionalOf: () => 0,
  })
  await resume(desk, ports)
  const known = [...world.disk.tables(PORTFOLIO).orders.values()]
  const numbers = { cycle: Math.max(0, ...known.map(({ order }) => Math.floor(order / SEQUENCES))) }
  const heard: BrokerEvent[] = []
  let wake: (() => void) | null = null
  const poke = (): void => wake?.()
  void listen(ports, heard, poke)
  const said: EventBody[] = []
  const answers: (() => readonly EventBody[])[] = []
  const now = (): Instant => clock.now()

  while (!world.isOver || desk.unknowns > 0) {
    for (const event of heard.splice(0))
      if (event.kind === 'execution' || event.kind === 'order' || event.kind === 'gap')
        said.push(...desk.heard(event, now()))
    for (const answer of answers.splice(0)) said.push(...answer())
    said.push(...desk.elapsed(now()))
    for (const body of said.splice(0))
      if (body.kind === 'order') note(frozen, desk, body.order, body.state === 'unknown')
    const orders = world.isOver ? [] : drawOrders(world, desk, numbers, new Set(frozen.values()), now())
    desk.intend(orders, now())
    const records = desk.takeRecords()
    await store.commit(PORTFOLIO, lease, {
      rows: [],
      ...records,
      place: brokerPlaceOf(desk),
    })
    desk.committed()
    for (const { text } of desk.takeAlerts()) world.alerts.push(text)
    for (const action of desk.due(now()))
      void carryOut(action, ports).then((answer) => {
        answers.push(() => desk.answered(action, answer, now()))
        poke()
      })
    if (heard.length > 0 || answers.length > 0) continue
    const next = Math.min(desk.nextAt() ?? Number.POSITIVE_INFINITY, now() + 5_000)
    const stop = new AbortController()
    wake = () => stop.abort()
    await clock.wait(Math.max(1, next - now()), stop.signal)
    wake = null
  }
}

async function resume(desk: OrderDesk, { store, clock, lease }: ProcessPorts): Promise<void> {
  const records = await store.openOrders(PORTFOLIO)
  const ids: string[] = []
  let nextExecution = 1
  for await (const { id, number } of store.executionsFrom(PORTFOLIO, 0)) {
    ids.push(id)
    nextExecution = Math.max(nextExecution, number + 1)
  }
  const place = await store.placeOf(PORTFOLIO, BROKER_NAME)
  const cursor = place?.executions ?? ''
  const state = { ...(place?.counts ?? desk.state()), cursor, nextExecution }
  desk.resume({ records, executionIds: ids, cursor, state, isSuccessor: lease.epoch > 1 }, clock.now())
}

function brokerPlaceOf(desk: OrderDesk): BrokerPlace {
  const { cursor: executions, counted, notional } = desk.state()
  return { broker: BROKER_NAME, executions, events: '', counts: { counted, notional } }
}

async function listen({ broker }: ProcessPorts, heard: BrokerEvent[], poke: () => void): Promise<void> {
  for await (const event of broker.events(new AbortController().signal)) {
    heard.push(event)
    poke()
  }
}

function note(frozen: Map<OrderId, InstrumentId>, desk: OrderDesk, order: OrderId, isUnknown: boolean): void {
  const record = desk.open.find((one) => one.order === order)
  if (isUnknown && record !== undefined && record.instrument !== null) frozen.set(order, record.instrument)
  else frozen.delete(order)
}

async function carryOut(action: DeskAction, { broker, store }: ProcessPorts): Promise<DeskAnswer> {
  try {
    switch (action.kind) {
      case 'submit':
        return await broker.submit(action.request)
      case 'cancel':
        return await broker.cancel(action.clientId)
      case 'query':
        return await broker.query(action.clientId)
      case 'sweep':
        return await broker.executionsSince(action.cursor)
      default: {
        const { clientId, execution, corrects } = action
        const of = async (id: string | null) =>
          id === null ? null : ((await store.executionOf(PORTFOLIO, BROKER_NAME, id)) ?? null)
        const record = clientId === null ? null : ((await store.orderOf(PORTFOLIO, clientId)) ?? null)
        const executions = clientId === null ? [] : await store.executionsOf(PORTFOLIO, clientId)
        return { record, execution: await of(execution), corrected: await of(corrects), executions }
      }
    }
  } catch (error) {
    return error as Error
  }
}

/** Now and then an order, or the cancel of one; on an instrument that is frozen, none. */
function drawOrders(
  { scene }: World,
  desk: OrderDesk,
  numbers: { cycle: number },
  frozen: ReadonlySet<InstrumentId>,
  now: Instant,
): NetOrder[] {
  const { seed, market } = scene
  if (now < market.begin || now > market.end) return []
  const cycle = Math.floor((now - market.begin) / 20_000) + 1
  if (cycle <= numbers.cycle) return []
  numbers.cycle = cycle
  const random = createRandom(`orders ${seed} ${cycle}`)
  const { open } = desk
  if (open.length > 0 && random.uniform() < 0.4) desk.askCancel(open[random.integer(0, open.length - 1)]!.order, now)
  if (random.uniform() < 0.5) return []
  const instrument = market.instruments[random.integer(0, market.instruments.length - 1)]!
  if (frozen.has(instrument.id)) return []
  const isBuy = random.uniform() < 0.5
  const price = market.priceAt(instrument.index, now) * (isBuy ? 0.997 : 1.003)
  const limit = (Math.floor(price * 100) / 100) as Price
  const shares = random.integer(1, 50) * (isBuy ? 1 : -1)
  return [
    {
      id: (cycle * SEQUENCES) as OrderId,
      cycle,
      account: scene.input.config.account.id,
      legs: [{ instrument: instrument.id, ratio: 1 }],
      terms: random.uniform() < 0.5 ? { type: 'market', force: 'day' } : { type: 'limit', limit, force: 'gtc' },
      quantity: (shares * instrument.unitsPerWhole) as Quantity,
      crossed: 0 as Quantity,
      shares: [],
      reducing: false,
    },
  ]
}

/** In the end every order is known, every execution is booked, and what nobody could know was said. */
function judge(world: World): Promise<void> {
  const { venue, disk, watch } = world
  const { executions } = disk.tables(PORTFOLIO)
  for (const { id, kind } of venue.books.executions)
    if (kind === 'trade' && !executions.has(`${BROKER_NAME} ${id}`)) watch.report(`execution ${id} was never booked`)
  judgeOrders(world)
  return Promise.resolve()
}
