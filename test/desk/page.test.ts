import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PROTOCOL_STATES } from '../../src/domain/order-records.ts'
import { DESK_RULES } from '../../src/live/desk/order-desk.ts'
import { DESK_POLICY } from '../../src/live/desk/policy.ts'
import { ENGINE_RULES } from '../../src/live/engine-rules.ts'

const page = readFileSync(new URL('../../docs/orders.md', import.meta.url), 'utf8')

/** First cells, in backticks, of the table under a heading. */
function namesUnder(heading: string): readonly string[] {
  const [, section = ''] = page.split(`## ${heading}\n`)
  const [body = ''] = section.split('\n## ')
  return [...body.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]!)
}

describe('the page of orders', () => {
  it('has every state and every alert, and no others', () => {
    expect(namesUnder('States').toSorted(byText)).toEqual([...PROTOCOL_STATES].toSorted(byText))
    expect(namesUnder('Who is told')).toEqual([...DESK_RULES, ...ENGINE_RULES])
  })

  it('names the limits that live trading has', () => {
    const { breakers, intentLife, sweepEvery, takeoverWait } = DESK_POLICY
    const { rejectsOfInstrument, rejects, rejectedCloses, ordersPerMinute } = breakers
    expect(page).toContain(
      `{rejects_of_instrument: ${rejectsOfInstrument}, rejects: ${rejects}, rejected_closes: ${rejectedCloses}, orders_per_minute: ${ordersPerMinute},`,
    )
    expect(page).toContain(`intent_life: ${intentLife / 1_000}s`)
    expect(page).toContain(`sweep_every: ${sweepEvery / 1_000}s`)
    expect(page).toContain(`takeover_wait: ${takeoverWait / 1_000}s`)
  })
})

const byText = (one: string, other: string): number => (one < other ? -1 : Number(one > other))
