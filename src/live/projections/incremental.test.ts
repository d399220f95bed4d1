import { expect, it } from 'vitest'
import { buysOnce, watchedRun } from '../../../test/fixtures/watched-run.ts'
import type { Projected } from '../../domain/projections.ts'
import { runBare } from '../../engine/run/run.ts'
import { projectionWriter } from './writer.ts'

const [SLEEVES, BARS] = [10, 5_000]

const rowsOf = (projected: Projected): number =>
  Object.values(projected).reduce((sum, rows) => sum + (rows as readonly unknown[]).length, 0)

it('writes after one more bar less than a hundredth of what ten sleeves and five thousand bars took', () => {
  const ids = Array.from({ length: SLEEVES }, (_, place) => `s${place}`)
  const closes = (place: number) => Array.from({ length: BARS }, (_, bar) => 100 + Math.sin(bar / 30 + place) * 5)
  const input = watchedRun({
    closes: Object.fromEntries(ids.map((id, place) => [id.toUpperCase(), closes(place)])),
    sleeves: ids.map((id, place) => ({ id, weight: 1 / SLEEVES, act: buysOnce({ [place]: 5 }) })),
    capital: 1_000_000,
    violations: null,
  })
  const writer = projectionWriter()
  const perBar: number[] = []
  runBare(
    {
      ...input,
      journal(event) {
        // What the bar before has changed, as a commit would write it.
        if (event.kind === 'slices') perBar.push(rowsOf(writer.take()))
        writer.event(event)
      },
    },
    writer.observer,
  )
  perBar.push(rowsOf(writer.take()))
  const all = perBar.reduce((sum, rows) => sum + rows, 0)
  expect(perBar.length).toBeGreaterThanOrEqual(BARS)
  expect(perBar.at(-1)).toBeGreaterThan(SLEEVES)
  expect(perBar.at(-1)! / all).toBeLessThan(0.01)
  // It does not grow with the past either.
  expect(perBar.at(-1)!).toBeLessThanOrEqual(1.5 * perBar[BARS / 10]!)
}, 60_000)
