import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Instant } from '../../src/domain/units.ts'
import type { Moment } from '../../src/live/gates/moment.ts'
import { CLOCK_UNREAD, type ClockStep, type ClockWatch, READING_MOST_MS, stepClock } from '../../src/live/gates/skew.ts'
import { propertyRuns } from '../profile.ts'

const START = Date.parse('2026-10-30T15:00:00Z')

function moment(ms: number, stepped = 0): Moment {
  return { wall: (START + ms + stepped) as Instant, monotonic: 900 + ms }
}

/** A question that is under way for `trip` ms while our clock is `skew` ahead of the broker's. */
function read(watch: ClockWatch, ms: number, skew: number, trip = 20, stepped = 0): ClockStep {
  const [sent, received] = [moment(ms - trip, stepped), moment(ms, stepped)]
  const theirs = (received.wall - trip / 2 - skew) as Instant
  return stepClock(watch, { kind: 'reading', sent, received, theirs }, received)
}

function ready(): ClockWatch {
  return read(CLOCK_UNREAD, 100, 0).watch
}

describe("our time beside the broker's", () => {
  it('is not trusted before it was compared', () => {
    const { changes, watch } = stepClock(CLOCK_UNREAD, { kind: 'time' }, moment(0))
    expect(changes).toMatchObject([{ gate: 'clock', isOpen: false }])
    expect(read(watch, 50, 0).changes).toMatchObject([{ gate: 'clock', isOpen: true }])
  })

  it.each([
    [900, [], false],
    [-900, [], false],
    [1_200, [], true],
    [-1_200, [], true],
    [5_000, [], true],
    [-5_020, [{ isOpen: false }], false],
    [6_000, [{ isOpen: false }], false],
  ])('%d ms off', (skew, changes, isWarned) => {
    const step = read(ready(), 1_000, skew)
    expect(step.changes).toMatchObject(changes)
    expect(step.changes).toHaveLength(changes.length)
    expect(step.warning !== '').toBe(isWarned)
  })

  it('opens again only when it is right, not when it is better', () => {
    const shut = read(ready(), 1_000, 6_000).watch
    expect(read(shut, 2_000, 3_000).changes).toEqual([])
    expect(read(shut, 3_000, 800).changes).toMatchObject([{ gate: 'clock', isOpen: true }])
  })

  it('is not judged by an answer that took long, or during which our clock was set', () => {
    expect(read(ready(), 20_000, 60_000, 10_001).changes).toEqual([])
    const sent = moment(1_000)
    const received = moment(1_020, 60_000)
    const theirs = (START + 1_010) as Instant
    expect(stepClock(ready(), { kind: 'reading', sent, received, theirs }, received).changes).toEqual([])
  })

  it('is shut when the machine wakes up, and when the clock is set back, until it is compared again', () => {
    for (const [stepped, word] of [
      [3_600_000, 'ahead'],
      [-3_600_000, 'set back by 3600 s'],
    ] as const) {
      const { changes, watch } = stepClock(ready(), { kind: 'time' }, moment(1_000, stepped))
      expect(changes).toMatchObject([{ gate: 'clock', isOpen: false }])
      expect(changes[0]!.reason).toContain(word)
      expect(stepClock(watch, { kind: 'time' }, moment(2_000, stepped)).changes).toEqual([])
      expect(read(watch, 3_000, 0, 20, stepped).changes).toMatchObject([{ gate: 'clock', isOpen: true }])
    }
  })

  it('does not mind small corrections', () => {
    let watch = ready()
    for (let step = 1; step <= 50; step += 1) {
      const next = stepClock(watch, { kind: 'time' }, moment(step * 1_000, step % 2 === 0 ? 400 : -400))
      expect(next.changes).toEqual([])
      watch = next.watch
    }
  })

  it("is shut where nobody could tell the broker's time for long", () => {
    let watch = ready()
    const late = stepClock(watch, { kind: 'time' }, moment(READING_MOST_MS))
    expect(late.changes).toEqual([])
    watch = late.watch
    expect(stepClock(watch, { kind: 'time' }, moment(READING_MOST_MS + 200)).changes).toMatchObject([{ isOpen: false }])
  })

  it('is open only where a reading within the last quarter of an hour agreed and no clock has jumped since', () => {
    const steps = fc.array(
      fc.record({
        passed: fc.integer({ min: 1, max: 600_000 }),
        jump: fc.oneof(
          { weight: 4, arbitrary: fc.constant(0) },
          { weight: 1, arbitrary: fc.integer({ min: -20_000, max: 20_000 }) },
        ),
        reads: fc.boolean(),
        skew: fc.integer({ min: -8_000, max: 8_000 }),
      }),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(steps, (story) => {
        let watch: ClockWatch = CLOCK_UNREAD
        let isOpen = true
        let [ms, stepped] = [0, 0]
        let agreedAt: number | null = null
        for (const { passed, jump, reads, skew } of story) {
          ms += passed
          stepped += jump
          const isJump = Math.abs(jump) > 5_000 && watch.last !== null
          if (isJump) agreedAt = null
          if (reads) {
            // A look at the pace comes before every question.
            const looked = stepClock(watch, { kind: 'time' }, moment(ms - 1, stepped))
            for (const change of looked.changes) isOpen = change.isOpen
            const step = read(looked.watch, ms, skew, 0, stepped)
            watch = step.watch
            for (const change of step.changes) isOpen = change.isOpen
            if (Math.abs(skew) > 5_000) agreedAt = null
            else if (isOpen) agreedAt = ms
          } else {
            const step = stepClock(watch, { kind: 'time' }, moment(ms, stepped))
            watch = step.watch
            for (const change of step.changes) isOpen = change.isOpen
          }
          if (isOpen) {
            expect(agreedAt).not.toBeNull()
            expect(ms - agreedAt!).toBeLessThanOrEqual(READING_MOST_MS)
          }
          expect(watch.isShut).toBe(!isOpen)
        }
      }),
      propertyRuns(300),
    )
  })
})
