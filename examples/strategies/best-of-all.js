import { defineStrategy, integer } from 'polyfolio'

/** The form for all instruments at once: holds the one that rose most, and asks anew after some bars. */
export const bestOfAll = defineStrategy({
  name: 'best-of-all',
  summary: 'holds what rose most over the last bars, and asks anew after some',
  parameters: {
    back: integer(60, { min: 1, max: 250, search: [20, 120], title: 'bars over which the rise is measured' }),
    every: integer(20, { min: 1, max: 250, title: 'bars between two choices' }),
  },
  start: () => ({ bars: 0, closes: [] }),
  decide(view, out) {
    const { back, every } = view.parameters
    // Prices on the signal scale: a split is no rise. Memory is plain data, so what is unknown is null.
    const closes = Array.from(view.universe, (column) => view.slice.close[column] * view.slice.factor[column])
    const rows = [...view.memory.closes, closes.map((close) => (Number.isNaN(close) ? null : close))].slice(-back - 1)
    const bars = view.memory.bars + 1
    if (rows.length > back && bars % every === 0) {
      const rises = closes.map((close, place) => (rows[0][place] === null ? Number.NaN : close / rows[0][place] - 1))
      const best = rises.reduce((found, rise, place) => (rise > (rises[found] ?? 0) ? place : found), -1)
      view.universe.forEach((column, place) => {
        if (place === best && view.projected(column) === 0) out.enter(column, 1, 'best')
        if (place !== best && view.position(column) > 0) out.exit(column, 'no longer best')
      })
    }
    return { bars, closes: rows }
  },
})
