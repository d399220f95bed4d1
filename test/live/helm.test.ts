import { describe, expect, it } from 'vitest'
import type { ControlAnswer, ControlBody, ControlCommand } from '../../src/domain/control.ts'
import type { Discrepancy } from '../../src/domain/discrepancies.ts'
import { clockId, type Instant } from '../../src/domain/units.ts'
import { shutGates } from '../../src/engine/gates/gates.ts'
import type { EventBody } from '../../src/engine/run/broker-side.ts'
import type { Moment } from '../../src/live/gates/moment.ts'
import { createHelm, type Helm, type HelmOptions } from '../../src/live/helm/helm.ts'
import { type GatedRun, gatedRun } from '../fixtures/gated-run.ts'
import { type Act, type HandBar, type HandRun, handRun, SHARE } from '../simulation/hand-run.ts'

const flat = (bars: number): HandBar[] => Array.from({ length: bars }, () => ({ open: 100 }))
const LIVE: HelmOptions = {
  role: 'live',
  accountSuffix: 'A-98761234',
  isPaced: false,
  freshness: { graceMs: 30_000, barsMissed: 2 },
}
const nothing: Act = () => {}
const buys: Act = (_, out, bar) => {
  if (bar % 3 === 0) out.target(0, (10 * SHARE) as never, 'own')
}

/** A kernel and its helm, as the engine joins them: events are given, what the kernel declines is the answer. */
class Bridge {
  readonly gated: GatedRun
  helm: Helm
  #asked = 0
  constructor(given: Partial<HandRun> = {}, options: HelmOptions = LIVE, isFirst = false) {
    const sleeves = { one: { capital: 100_000, act: buys }, two: { capital: 100_000, act: nothing } }
    this.gated = gatedRun(handRun({ prices: { A: flat(40) }, sleeves, ...given }))
    this.helm = createHelm(options)
    this.gated.take(2)
    this.tell(this.helm.begin(this.now, isFirst))
  }
  get now(): Moment {
    const { at } = this.gated.run
    return { wall: at, monotonic: at }
  }
  get seq(): number {
    return this.gated.run.kernel.runtime.state.seq
  }
  get shut(): readonly string[] {
    return shutGates(this.gated.run.kernel.runtime).map(({ gate }) => gate)
  }
  tell(bodies: readonly EventBody[]): string {
    let declined = ''
    for (const body of bodies) {
      for (const command of this.gated.say(body)) if (command.kind === 'declined') declined ||= command.reason
    }
    this.helm.look(this.gated.run.kernel.runtime)
    return declined
  }
  ask(body: ControlBody, given: Partial<ControlCommand> = {}): ControlAnswer {
    this.#asked += 1
    const { wall } = this.now
    const command: ControlCommand = {
      id: `c${this.#asked}`,
      portfolio: 'hand',
      actor: 'ann',
      at: wall,
      seen: this.seq,
      until: null,
      body,
      state: 'begun',
      answer: '',
      ...given,
    }
    const turn = this.helm.obey(command, this.gated.run.kernel.runtime, this.now)
    const answer = turn.answer(this.tell(turn.events))!
    turn.committed()
    return answer
  }
  arm(account = '1234'): ControlAnswer {
    return this.ask({ kind: 'arm', account, until: null })
  }
}

const kill: ControlBody = { kind: 'kill', reason: 'I am worried' }
const revive: ControlBody = { kind: 'revive', reason: 'it was nothing', account: '1234' }

describe('a live engine at the helm', () => {
  it('starts disarmed, sends nothing until it is armed, and not after leave has ended', () => {
    const bridge = new Bridge()
    expect(bridge.shut).toEqual(['armed'])
    bridge.gated.take(2)
    expect(bridge.gated.sent()).toEqual([])
    expect(bridge.arm()).toMatchObject({ state: 'done' })
    expect(bridge.shut).toEqual([])
    expect(bridge.helm.armedUntil).toBeGreaterThan(bridge.now.wall)
    bridge.gated.next()
    expect(bridge.gated.sent()).toHaveLength(1)
    const later = { wall: (bridge.helm.armedUntil! + 1) as Instant, monotonic: bridge.now.monotonic }
    bridge.tell(bridge.helm.time(bridge.gated.run.kernel.runtime, later))
    expect(bridge.shut).toEqual(['armed'])
  })

  it('is armed by nobody who does not name the account', () => {
    const bridge = new Bridge()
    for (const typed of ['', '4', '234', '9999', '12345', 'a-98761234']) {
      expect(bridge.arm(typed)).toMatchObject({ state: 'declined', answer: expect.stringContaining('does not end in') })
    }
    expect(bridge.shut).toEqual(['armed'])
    expect(bridge.arm('98761234')).toMatchObject({ state: 'done' })
  })

  it('is armed by nobody while something else is shut, and says what', () => {
    const bridge = new Bridge()
    bridge.gated.gate('reconciled', false)
    bridge.gated.gate('fresh', false, 'A')
    const { answer } = bridge.arm()
    expect(answer).toContain('reconciled (test)')
    expect(answer).toContain('fresh of A (test)')
    bridge.gated.gate('reconciled', true)
    bridge.gated.gate('fresh', true, 'A')
    expect(bridge.arm()).toMatchObject({ state: 'done' })
  })

  it('loses its leave when books and broker differ, and has none before somebody has said what that is', () => {
    const bridge = new Bridge()
    expect(bridge.arm().state).toBe('done')
    const at = bridge.now.wall
    const found: Discrepancy = {
      id: 'position-A-1',
      kind: 'position',
      subject: 'A',
      ours: 10,
      theirs: 5,
      difference: -5,
      adopted: -5,
      isForeign: false,
      since: at,
      changedAt: at,
      state: 'open',
      resolution: '',
    }
    const tell = (discrepancy: Discrepancy): void => {
      const reconciliation = { accountNumber: 'A-98761234', cursor: '', discrepancies: [discrepancy] }
      bridge.tell([{ kind: 'reconciled', reconciliation }])
      bridge.tell(bridge.helm.time(bridge.gated.run.kernel.runtime, bridge.now))
    }
    tell({ ...found, isForeign: true })
    expect([bridge.helm.armedUntil === null, bridge.shut]).toEqual([false, []])
    tell(found)
    expect([bridge.helm.armedUntil, bridge.shut]).toEqual([null, ['armed']])
    expect(bridge.arm()).toMatchObject({ state: 'declined' })
    expect(bridge.arm().answer).toContain('"position-A-1"')
    tell({ ...found, state: 'resolved', resolution: 'accepted' })
    expect(bridge.arm().state).toBe('done')
  })

  it('says that it has no leave where a breaker of the desk took it away', () => {
    const bridge = new Bridge()
    bridge.arm()
    bridge.tell([{ kind: 'gate', gate: 'armed', isOpen: false, instrument: null, reason: 'too many orders' }])
    bridge.tell(bridge.helm.time(bridge.gated.run.kernel.runtime, bridge.now))
    expect([bridge.helm.armedUntil, bridge.shut]).toEqual([null, ['armed']])
  })

  it('loses its leave by every doubt, and by the kill switch', () => {
    for (const doubt of ['breach', 'mismatch', 'lease', 'clock'] as const) {
      const bridge = new Bridge()
      bridge.arm()
      bridge.tell(bridge.helm.doubt(doubt, bridge.now))
      expect(bridge.shut).toEqual(['armed'])
    }
    const bridge = new Bridge()
    bridge.arm()
    bridge.ask(kill)
    expect([...bridge.shut].sort()).toEqual(['alive', 'armed'])
  })
})

describe('the kill switch at the helm', () => {
  it('holds from the moment it is read, and until a revival is committed', () => {
    const bridge = new Bridge()
    const command = { id: 'k', portfolio: 'hand', actor: 'ann', at: bridge.now.wall, seen: -1, until: null } as const
    const turn = bridge.helm.obey(
      { ...command, body: kill, state: 'begun', answer: '' },
      bridge.gated.run.kernel.runtime,
      bridge.now,
    )
    expect(bridge.helm.latch.reason).toBe('I am worried')
    expect(bridge.shut).not.toContain('alive')
    bridge.tell(turn.events)
    expect(bridge.shut).toContain('alive')
    const lifted = bridge.helm.obey(
      { ...command, id: 'r', seen: bridge.seq, body: revive, state: 'begun', answer: '' },
      bridge.gated.run.kernel.runtime,
      bridge.now,
    )
    expect(lifted.answer(bridge.tell(lifted.events))).toMatchObject({ state: 'done' })
    expect(bridge.helm.latch.reason).not.toBe('')
    lifted.committed()
    expect(bridge.helm.latch.reason).toBe('')
  })

  it('needs no proof and no newer view; its revival needs both', () => {
    const bridge = new Bridge()
    const before = bridge.seq
    expect(bridge.ask(kill, { seen: -1 })).toMatchObject({ state: 'done' })
    expect(bridge.ask({ ...revive, account: '' })).toMatchObject({ state: 'declined' })
    expect(bridge.ask(revive, { seen: before })).toMatchObject({
      state: 'declined',
      answer: expect.stringContaining('something changed since'),
    })
    expect(bridge.ask(revive)).toMatchObject({ state: 'done', answer: 'revived; still shut: armed' })
    expect(bridge.ask(revive)).toMatchObject({ state: 'declined', answer: 'the account is not killed' })
  })

  it('is not the only thing that a revival opens: so does what a breaker froze or made to reduce, and nothing else', () => {
    const bridge = new Bridge()
    const freeze = (instrument: string, reason: string): EventBody =>
      ({ kind: 'gate', gate: 'frozen', isOpen: false, instrument, reason }) as never
    const mode = (): string => bridge.gated.run.kernel.runtime.state.gates?.mode ?? 'active'
    bridge.arm()
    expect(bridge.ask(revive)).toMatchObject({ state: 'declined' })
    bridge.tell([freeze('A', '5 orders of A were rejected'), { kind: 'mode', mode: 'reducing', reason: 'notional' }])
    expect([bridge.shut, mode()]).toEqual([['frozen'], 'reducing'])
    expect(bridge.ask(revive)).toEqual({ id: 'c3', state: 'done', answer: 'revived' })
    expect([bridge.shut, mode()]).toEqual([[], 'active'])
    bridge.tell([freeze('A', 'reconciliation: x'), { kind: 'mode', mode: 'reducing', reason: 'reconciliation: y' }])
    expect(bridge.ask(revive)).toMatchObject({ state: 'declined' })
    expect([bridge.shut, mode()]).toEqual([['frozen'], 'reducing'])
  })

  it('counts as used where nobody can tell', () => {
    const bridge = new Bridge()
    bridge.arm()
    bridge.tell(bridge.helm.unable('the store does not answer'))
    expect(bridge.shut).toContain('alive')
    expect(bridge.helm.latch.reason).toContain('the store does not answer')
    expect(bridge.helm.unable('again')).toEqual([])
  })
})

describe('a command', () => {
  it('that was asked too long ago is not begun', () => {
    const bridge = new Bridge()
    const until = (bridge.now.wall - 1) as Instant
    expect(bridge.ask({ kind: 'flatten', sleeve: null, account: '1234' }, { until })).toMatchObject({
      state: 'declined',
      answer: 'it was asked too long ago',
    })
  })

  it('names a sleeve that there is', () => {
    const bridge = new Bridge()
    expect(bridge.ask({ kind: 'pause', sleeve: 'three' }).answer).toBe('no sleeve "three"; there are "one", "two"')
  })

  it('to pause all pauses those that trade, and all go on', () => {
    const bridge = new Bridge()
    expect(bridge.ask({ kind: 'pause', sleeve: 'one' }).answer).toBe('paused: one')
    expect(bridge.ask({ kind: 'pause', sleeve: 'one' })).toMatchObject({ state: 'declined' })
    expect(bridge.ask({ kind: 'pause', sleeve: null }).answer).toBe('paused: two')
    expect(bridge.ask({ kind: 'resume', sleeve: null }).answer).toBe('resumed: one, two')
    expect(bridge.ask({ kind: 'resume', sleeve: null }).state).toBe('declined')
  })

  it('to resume is refused who has not seen why it was stopped', () => {
    const bridge = new Bridge()
    const { seq } = bridge
    bridge.ask({ kind: 'pause', sleeve: 'one' })
    expect(bridge.ask({ kind: 'resume', sleeve: 'one' }, { seen: seq }).state).toBe('declined')
    expect(bridge.ask({ kind: 'resume', sleeve: 'one' }).state).toBe('done')
  })

  it('to flatten closes what is held, armed or not', () => {
    const bridge = new Bridge()
    bridge.arm()
    bridge.gated.take(4)
    expect(bridge.gated.held(0, 0)).toBe(10)
    bridge.ask({ kind: 'disarm', reason: 'enough' })
    expect(bridge.ask({ kind: 'flatten', sleeve: 'one', account: '99' }).state).toBe('declined')
    expect(bridge.ask({ kind: 'flatten', sleeve: 'one', account: '1234' }).state).toBe('done')
    bridge.gated.take(2)
    expect(bridge.gated.held(0, 0)).toBe(0)
    expect(bridge.gated.problems()).toEqual([])
  })

  it('about an approval that nobody waits for is declined', () => {
    const bridge = new Bridge()
    for (const approval of ['7', 'x', '']) {
      expect(bridge.ask({ kind: 'approve', approval, decision: 'approve', quantity: null }).answer).toContain('waits')
    }
  })

  it('begins with a part of its allocation where nothing was ever written of it, and only then', () => {
    const options = { ...LIVE, startFraction: 0.1 }
    const partOf = (bridge: Bridge) => bridge.gated.run.kernel.runtime.state.liveFraction
    expect(partOf(new Bridge({}, options, true))).toBe(0.1)
    expect(partOf(new Bridge({}, options, false))).toBeUndefined()
    expect(partOf(new Bridge({}, { ...options, role: 'paper' }, true))).toBeUndefined()
    const raised = new Bridge({}, options, true)
    expect(raised.ask({ kind: 'fraction', fraction: 0.25, account: '1234' }).state).toBe('done')
    expect(partOf(raised)).toBe(0.25)
  })

  it('for a larger part of the allocation needs the account, for a smaller one not', () => {
    const bridge = new Bridge()
    const { state } = bridge.gated.run.kernel.runtime
    expect(bridge.ask({ kind: 'fraction', fraction: 0.1, account: '' }).state).toBe('done')
    expect(state.liveFraction).toBe(0.1)
    expect(bridge.ask({ kind: 'fraction', fraction: 0.25, account: '' }).state).toBe('declined')
    expect(bridge.ask({ kind: 'fraction', fraction: 0.25, account: '1234' }).answer).toBe(
      '25 % of the allocation trades',
    )
    for (const fraction of [0, -1, 1.5, Number.NaN]) {
      expect(bridge.ask({ kind: 'fraction', fraction, account: '1234' }).state).toBe('declined')
    }
    expect(bridge.ask({ kind: 'fraction', fraction: 1, account: '1234' }).state).toBe('done')
    expect(state.liveFraction).toBeUndefined()
  })
})

describe('an engine on paper', () => {
  const PAPER: HelmOptions = { ...LIVE, role: 'paper', accountSuffix: '' }

  it('needs no leave, and takes none that was taken away', () => {
    const bridge = new Bridge({}, PAPER)
    expect(bridge.shut).toEqual([])
    bridge.gated.take(2)
    expect(bridge.ask({ kind: 'disarm', reason: 'lunch' }).state).toBe('done')
    expect(bridge.shut).toEqual(['armed'])
    expect(bridge.arm('').state).toBe('done')
    expect(bridge.shut).toEqual([])
  })

  it('whose timers come late only reduces, where its prices are of the present', () => {
    const replayed = new Bridge({}, PAPER)
    const { runtime } = replayed.gated.run.kernel
    replayed.tell(replayed.helm.time(runtime, replayed.now, 10_000))
    expect(runtime.state.gates).toBeUndefined()
    const bridge = new Bridge({}, { ...PAPER, isPaced: true })
    const { state } = bridge.gated.run.kernel.runtime
    bridge.tell(bridge.helm.time(bridge.gated.run.kernel.runtime, bridge.now, 10_000))
    expect([state.gates?.mode, state.gates?.modeReason]).toEqual(['reducing', 'event loop: timers came 10000 ms late'])
  })

  it('that is fed as time goes on shuts what is stale and opens it when its prices go on', () => {
    const bridge = new Bridge({}, { ...PAPER, isPaced: true })
    const { runtime } = bridge.gated.run.kernel
    const { clock } = bridge.gated.run.cursors[0]!.block
    const slice = { clock, instruments: Int32Array.of(0), close: Float64Array.of(100) }
    const saw = (): void => bridge.helm.saw([{ ...slice, at: bridge.now.wall } as never], runtime)
    const at = (ms: number): Moment => ({
      wall: (bridge.now.wall + ms) as Instant,
      monotonic: bridge.now.monotonic + ms,
    })
    const read = (ms: number): void => {
      const now = at(ms)
      bridge.tell(bridge.helm.read({ kind: 'reading', sent: now, received: now, theirs: now.wall }, now))
    }
    saw()
    read(0)
    bridge.tell(bridge.helm.time(runtime, at(1_000)))
    expect(bridge.shut).toEqual([])
    expect(bridge.helm.dataAge(at(1_000).wall)).toBe(0)
    const days = 86_400_000
    read(2 * days)
    bridge.tell(bridge.helm.time(runtime, at(2 * days + 60_000)))
    expect(shutGates(runtime)).toMatchObject([{ gate: 'fresh', instrument: 'A' }])
    bridge.gated.take(4)
    saw()
    read(0)
    bridge.tell(bridge.helm.time(runtime, at(0)))
    expect(bridge.shut).toEqual([])
  })

  it('takes the age of a price from the finest bars of its instrument, on which it may only be watched', () => {
    const bridge = new Bridge({}, { ...PAPER, isPaced: true })
    const { runtime } = bridge.gated.run.kernel
    const { block } = bridge.gated.run.cursors[0]!
    const minutes = clockId(`${block.calendar}/1m`)
    Object.assign(runtime.state.instruments[0]!, { clocks: [minutes, block.clock] })
    const at = bridge.now.wall
    const slice = { at, instruments: Int32Array.of(0), close: Float64Array.of(100) }
    bridge.helm.saw([{ ...slice, clock: block.clock } as never], runtime)
    expect(bridge.helm.dataAge(at)).toBeNull()
    bridge.helm.saw([{ ...slice, clock: minutes, at: (at - 60_000) as Instant } as never], runtime)
    bridge.helm.saw([{ ...slice, clock: block.clock } as never], runtime)
    expect(bridge.helm.dataAge(at)).toBe(60_000)
  })
})
