import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import type { OpenedStore } from '../../src/adapters/store/sql-store.ts'
import { EQUITY_GRAINS, type EquityRow } from '../../src/domain/projections.ts'
import { rowsFrom } from './rows.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const START = Date.UTC(2026, 0, 5)
const DAYS = 70

const LENGTH: Readonly<Record<string, number>> = { hour: HOUR, day: DAY, week: 7 * DAY, month: 30 * DAY }

/** One close every half hour, rolled up; equity falls to half at noon of every day. */
function rows(sleeve: string): readonly EquityRow[] {
  const made = new Map<string, EquityRow>()
  for (let at = START; at < START + DAYS * DAY; at += HOUR / 2) {
    const equity = (at - START) % DAY === DAY / 2 ? 50 : 100
    for (const grain of EQUITY_GRAINS) {
      const bucket = grain === 'cycle' ? at : START + Math.floor((at - START) / LENGTH[grain]!) * LENGTH[grain]!
      const one = made.get(`${grain} ${bucket}`)
      const [first, minimum] = [one?.first ?? equity, Math.min(one?.minimum ?? equity, equity)]
      const maximum = Math.max(one?.maximum ?? equity, equity)
      const stretch = {
        sleeve,
        grain,
        bucket,
        at,
        seq: 0,
        first,
        minimum,
        maximum,
        equity,
        closes: (one?.closes ?? 0) + 1,
      }
      const rest = { cash: 0, gross: 0, net: 0, positions: 0, flow: 0, growth: 1, peak: 1, volatility: null }
      made.set(`${grain} ${bucket}`, { ...stretch, ...rest })
    }
  }
  return [...made.values()]
}

export function equitySeriesContract(name: string, place: () => Promise<string>): void {
  describe(`equity of ${name}`, () => {
    let store: OpenedStore
    beforeAll(async () => {
      store = await openStore(await place(), { create: true, key: null })
      const lease = (await store.lease('one'))!
      await store.commit('one', lease, { rows: rowsFrom(0, 1), projected: { equity: [...rows(''), ...rows('a')] } })
      await lease.release()
    })
    afterAll(() => store.close())

    const asked = (from: number, to: number, points: number) =>
      store.projections.equitySeries('one', '', { from, to, points })
    const END = START + DAYS * DAY

    it.each([
      [2, 'month', 3],
      [5, 'week', 10],
      [50, 'day', 70],
      [500, 'hour', 1_680],
      [2_000, 'cycle', 3_360],
      [1_000_000, 'cycle', 3_360],
    ])('of %d points is by the %s', async (points, grain, count) => {
      const found = await asked(START, END, points)
      expect([found.length, new Set(found.map((row) => row.grain))]).toEqual([count, new Set([grain])])
      expect(Math.min(...found.map(({ minimum }) => minimum))).toBe(50)
      expect(found.every(({ at }, index) => index === 0 || at > found[index - 1]!.at)).toBe(true)
    })

    it('is of what the range touches only', async () => {
      const found = await asked(START + DAY, START + 2 * DAY - 1, 20)
      expect(found.map(({ bucket }) => bucket)).toEqual(
        Array.from({ length: 24 }, (_, hour) => START + DAY + hour * HOUR),
      )
      expect(await asked(END + DAY, END + 2 * DAY, 5)).toEqual([])
      expect(await store.projections.equitySeries('one', 'nobody', { from: START, to: END, points: 5 })).toEqual([])
    })

    it('does not begin late where fine roll-ups were let go of', async () => {
      const cut = START + 60 * DAY
      const { db } = store.tables
      await db.deleteFrom('equity').where('grain', 'in', ['cycle', 'hour']).where('at', '<', cut).execute()
      const all = await asked(START, END, 1_000)
      expect([all.length, all[0]!.grain, all[0]!.bucket]).toEqual([70, 'day', START])
      const late = await asked(cut + DAY, cut + 2 * DAY - 1, 40)
      expect([late.length, late[0]!.grain]).toEqual([48, 'cycle'])
    })
  })
}
