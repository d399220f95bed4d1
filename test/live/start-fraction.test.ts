import { writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open.ts'
import { loadPortfolio } from '../../src/cli/config/load.ts'
import { helmOf } from '../../src/cli/live/helm-of.ts'
import { paperVenueFor, sha256 } from '../../src/cli/live/paper-venue.ts'
import type { ControlAnswer, ControlBody } from '../../src/domain/control.ts'
import type { Instant } from '../../src/domain/units.ts'
import type { LiveEngine } from '../../src/live/engine.ts'
import { openEngine } from '../../src/live/open-engine.ts'
import { type Act, handRun, SHARE } from '../simulation/hand-run.ts'
import { HAS_STORE, STORE_NEED, storeFolder } from '../store.ts'

/* A portfolio file that says live, at the helm that live trading has, on the paper exchange behind the port of brokers. */

const folder = storeFolder()
afterAll(() => folder.remove())

const FILE = `name: Live
mode: live
capital: 1000000
live: {fraction: 0.1}
sleeves:
  - {id: one, weight: 1, strategy: buy-and-hold, universe: [A], sizing: {kind: notional, amount: 900000}}
instruments:
  A: {file: A.csv}
`

const wants: Act = (_, out) => out.target(0, (100 * SHARE) as never, 'entry')

describe.skipIf(!HAS_STORE)(`live trading ${STORE_NEED}`, () => {
  it('starts disarmed and with the part of the file, and trades more only by steps that name the account', async () => {
    writeFileSync(folder.path('live.yaml'), FILE)
    const loaded = await loadPortfolio(folder.path('live.yaml'))
    const store = await openStore(folder.path('live.db'), { create: true })
    const bars = Array.from({ length: 12 }, () => ({ open: 100 }))
    const input = handRun({ prices: { A: bars }, sleeves: { one: { capital: 100_000, act: wants } } })
    const portfolio = input.config.name
    const lease = (await store.lease(portfolio))!
    const accountNumber = input.config.account.id
    const account = accountNumber.slice(-4)
    const answers: ControlAnswer[] = []
    const heldAtBar: number[] = []

    /** One process, which is told what stands for its bars, to the last one. */
    async function live(asked: Readonly<Record<number, readonly ControlBody[]>>, until: number): Promise<LiveEngine> {
      const helm = helmOf(loaded, { role: 'live', accountNumber, isPaced: false })
      let bar = 0
      const engine: LiveEngine = await openEngine(
        { ...input, checks: true },
        {
          store,
          lease,
          storeName: 'live.db',
          portfolio,
          snapshotEvery: 1,
          venue: paperVenueFor(input.config, store.id),
          sha256,
          clock: null,
          latch: helm.latch,
          async due() {
            heldAtBar.push(held(engine))
            for (const body of asked[bar] ?? [])
              engine.tell({
                turn: (kernel, now) => {
                  const { seq } = kernel.runtime.state
                  const command = {
                    id: `${body.kind} ${seq}`,
                    portfolio,
                    actor: 'ann',
                    at: now,
                    seen: seq,
                    until: null,
                  }
                  const moment = { wall: now, monotonic: now as number }
                  const begun = { ...command, body, state: 'begun', answer: '' } as const
                  const turn = helm.obey(begun, kernel.runtime, moment)
                  return {
                    ...turn,
                    answer(declined) {
                      answers.push(turn.answer(declined)!)
                      return null
                    },
                  }
                },
              })
            bar += 1
          },
          isStopped: () => bar > until,
        },
      )
      const now = { wall: (engine.run.at || 1) as Instant, monotonic: engine.run.at }
      for (const body of helm.begin(now, engine.seq < 0)) engine.tell({ body })
      await engine.play()
      return engine
    }
    const held = ({ run }: LiveEngine): number => run.kernel.runtime.state.books.accountQuantity[0]! / SHARE
    const partOf = ({ run }: LiveEngine): number | undefined => run.kernel.runtime.state.liveFraction

    const first = await live(
      {
        4: [{ kind: 'arm', account: 'x999', until: null }],
        6: [{ kind: 'arm', account, until: null }],
      },
      9,
    )
    expect(heldAtBar.slice(0, 7)).toEqual([0, 0, 0, 0, 0, 0, 0])
    expect([partOf(first), held(first)]).toEqual([0.1, 10])
    expect(answers.map(({ state }) => state)).toEqual(['declined', 'done'])

    // Another process is disarmed again, keeps its part, and is raised by whoever names the account.
    answers.length = 0
    const second = await live(
      {
        1: [{ kind: 'fraction', fraction: 0.5, account: '' }],
        2: [{ kind: 'arm', account, until: null }],
        3: [{ kind: 'fraction', fraction: 0.5, account }],
      },
      99,
    )
    expect(answers.map(({ state, answer }) => [state, answer.includes('account') || answer])).toEqual([
      ['declined', true],
      ['done', expect.stringContaining('armed')],
      ['done', '50 % of the allocation trades'],
    ])
    expect([partOf(second), held(second)]).toEqual([0.5, 50])
    await lease.release()
    await store.close()
  })
})
