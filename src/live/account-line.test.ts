import { describe, expect, it } from 'vitest'
import type { AccountEvent } from '../domain/broker.ts'
import type { Instant } from '../domain/units.ts'
import { AccountLine } from './account-line.ts'

const event = (id: string): AccountEvent => ({ kind: 'cash', id, at: 0 }) as AccountEvent
const EVERY = 60_000
const AGAIN = 1_000
const PATIENCE = 15_000

/** A broker's list of what happened, a store that is asked slowly, and the line between them. */
function lined() {
  const happened: AccountEvent[] = []
  const stored = new Set<string>()
  const asked: string[] = []
  const own = { isMute: false, fails: false, now: 1_000 }
  const line = new AccountLine({
    broker: {
      name: 'b',
      async accountEventsSince(cursor) {
        asked.push(cursor)
        if (own.isMute) await new Promise(() => {})
        if (own.fails) throw new Error('503')
        const from = cursor === '' ? 0 : Number(cursor)
        return { events: happened.slice(from), cursor: String(happened.length) }
      },
    },
    store: {
      async hasAccountEvents(_portfolio, _broker, ids) {
        const known = ids.filter((id) => stored.has(id))
        await new Promise((resolve) => setImmediate(resolve))
        return known
      },
    },
    portfolio: 'p',
    cursor: '',
    every: EVERY,
    againAfter: AGAIN,
    answerWithin: PATIENCE,
    wake: () => {},
  })
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    line,
    happened,
    stored,
    asked,
    own,
    async look(milliseconds = 0): Promise<void> {
      own.now += milliseconds
      line.look(own.now as Instant)
      await settle()
    },
    /** What it tells, written down. */
    commit(): readonly string[] {
      const told = line.take().map(({ id }) => id)
      const { ids } = line
      for (const id of ids) stored.add(id)
      line.committed(ids)
      return told
    },
    settle,
  }
}

describe('what happens to an account without an order', () => {
  it('is told once, whether it is heard or asked for, twice at once or again', async () => {
    const { line, happened, look, commit, settle } = lined()
    happened.push(event('a'), event('b'))
    line.hear([event('a'), event('a')])
    line.hear([event('a')])
    await look()
    expect(commit()).toEqual(['a', 'b'])
    line.hear([event('a'), event('b')])
    await settle()
    expect(commit()).toEqual([])
    expect(line.cursor).toBe('2')
  })

  it('is known by the store, however much has happened since', async () => {
    const { line, happened, stored, look, commit, settle } = lined()
    happened.push(...Array.from({ length: 12_000 }, (_, number) => event(`e${number}`)))
    await look()
    expect(commit()).toHaveLength(12_000)
    expect(stored.size).toBe(12_000)
    line.hear([event('e0'), event('e11999'), event('new')])
    await settle()
    expect(commit()).toEqual(['new'])
  })

  it('is not told again where it is written down while the store is being asked', async () => {
    const { line, commit, settle } = lined()
    line.hear([event('a')])
    await settle()
    expect(line.take().map(({ id }) => id)).toEqual(['a'])
    // The store says that it has not heard of it, and then it is written.
    line.hear([event('a')])
    expect(commit()).toEqual([])
    await settle()
    expect(commit()).toEqual([])
  })

  it('is asked for again where nobody answers, and where it cannot be read', async () => {
    const { happened, asked, own, look, commit } = lined()
    happened.push(event('a'))
    own.isMute = true
    await look()
    await look(PATIENCE)
    own.isMute = false
    own.fails = true
    await look(AGAIN)
    own.fails = false
    expect(commit()).toEqual([])
    await look(AGAIN)
    expect(asked).toEqual(['', '', ''])
    expect(commit()).toEqual(['a'])
  })

  it('moves its place only with what was told', async () => {
    const { line, happened, look } = lined()
    happened.push(event('a'))
    await look()
    expect([line.cursor, line.hasNews]).toEqual(['', true])
    line.take()
    expect([line.cursor, line.hasNews]).toEqual(['1', false])
  })
})
