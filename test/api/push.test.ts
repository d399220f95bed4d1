import type { ChildProcess } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { PushMessage } from '../../src/api/contract/push.ts'
import { type Client, pushHub, type Socket } from '../../src/api/push/hub.ts'
import { start } from '../cli/command.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'
import { PORTFOLIO, type Served, serving, type Visitor } from './served.ts'

const folder = storeFolder()
const at = `/api/v1/p/${encodeURIComponent(PORTFOLIO)}/push`

interface Listener {
  readonly frames: readonly PushMessage[]
  /** The first frame that fits, however long it takes. */
  until(fits: (frame: PushMessage) => boolean): Promise<PushMessage>
  close(): void
}

describe.skipIf(!HAS_STORE)(`what is pushed ${STORE_NEED}`, () => {
  let served: Served
  let viewer: Visitor
  let engine: ChildProcess | null = null
  const path = folder.path('push.db')
  beforeAll(async () => {
    served = await serving(path)
    await served.addUser('vera', 'viewer')
    viewer = await served.visitor('vera')
    // An instant at a time, so that what happens is told while it does.
    const preset = new URL('../../presets/six-bots.yaml', import.meta.url).pathname
    const market = ['--seed', '26', '--from', '2024-01-02', '--to', '2024-06-28', '--every', '0.1']
    engine = start(folder.path('.'), ['paper', preset, '--store', path, ...market])
    while (!(await served.store.extents()).some(({ rows }) => rows > 50)) await wait(100)
  }, 120_000)
  afterAll(async () => {
    engine?.kill('SIGKILL')
    await served.stop()
    folder.remove()
  })

  function listen(query = ''): Listener {
    const { origin } = served.server
    const socket = new WebSocket(`${origin.replace('http', 'ws')}${at}${query}`, {
      headers: { cookie: viewer.cookie, origin },
    })
    const frames: PushMessage[] = []
    socket.on('message', (data) => frames.push(JSON.parse(String(data)) as PushMessage))
    return {
      frames,
      async until(fits) {
        for (;;) {
          const found = frames.find(fits)
          if (found !== undefined) return found
          await wait(50)
        }
      },
      close: () => socket.close(),
    }
  }

  it('follows what the engine does, in numbers without a gap, one frame of each kind a second; who comes back goes on', async () => {
    const first = listen()
    expect(await first.until(({ kind }) => kind === 'hello')).toMatchObject({ data: { resumed: false } })
    await first.until(({ kind }) => kind === 'equity')
    await first.until(({ kind }) => kind === 'activity')
    const beat = await first.until((frame) => frame.kind === 'beat' && frame.data.engine?.running === true)
    expect(Math.abs(Date.parse(beat.at) - Date.now())).toBeLessThan(60_000)
    const numbered = first.frames.filter(({ kind }) => kind !== 'hello').map(({ n }) => n)
    expect(numbered).toEqual(numbered.map((_, index) => numbered[0]! + index))
    for (const kind of ['figures', 'sleeves', 'equity', 'positions']) {
      const moments = first.frames.filter((frame) => frame.kind === kind).map((frame) => Date.parse(frame.at))
      for (const [index, moment] of moments.slice(1).entries())
        expect(moment - moments[index]!, kind).toBeGreaterThan(500)
    }
    first.close()
    const last = numbered.at(-1)!
    await wait(1_500)
    const second = listen(`?from=${last}`)
    expect(await second.until(({ kind }) => kind === 'hello')).toMatchObject({ data: { resumed: true } })
    const next = await second.until(({ kind }) => kind !== 'hello')
    expect(next.n).toBe(last + 1)
    // Figures that were pushed are those that are read.
    const told = await second.until((frame) => frame.kind === 'figures' && frame.n > last)
    expect(told.data).toMatchObject({ data: { portfolio: PORTFOLIO }, asOf: expect.any(String) })
    const third = listen(`?from=${last - 100_000}`)
    await third.until(({ kind }) => kind === 'hello')
    expect(await third.until(({ kind }) => kind === 'gap')).toMatchObject({ data: { reason: 'forgotten' } })
    second.close()
    third.close()
  }, 180_000)

  it('comes whole to whoever joins while the store is slow', async () => {
    const told = { id: 'x', at: '', actor: '', seen: 0, body: { kind: 'kill', reason: '' }, state: 'asked' } as const
    const { ports, readings } = served.inside
    let slowMs = 1_500
    const slow = async (portfolio: string) => {
      await wait(slowMs)
      return readings.basis(portfolio)
    }
    const hub = pushHub(ports, { names: readings.names, basis: slow }, 'test')
    const visitor = (): { readonly sent: PushMessage[]; readonly client: Client } => {
      const sent: PushMessage[] = []
      const send = (text: string) => void sent.push(JSON.parse(text) as PushMessage)
      const socket: Socket = { send, close: () => {}, bufferedAmount: 0 }
      return { sent, client: { socket, user: 'vera', session: null, isWelcome: () => Promise.resolve(true) } }
    }
    try {
      // Longer than the hub waits before it looks for portfolios that nobody looks at.
      const first = visitor()
      await hub.join(PORTFOLIO, first.client, null)
      hub.tell(PORTFOLIO, 'command', { ...told, answer: 'one' })
      expect(first.sent.at(-1)).toMatchObject({ kind: 'command', data: { answer: 'one' } })
      slowMs = 200
      const second = visitor()
      const joining = hub.join(PORTFOLIO, second.client, first.sent.at(-1)!.n)
      await wait(50)
      hub.tell(PORTFOLIO, 'command', { ...told, answer: 'two' })
      await joining
      expect(second.sent[0]).toMatchObject({ kind: 'hello', data: { resumed: true } })
      const words = second.sent.flatMap((one) => (one.kind === 'command' ? [one.data.answer] : []))
      expect(words).toEqual(['two'])
    } finally {
      hub.close()
    }
  }, 30_000)

  it('is left out for whoever takes it too slowly, who is told to read everything anew', async () => {
    const sent: PushMessage[] = []
    const socket: Socket & { bufferedAmount: number } = {
      send: (text) => sent.push(JSON.parse(text) as PushMessage),
      close: () => {},
      bufferedAmount: 0,
    }
    const client: Client = { socket, user: 'vera', session: null, isWelcome: () => Promise.resolve(true) }
    const { ports, readings } = served.inside
    const hub = pushHub(ports, readings, 'test')
    try {
      await hub.join(PORTFOLIO, client, null)
      const told = {
        id: 'x',
        at: '',
        actor: '',
        seen: 0,
        body: { kind: 'kill', reason: '' },
        state: 'asked',
        answer: '',
      } as const
      hub.tell(PORTFOLIO, 'command', told)
      socket.bufferedAmount = 1 << 20
      for (let frame = 0; frame < 5; frame += 1) hub.tell(PORTFOLIO, 'command', told)
      const before = sent.length
      socket.bufferedAmount = 0
      hub.tell(PORTFOLIO, 'command', told)
      expect(sent.slice(0, before).map(({ kind }) => kind)).toEqual(['hello', 'command'])
      expect(sent.slice(before)).toMatchObject([{ kind: 'gap', data: { reason: 'slow' } }, { kind: 'command' }])
      expect(sent.at(-1)!.n - sent[1]!.n).toBe(6)
    } finally {
      hub.close()
    }
  })
})
