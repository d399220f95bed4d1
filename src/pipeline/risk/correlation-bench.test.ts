import { describe, expect, it } from 'vitest'
import {
  type BenchMove,
  type BenchState,
  nextRecomputation,
  pairAt,
  startBench,
  stepBench,
} from './correlation-bench.ts'

const RULE = { threshold: 0.7, days: 30 }
const SHARPE = [2, 1, 3]

interface Day {
  readonly day: number
  readonly moves: readonly BenchMove[]
}

/** Plays days with one correlation for the pair (0, 1) and none for the others; days without a move are left out. */
function play(state: BenchState, correlations: readonly number[], sharpe: readonly number[] = SHARPE): Day[] {
  return correlations
    .map((value, day) => ({
      day,
      moves: stepBench(state, RULE, (left, right) => (left === 0 && right === 1 ? value : 0), sharpe),
    }))
    .filter(({ moves }) => moves.length > 0)
}
const times = (count: number, value: number): number[] => Array.from({ length: count }, () => value)

describe('the correlation bench', () => {
  it('benches the lower Sharpe ratio on the thirtieth day above, and takes it back on the thirtieth calm one', () => {
    const days = play(startBench(3), [...times(40, 0.8), ...times(40, 0.7)])
    expect(days.map(({ day, moves }) => [day, moves[0]!.kind, moves[0]!.sleeve])).toEqual([
      [29, 'bench', 1],
      [69, 'return', 1],
    ])
    expect(days[0]!.moves[0]!.pair).toEqual([0, 1])
  })
  it('counts neither the threshold itself nor a day without a correlation', () => {
    expect(play(startBench(3), times(100, 0.7))).toEqual([])
    expect(play(startBench(3), [...times(29, 0.9), Number.NaN, ...times(29, 0.9)])).toEqual([])
  })
  it('shows how long a pair has been too close', () => {
    const state = startBench(3)
    play(state, times(12, 0.9))
    expect(state.above[pairAt(3, 0, 1)]).toBe(12)
    expect(state.above[pairAt(3, 1, 2)]).toBe(0)
  })
  it('drops the one declared later where both earn the same, and the one whose ratio is undefined', () => {
    expect(play(startBench(3), times(30, 0.9), [1, 1, 1])[0]!.moves[0]!.sleeve).toBe(1)
    expect(play(startBench(3), times(30, 0.9), [Number.NaN, 1, 1])[0]!.moves[0]!.sleeve).toBe(0)
  })
  it('does not bench the second of a pair whose first is out already', () => {
    const state = startBench(3)
    const all = Array.from({ length: 60 }, () => stepBench(state, RULE, () => 0.9, SHARPE)).flat()
    expect(all.map(({ kind, sleeve }) => `${kind} ${sleeve}`)).toEqual(['bench 1', 'bench 0'])
    expect(state.benched).toEqual([true, true, false])
  })
  it('starts counting calm days anew after a day that is not', () => {
    const days = play(startBench(3), [...times(30, 0.9), ...times(29, 0.1), 0.71, ...times(30, 0.1)])
    expect(days.map(({ day }) => day)).toEqual([29, 89])
  })
  it('goes on from a saved state on the same days', () => {
    const correlations = [...times(35, 0.9), ...times(45, 0.2), ...times(40, 0.95)]
    const whole = play(startBench(3), correlations).map(({ day }) => day)
    for (let cut = 0; cut < correlations.length; cut += 7) {
      const state = startBench(3)
      const first = play(state, correlations.slice(0, cut)).map(({ day }) => day)
      const saved = JSON.parse(JSON.stringify(state)) as BenchState
      const rest = play(saved, correlations.slice(cut)).map(({ day }) => day + cut)
      expect([...first, ...rest]).toEqual(whole)
    }
  })
  it('acts at the next recomputation, never at the one of the day itself', () =>
    expect([59, 60, 61].map((day) => nextRecomputation(day, 60))).toEqual([60, 120, 120]))
})
