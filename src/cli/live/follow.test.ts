import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { handRun } from '../../../test/simulation/hand-run.ts'
import type { Clock } from '../../domain/clock.ts'
import type { MarketData } from '../../domain/market.ts'
import type { Instant } from '../../domain/units.ts'
import { followFolder } from './follow.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-follow-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Nothing that waits for it is ever woken. */
const STANDING: Clock = {
  now: () => Date.UTC(2099, 0, 1) as Instant,
  monotonic: () => 0,
  wait: () => new Promise(() => {}),
}

function market(bars: number): MarketData {
  const prices = Array.from({ length: bars }, () => ({ open: 100 }))
  return handRun({ prices: { A: prices }, sleeves: { one: { capital: 1_000, act: () => {} } } }).market
}

/** It has looked, and sleeps until it looks again. */
const asleep = (): Promise<void> => new Promise((done) => setImmediate(done))

it('a folder is looked at at once for whoever asks, and says what it found', async () => {
  const stop = new AbortController()
  const troubles: string[] = []
  let reads: () => MarketData = () => market(3)
  const write = (text: string): void => writeFileSync(join(folder, 'A.csv'), text)
  write('three bars')
  const follower = await followFolder({
    folder,
    clock: STANDING,
    every: 3_600_000,
    retryAfter: 3_600_000,
    grace: 0,
    signal: stop.signal,
    read: async () => reads(),
    onTrouble: (reason) => troubles.push(reason),
    onAmended: () => {},
  })
  const more = follower.more()
  await asleep()
  expect(await follower.lookNow()).toEqual({ isMore: false, trouble: '' })
  await asleep()
  write('something that is no bar')
  reads = () => {
    throw new RangeError('line 3 is no bar')
  }
  expect(await follower.lookNow()).toEqual({ isMore: false, trouble: `${folder} cannot be read: line 3 is no bar` })
  reads = () => market(5)
  write('five bars, and no more than that')
  expect(await follower.lookNow()).toEqual({ isMore: true, trouble: '' })
  await more
  expect(follower.market.blocks[0]!.closes).toHaveLength(5)
  expect(troubles).toEqual(['line 3 is no bar', ''])
  // Who is stopped while it waits does not wait on.
  const last = follower.more()
  await follower.lookNow()
  await asleep()
  stop.abort()
  await last
})
