import { it } from 'vitest'
import { playHistory } from './history.ts'
import { protocol } from './protocol.ts'

it('x', async () => {
  const from = Number(process.env['FROM'] ?? 0),
    n = Number(process.env['N'] ?? 20)
  const without = new Set((process.env['WITHOUT'] ?? '').split(',')) as never
  const mutant = process.env['MUTANT'] as never
  const bad = []
  const t = performance.now()
  let ev = 0,
    ord = 0,
    ex = 0,
    lives = 0
  for (let seed = from; seed < from + n; seed++) {
    const keep = process.env['TRACE'] ? 100000 : 0
    const h = await playHistory(seed, protocol, { keep, without, ...(mutant ? { mutant } : {}) })
    ev += h.events
    ord += h.orders
    ex += h.executions
    lives += h.lives
    if (process.env['TRACE']) console.log(h.lines.join('\n'))
    if (h.problems.length) bad.push(`${seed}: ${h.problems.slice(0, 3).join(' | ')}`)
  }
  console.log(
    bad.slice(0, 30).join('\n'),
    '\nbad',
    bad.length,
    'of',
    n,
    'ms/seed',
    (performance.now() - t) / n,
    'events',
    ev / n,
    'orders',
    ord / n,
    'executions',
    ex / n,
    'lives',
    lives / n,
  )
}, 1e9)
