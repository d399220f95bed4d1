import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isEnded } from '../../src/domain/order-records.ts'
import { propertyRuns } from '../profile.ts'
import { MUTANTS } from './mutants.ts'
import { type CrashAt, INSTRUMENTS, type Mutant, Rig } from './rig.ts'
import { type CancelFate, isLive, type SubmitFate, type VenueRules } from './venue.ts'

type Step =
  | { readonly do: 'order'; readonly place: number; readonly units: number; readonly isStructure: boolean }
  | { readonly do: 'fate'; readonly fate: SubmitFate }
  | { readonly do: 'cancel'; readonly place: number; readonly fate: CancelFate }
  | { readonly do: 'fill'; readonly place: number; readonly part: number }
  | { readonly do: 'end'; readonly place: number; readonly state: 'cancelled' | 'expired' | 'rejected' }
  | { readonly do: 'wait'; readonly milliseconds: number }
  | { readonly do: 'deliver'; readonly how: 'once' | 'twice' | 'lost' | 'reversed' | 'oneByOne' }
  | { readonly do: 'crash'; readonly at: CrashAt | null }
  | { readonly do: 'gap' }
  | { readonly do: 'mute'; readonly isMute: boolean }
  | { readonly do: 'lag'; readonly milliseconds: number }
  | { readonly do: 'gate'; readonly isShut: boolean }
  | { readonly do: 'foreign'; readonly units: number }
  | { readonly do: 'amend'; readonly place: number; readonly part: number }

const place = fc.nat(20)
const FATES: readonly SubmitFate[] = [
  'taken',
  'answerLost',
  'requestLost',
  'late',
  'veryLate',
  'rejected',
  'deferred',
  'silent',
]
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('order' as const),
        place,
        units: fc.integer({ min: -5, max: 5 }).filter((units) => units !== 0),
        isStructure: fc.boolean(),
      }),
    },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('fate' as const), fate: fc.constantFrom(...FATES) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('cancel' as const),
        place,
        fate: fc.constantFrom<CancelFate>('taken', 'answerLost', 'requestLost', 'stuck'),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('fill' as const), place, part: fc.integer({ min: 1, max: 4 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('end' as const),
        place,
        state: fc.constantFrom('cancelled' as const, 'expired' as const, 'rejected' as const),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('wait' as const),
        milliseconds: fc.oneof(fc.integer({ min: 1, max: 6_000 }), fc.integer({ min: 6_000, max: 90_000 })),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('deliver' as const),
        how: fc.constantFrom(
          'once' as const,
          'twice' as const,
          'lost' as const,
          'reversed' as const,
          'oneByOne' as const,
        ),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('crash' as const),
        at: fc.constantFrom<CrashAt | null>('beforeCommit', 'beforeSend', 'afterSend', null),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ do: 'gap' as const }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('mute' as const), isMute: fc.boolean() }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('lag' as const), milliseconds: fc.integer({ min: 0, max: 5_000 }) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('gate' as const), isShut: fc.boolean() }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('foreign' as const), units: fc.integer({ min: 1, max: 9 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('amend' as const), place, part: fc.integer({ min: 0, max: 4 }) }),
    },
  ),
  { minLength: 5, maxLength: 60, size: 'max' },
)

const rules: fc.Arbitrary<VenueRules> = fc.record({
  clientIds: fc.constantFrom('enforced' as const, 'none' as const),
  requestLife: fc.constantFrom(null, 3_000, 5_000),
  repeated: fc.constantFrom('accepted' as const, 'rejected' as const),
})

function take(rig: Rig, step: Step): void {
  const { venue } = rig
  const live = venue.orders.filter(isLive)
  const order = 'place' in step ? live[step.place % Math.max(1, live.length)] : undefined
  switch (step.do) {
    case 'order': {
      const [first, second] = [INSTRUMENTS[step.place % 3]!, INSTRUMENTS[(step.place + 1) % 3]!]
      const isPair = step.isStructure && step.place % 4 === 0
      const legs = isPair
        ? [
            { instrument: first, ratio: 1 },
            { instrument: second, ratio: -2 },
          ]
        : [{ instrument: first, ratio: 1 }]
      rig.intend([{ legs, quantity: step.units * 10 }])
      return
    }
    case 'fate':
      rig.fates.push(step.fate)
      return
    case 'cancel': {
      const { open } = rig.desk
      rig.cancelFates.push(step.fate)
      if (open.length > 0) rig.askCancel(open[step.place % open.length]!.order)
      return
    }
    case 'fill': {
      if (order === undefined) return
      const left = order.request.quantity - order.gross
      const isWhole = step.part === 4 || order.request.legs.length > 1
      const units = isWhole ? left : Math.trunc((left * step.part) / 4)
      if (units !== 0) venue.fill(order, units, rig.now)
      return
    }
    case 'end':
      if (order !== undefined) venue.end(order, step.state)
      return
    case 'wait':
      rig.wait(step.milliseconds)
      return
    case 'deliver':
      rig.deliver(step.how)
      return
    case 'crash':
      if (step.at === null) rig.restart()
      else rig.crashAt = step.at
      return
    case 'gap':
      rig.gap()
      return
    case 'mute':
      venue.isMute = step.isMute
      return
    case 'lag':
      venue.lag = step.milliseconds
      return
    case 'gate':
      rig.isGateShut = step.isShut
      return
    case 'foreign':
      venue.trade(INSTRUMENTS[0]!, step.units, rig.now)
      return
    case 'amend':
      amend(rig, step.place, step.part)
  }
}

/** The last word on a trade changes; never of a structure, which a venue takes back as a whole. */
function amend({ venue, now }: Rig, at: number, part: number): void {
  const corrected = new Set(venue.executions.map(({ corrects }) => corrects))
  const plain = venue.executions.filter(
    ({ id, kind, clientId }) =>
      kind === 'trade' &&
      !corrected.has(id) &&
      !venue.orders.some(({ request }) => request.clientId === clientId && request.legs.length > 1),
  )
  const target = plain[at % Math.max(1, plain.length)]
  if (target === undefined) return
  venue.amend(target, Math.trunc((target.quantity * part) / 5), now)
}

/** All goes well again, for long enough. */
function heal(rig: Rig): void {
  rig.crashAt = null
  rig.isGateShut = false
  rig.fates = []
  rig.cancelFates = []
  rig.wait(90_000)
  rig.venue.heal(rig.now)
  rig.showOpenOrders()
  rig.wait(400_000)
}

/** What must be true in the end, whatever went wrong on the way. */
function check(rig: Rig): void {
  const { venue, books, records, desk } = rig
  const paged = new Set(rig.alerts.map(({ clientId }) => clientId))
  for (const { clientId, order, state, filled, legs } of records.values()) {
    const there = venue.orders.filter(({ request }) => request.clientId === clientId)
    expect(there.length, `order ${order} is at the venue once at most`).toBeLessThanOrEqual(1)
    const known = books.orders[order]!
    const [at] = there
    const units = legs.length === 1 ? venue.standing(clientId) : (at?.filled ?? 0)
    expect(filled, `units of order ${order} (${state})`).toBe(units)
    for (const { instrument, ratio } of legs) {
      expect(known.filled[instrument] ?? 0, `booked of order ${order}`).toBe(units * ratio + 0)
    }
    if (state === 'unknown') {
      expect(paged.has(clientId), `order ${order} is unknown, and somebody was told`).toBe(true)
      expect(known.state).toBe('unknown')
      continue
    }
    if (at !== undefined && isLive(at)) expect(state, `order ${order} lives at the venue`).toBe('acked')
    else expect(isEnded(state), `order ${order} is over, not ${state}`).toBe(true)
    expect(known.state === 'working', `the kernel thinks that order ${order} works`).toBe(state === 'acked')
    // What was concluded before the venue showed it keeps that end.
    const isShown = at !== undefined && at.acceptedAt < (rig.endedAt.get(clientId) ?? 0)
    const isVenues = isShown && !isLive(at) && !paged.has(clientId)
    if (isVenues && venue.standing(clientId) === at.filled) expect(state).toBe(at.state)
  }
  expect(books.foreign).toBe(venue.standing(null))
  expect([...rig.executions.keys()].toSorted(byText)).toEqual(venue.executions.map(({ id }) => id).toSorted(byText))
  expect(books.connected).toBe(true)
  expect(desk.unknowns).toBe([...records.values()].filter(({ state }) => state === 'unknown').length)
}

const byText = (one: string, other: string): number => (one < other ? -1 : Number(one > other))

function play(venueRules: VenueRules, script: readonly Step[], mutant?: Mutant): void {
  const rig = new Rig(venueRules, mutant)
  for (const step of script) take(rig, step)
  heal(rig)
  check(rig)
}

describe('the order protocol, whatever happens on the way', () => {
  it('books each execution once, leaves no order behind and sends none twice', () => {
    fc.assert(
      fc.property(rules, steps, (venueRules, script) => play(venueRules, script)),
      propertyRuns(400, 10_000),
    )
  }, 600_000)

  it('changes nothing when it is taken up again twice', () => {
    fc.assert(
      fc.property(rules, steps, (venueRules, script) => {
        const rig = new Rig(venueRules)
        for (const step of script) take(rig, step)
        heal(rig)
        const before = JSON.stringify([rig.books, [...rig.records.values()]])
        rig.restart()
        rig.restart()
        rig.wait(60_000)
        const strip = (text: string): string => text.replaceAll(/"changedAt":\d+|"evidence":"[^"]*"/g, '')
        expect(strip(JSON.stringify([rig.books, [...rig.records.values()]]))).toBe(strip(before))
      }),
      propertyRuns(60, 2_000),
    )
  }, 600_000)

  it.each(Object.entries(MUTANTS))('finds %s, by what it breaks', (_, { mutant, breaks }) => {
    const found = fc.check(
      fc.property(rules, steps, (venueRules, script) => play(venueRules, script, mutant)),
      { ...propertyRuns(400, 2_000), endOnFailure: true },
    )
    expect(found.failed).toBe(true)
    expect((found.errorInstance as Error).message).toMatch(breaks)
  })
})
