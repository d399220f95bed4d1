import { describe, expect, it } from 'vitest'
import type { Instant } from '../../domain/units.ts'
import { replayClock } from './clocks.ts'

const FIRST = 1_000_000_000_000 as Instant

describe('the clock of a replay', () => {
  it('begins where the bars do', () => {
    const clock = replayClock(60, () => FIRST)
    expect(clock.now()).toBe(FIRST)
  })

  it('begins behind what is to be played at once, and where a later stop left off', () => {
    const pacedFrom = FIRST + 86_400_000
    expect(replayClock(60, () => FIRST, pacedFrom).now()).toBe(pacedFrom)
    const later = (pacedFrom + 5_000) as Instant
    expect(replayClock(60, () => later, pacedFrom).now()).toBe(later)
  })

  it('goes on from a bar that was played before its time, and from where a process takes a run up again', () => {
    let market = FIRST
    const clock = replayClock(60, () => market)
    expect(clock.now()).toBe(FIRST)
    market = (FIRST + 86_400_000) as Instant
    expect(clock.now()).toBe(market)
    expect(clock.now()).toBeGreaterThanOrEqual(market)
    expect(clock.now()).toBeLessThan(market + 3_600_000)
  })
})
