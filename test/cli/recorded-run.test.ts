import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HAS_STORE } from '../store.ts'
import { command, commands, type Ended } from './command.ts'

/*
 * What can be asked of a store after a period on paper, as a user asks it.
 */

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const PRESET = join(root, 'presets/momentum-reversion-trend.yaml')
const PERIOD = ['--from', '2023-01-01', '--to', '2023-06-30']
const RUN_MS = 180_000

interface Event {
  readonly seq: number
  readonly kind: string
  readonly what: string
}

interface Explained {
  readonly order: number
  readonly event: number
  readonly net: number
  readonly shares: readonly { readonly event: number; readonly bookings: readonly { readonly quantity: number }[] }[]
  readonly route: { readonly clientId: string; readonly state: string; readonly sends: number } | null
}

describe('a store after a period on paper (needs an SQLite driver)', { skip: !HAS_STORE }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'polyfolio-recorded-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const store = ['--store', 'paper.db']
  let events: readonly Event[] = []
  let order = ''
  const ask = async (...args: readonly string[]): Promise<Ended> => command(folder, [...args, ...store])
  const json = async <T>(...args: readonly string[]): Promise<T> => JSON.parse((await ask(...args, '--json')).out) as T

  beforeAll(async () => {
    expect((await ask('paper', PRESET, ...PERIOD)).code).toBe(0)
    events = (await json<{ events: readonly Event[] }>('replay', PRESET, '--from', '0')).events
    order = /order (\d+)/.exec(events.find(({ kind }) => kind === 'fills')!.what)![1]!
  }, RUN_MS)

  it(
    'tells every event from a number on, up to another',
    async () => {
      expect(events.map(({ seq }) => seq)).toEqual([...events.keys()])
      const told = await json<{ seq: number; events: readonly Event[] }>('replay', PRESET, '--from', '60', '--to', '70')
      expect(told.seq).toBe(70)
      expect(told.events).toEqual(events.slice(60, 71))
      const wrong = await ask('replay', PRESET, '--from', '70', '--to', '60')
      expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('--from 70 is after --to 60')])
    },
    RUN_MS,
  )

  it(
    'explains an order by its number and by the id that the broker was told',
    async () => {
      const one = await json<Explained>('explain', order)
      expect(String(one.order)).toBe(order)
      expect(one.route).toMatchObject({ state: 'filled', sends: 1 })
      const booked = one.shares.flatMap(({ bookings }) => bookings.map(({ quantity }) => quantity))
      expect(booked.reduce((sum, quantity) => sum + quantity, 0)).toBe(one.net)
      for (const share of one.shares) expect(share.event).toBeLessThan(one.event)
      expect(await json<Explained>('explain', one.route!.clientId)).toEqual(one)
      const text = await ask('explain', order)
      for (const [place, step] of ['Bar', 'Signal', 'Size', 'Rules', 'Netting', 'Route', 'Fills', 'Shares'].entries())
        expect(text.out).toContain(`\n\n${place + 1} ${step}\n`)
      expect(text.out).toContain(`client id ${one.route!.clientId}`)
    },
    RUN_MS,
  )

  it(
    'puts the period beside another allocator, and beside a backtest of the same bars',
    async () => {
      const [under, same, review] = await commands(folder, [
        ['whatif', ...store, '--allocator', 'erc', '--json'],
        ['whatif', PRESET, ...store, '--json'],
        ['paper', 'review', ...store, '--json'],
      ])
      const runsOf = (ended: Ended) =>
        (JSON.parse(ended.out) as { runs: readonly { name: string; orders: number; booksHash: string }[] }).runs
      expect(runsOf(under!).map(({ name }) => name)).toEqual(['Momentum, reversion and trend, as it was', 'under erc'])
      const reviewed = JSON.parse(review!.out) as { days: number; isLongEnough: boolean; isSameBooks: boolean }
      const [was, would] = runsOf(same!)
      expect(reviewed.isSameBooks).toBe(was!.booksHash === would!.booksHash)
      expect([reviewed.days, reviewed.isLongEnough]).toEqual([124, true])
      expect(runsOf(under!)[1]!.booksHash).not.toBe(would!.booksHash)
    },
    RUN_MS,
  )

  it(
    'says what it cannot answer',
    async () => {
      const [nothing, unknown, absent] = await commands(folder, [
        ['whatif', ...store],
        ['explain', '7', ...store],
        ['whatif', join(root, 'presets/six-bots.yaml'), ...store],
      ])
      expect([nothing!.code, nothing!.err]).toEqual([2, expect.stringContaining('nothing would be different')])
      expect([unknown!.code, unknown!.err]).toEqual([
        2,
        expect.stringContaining('no order "7" in the store "paper.db"'),
      ])
      expect([absent!.code, absent!.err]).toEqual([2, expect.stringContaining('of which the store has no bar')])
    },
    RUN_MS,
  )
})
