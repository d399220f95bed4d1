import { describe, expect, it } from 'vitest'
import { type GatedRun, gatedRun } from '../../../test/fixtures/gated-run.ts'
import { handRun } from '../../../test/simulation/hand-run.ts'
import { type Session, sessionAtIndex } from '../../domain/sessions.ts'
import type { Instant } from '../../domain/units.ts'
import { shutGates } from '../../engine/gates/gates.ts'
import { calendarWatch } from './calendar-watch.ts'

const EVERY = 86_400_000
const AGAIN = 60_000
const PATIENCE = 15_000

/** What a broker says of the calendar: as our table has it, changed by `says`. */
function watched() {
  const bars = Array.from({ length: 10 }, () => ({ open: 100 }))
  const gated: GatedRun = gatedRun(
    handRun({
      prices: { A: bars, COIN: bars },
      instruments: { COIN: { kind: 'crypto' } },
      sleeves: { one: { capital: 100_000, act: () => {} } },
    }),
  )
  gated.take(2)
  const { runtime } = gated.run.kernel
  const [table] = [...runtime.sessions.values()]
  const own = {
    says: (sessions: readonly Session[]): readonly Session[] | null => sessions,
    isMute: false,
    fails: false,
    asked: 0,
  }
  const watch = calendarWatch({
    broker: {
      async sessions(_calendar, from, to) {
        own.asked += 1
        if (own.isMute) await new Promise(() => {})
        if (own.fails) throw new Error('503')
        const all = Array.from({ length: table!.dates.length }, (_, index) => sessionAtIndex(table!, index))
        return own.says(all.filter(({ date }) => date >= from && date <= to))
      },
    },
    every: EVERY,
    againAfter: AGAIN,
    answerWithin: PATIENCE,
    wake: () => {},
  })
  let now = gated.run.at as number
  return Object.assign(own, {
    gated,
    alerts: [] as string[],
    shut: () => shutGates(runtime).map(({ gate, instrument }) => `${gate} ${instrument}`),
    async look(milliseconds = 0): Promise<void> {
      now += milliseconds
      for (let turn = 0; turn < 2; turn += 1) {
        for (const told of watch.look(now as Instant, gated.run.kernel)) {
          if (!('body' in told)) continue
          if (told.body.kind === 'alert') this.alerts.push(told.body.text)
          gated.say(told.body)
        }
        await new Promise((done) => setImmediate(done))
      }
    },
  })
}

describe('a broker’s calendar', () => {
  it('that is ours changes nothing, and is asked for once a day', async () => {
    const one = watched()
    await one.look()
    await one.look(EVERY - 1)
    expect([one.shut(), one.asked]).toEqual([[], 1])
    await one.look(1)
    expect(one.asked).toBe(2)
  })

  it('with a day that we do not have, or other hours, freezes shares until it is the same again', async () => {
    const one = watched()
    one.says = (sessions) => sessions.slice(1)
    await one.look()
    expect(one.shut()).toEqual(['frozen A'])
    expect(one.alerts).toEqual([expect.stringMatching(/^calendar "days": .*: our table trades, the broker does not$/)])
    one.says = (sessions) =>
      sessions.map((session, place) => (place === 1 ? { ...session, close: (session.close - 1) as Instant } : session))
    await one.look(EVERY)
    expect([one.shut(), one.alerts.length]).toEqual([['frozen A'], 1])
    one.says = (sessions) => sessions
    await one.look(EVERY)
    expect(one.shut()).toEqual([])
    expect(one.gated.problems()).toEqual([])
  })

  it('that it does not know, or cannot say, is evidence of nothing, and asked for again', async () => {
    const one = watched()
    one.says = () => null
    await one.look()
    one.says = () => []
    one.fails = true
    await one.look(EVERY)
    one.fails = false
    one.isMute = true
    await one.look(AGAIN)
    one.isMute = false
    await one.look(PATIENCE)
    expect([one.shut(), one.asked]).toEqual([[], 3])
    await one.look(AGAIN)
    expect([one.shut(), one.asked]).toEqual([['frozen A'], 4])
  })

  it('leaves alone what somebody else has frozen', async () => {
    const one = watched()
    one.gated.gate('frozen', false, 'A')
    one.says = (sessions) => sessions.slice(1)
    await one.look()
    one.says = (sessions) => sessions
    await one.look(EVERY)
    expect(one.shut()).toEqual(['frozen A'])
    expect(one.alerts).toEqual([])
  })
})
