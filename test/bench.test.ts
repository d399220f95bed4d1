import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { compile, hasCompiler, runLoop } from '../bench/c-loop.ts'
import { dealtOnce } from '../bench/dealt-once.ts'
import { byTime, seriesOf } from '../bench/generate.ts'
import { measureLive } from '../bench/live.ts'
import { type Measured, runProduct } from '../bench/product.ts'
import { configOf, dailyPortfolio, livePortfolio, marketOf, minuteSeries, type Workload } from '../bench/workloads.ts'
import { HAS_STORE, STORE_NEED } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'polyfolio-bench-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function product(workload: Workload): Measured {
  return runProduct(configOf(workload), marketOf(workload, seriesOf(workload.recipe, folder)))
}

const SMALL: readonly (readonly [string, Workload])[] = [
  ['a portfolio of daily bars', dailyPortfolio(13, 400)],
  ['a series of minutes', minuteSeries(9_000)],
]

describe.skipIf(!hasCompiler())('a C loop of the same rules (needs a C compiler)', () => {
  it.each(SMALL)('%s ends with the same equity, bookings and check sum', (_, workload) => {
    const own = product(workload)
    const limit = runLoop(compile(workload.limit.source, workload.limit.macros, folder), folder, 2)
    expect(own.fills).toBeGreaterThan(100)
    expect({ final: own.final, fills: own.fills, checksum: own.checksum }).toEqual({
      final: limit.final,
      fills: limit.fills,
      checksum: limit.checksum,
    })
  })
})

describe('workloads', () => {
  it('give the same result on a second run', () => {
    const workload = dailyPortfolio(7, 300)
    const again = (measured: Measured) => ({ ...measured, seconds: 0 })
    const named = { ...workload, recipe: { ...workload.recipe, name: 'again' } }
    expect(again(product(named))).toEqual(again(product(named)))
  })

  it('book the same with a shadow beside every sleeve', () => {
    const workload = dailyPortfolio(7, 300)
    const config = configOf(workload)
    const market = marketOf(workload, seriesOf({ ...workload.recipe, name: 'shadowed' }, folder))
    const shadowed = runProduct({ ...config, capitalPlan: dealtOnce(config, true) }, market)
    expect({ ...shadowed, seconds: 0 }).toEqual({ ...runProduct(config, market), seconds: 0 })
  })

  it.skipIf(!HAS_STORE)(`are journalled by a live engine ${STORE_NEED}`, async () => {
    const { events, fills, instants, p50, p99 } = await measureLive(folder, undefined, livePortfolio(6, 120))
    expect(events).toBeGreaterThan(240)
    expect(fills).toBeGreaterThan(instants / 2)
    expect(p99).toBeGreaterThanOrEqual(p50)
  })

  it('lie bar by bar in a market and symbol by symbol in the files', () => {
    expect(byTime(Float64Array.of(1, 2, 3, 4, 5, 6), 2, 3)).toEqual(Float64Array.of(1, 4, 2, 5, 3, 6))
  })
})
