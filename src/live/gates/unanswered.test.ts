import { describe, expect, it } from 'vitest'
import { type GatedRun, gatedRun, wait } from '../../../test/fixtures/gated-run.ts'
import { handRun, SHARE } from '../../../test/simulation/hand-run.ts'
import type { Instant } from '../../domain/units.ts'
import { createHelm } from '../helm/helm.ts'

/** A sleeve whose one entry an operator is asked about, half an hour at most. */
function asking(expiresAfter: { readonly minutes: number } | { readonly bars: number }): GatedRun {
  const input = handRun({
    prices: { A: Array.from({ length: 10 }, () => ({ open: 100 })) },
    sleeves: { one: { capital: 100_000, act: (_, out) => out.target(0, (10 * SHARE) as never, 'own') } },
  })
  const approvals = { all: true, above: null, stages: [], sleeves: [], expiresAfter }
  const gated = gatedRun({ ...input, config: { ...input.config, approvals } })
  gated.take(2)
  return gated
}

const helm = () =>
  createHelm({ role: 'paper', accountSuffix: '', isPaced: true, freshness: { graceMs: 0, barsMissed: 2 } })

describe('an entry that waits for a word', () => {
  it('is rejected when its time is over, though nothing else happens then', () => {
    const gated = asking({ minutes: 30 })
    const { runtime } = gated.run.kernel
    const own = helm()
    const at = (): Instant => gated.run.at
    const look = () => own.time(runtime, { wall: at(), monotonic: at() }).filter(({ kind }) => kind === 'alert')
    expect(gated.approvals().map(({ state }) => state)).toEqual(['asked'])
    expect(own.nextAt(runtime)).toBe(at() + 30 * 60_000)
    wait(gated, 29)
    expect(look()).toEqual([])
    wait(gated, 1)
    const told = look()
    expect(told).toMatchObject([
      { rule: 'unanswered', text: expect.stringMatching(/^nobody answered whether A may be/) },
    ])
    for (const body of told) gated.say(body)
    expect(gated.approvals().map(({ state }) => state)).toEqual(['expired'])
    expect(gated.reserved(0, 0)).toEqual([0, 0])
    expect([look(), own.nextAt(runtime)]).toEqual([[], null])
  })

  it('for so many bars waits for these', () => {
    const gated = asking({ bars: 2 })
    const own = helm()
    expect(own.nextAt(gated.run.kernel.runtime)).toBeNull()
    const late = { wall: (gated.run.at + 86_400_000) as Instant, monotonic: gated.run.at }
    expect(own.time(gated.run.kernel.runtime, late).filter(({ kind }) => kind === 'alert')).toEqual([])
  })
})
