import { describe, expect, it } from 'vitest'
import { type Act, dayOf, handRun } from '../../../test/simulation/hand-run.ts'
import { instrumentId } from '../../domain/units.ts'
import { runBacktest } from './run.ts'

describe('chains of contracts', () => {
  it('are asked as at a close only when the session ends: what a day knows of volatility it knows then', () => {
    const asked: string[] = []
    const nothing: Act = () => {}
    const input = handRun({
      prices: { A: Array.from({ length: 6 }, (_, bar) => ({ open: 100 + bar, close: 100.5 + bar })) },
      sleeves: { one: { capital: 10_000, act: nothing } },
    })
    // Three bars a session.
    const blocks = input.market.blocks.map((block) => ({
      ...block,
      tradeDates: block.tradeDates.map((_, bar) => dayOf(bar < 3 ? 0 : 3)),
    }))
    const chains = {
      underlyings: [instrumentId('A')],
      chain(_: unknown, __: unknown, tradeDate: number, phase: string, spot: number) {
        asked.push(`${tradeDate} ${phase} ${spot}`)
        return null
      },
    }
    runBacktest({ ...input, market: { ...input.market, blocks, chains } })
    expect(asked).toEqual([
      '20240102 open 100.5',
      '20240102 open 101.5',
      '20240102 close 102.5',
      '20240105 open 103.5',
      '20240105 open 104.5',
      '20240105 close 105.5',
    ])
  })
})
