import { expect, it } from 'vitest'
import type { ControlCommand } from '../../domain/control.ts'
import type { Told } from '../../live/engine-options.ts'
import { createHelm } from '../../live/helm/helm.ts'
import { machineClock } from './clocks.ts'
import { openSteering } from './steering.ts'

const command = { id: 'c1', portfolio: 'p', body: { kind: 'kill', reason: 'x' } } as unknown as ControlCommand
const settled = (): Promise<void> => new Promise((done) => setImmediate(done))

it('a command whose answer is written while it is being read again is not carried out twice', async () => {
  const told: Told[] = []
  const reads: ((commands: readonly ControlCommand[]) => void)[] = []
  const rounds: (() => void)[] = []
  const helm = {
    ...createHelm({
      role: 'paper',
      accountSuffix: '',
      isPaced: false,
      freshness: { graceMs: 1, barsMissed: 1 },
    }),
    obey: () => ({ events: [], answer: () => null, committed: () => {} }),
  } as unknown as ReturnType<typeof createHelm>
  const engine = {
    tell: (one: Told) => void told.push(one),
    now: () => ({ wall: 0, monotonic: 0 }),
    kernel: { runtime: { state: { config: null } } },
  } as never
  const steering = openSteering({
    control: {
      begin: () => new Promise((done) => reads.push(done)),
      beat: async () => {},
    } as never,
    portfolio: 'p',
    helm,
    clock: { ...machineClock, wait: () => new Promise<void>((done) => void rounds.push(done)) },
    lag: { take: () => 0, close: () => {} },
    facts: {} as never,
    engine: () => engine,
    cycles: () => ({ last: null, next: null }),
  })
  const first = steering.first()
  reads.shift()!([command])
  await first
  expect(told).toHaveLength(1)
  // The store is asked again; before it has answered, the engine's commit is through.
  await settled()
  const [one] = told as unknown as { turn(...given: unknown[]): { committed(): void } }[]
  one!.turn({ runtime: {} }, 0).committed()
  reads.shift()!([command])
  await settled()
  expect(told).toHaveLength(1)
  const closing = steering.close('')
  for (const goOn of rounds) goOn()
  await closing
})
