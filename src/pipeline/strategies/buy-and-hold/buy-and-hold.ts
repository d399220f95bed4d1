import { integer } from '../../../domain/parameters.ts'
import { defineStrategy, perInstrument } from '../define.ts'

/** Buys every instrument once and keeps it; what was refused or lapsed is asked again after some bars. */
export const buyAndHold = defineStrategy({
  name: 'buy-and-hold',
  summary: 'buys once',
  parameters: {
    retryBars: integer(20, {
      min: 1,
      max: 1_000,
      title: 'Bars after which an entry that came to nothing is tried again',
    }),
  },
  decide: perInstrument<{ readonly retryBars: number }>((one, out) => {
    if (one.projected !== 0 || one.position !== 0 || !one.eligible) return undefined
    const waited = typeof one.memory['waited'] === 'number' ? one.memory['waited'] + 1 : one.parameters.retryBars
    if (waited < one.parameters.retryBars) return { waited }
    out.enter(1, 'hold')
    return { waited: 0 }
  }),
})
