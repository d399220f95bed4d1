import { z } from 'zod'
import { fraction, positive, text, wholePositive } from './terms.ts'

/* How a portfolio runs on paper and live: nothing here changes what a backtest does. */

export const duration = z
  .string()
  .regex(/^[1-9]\d*(s|m|h)$/, 'must be a whole number of seconds, minutes or hours such as 30s, 5m or 1h')

export const modeSchema = z
  .enum(['paper', 'live'])
  .default('paper')
  .describe('live: orders of real money may leave, once everything that live trading asks for is there')

const breakersSchema = z
  .strictObject({
    rejects_of_instrument: wholePositive
      .optional()
      .describe('orders of one instrument rejected within an hour, from which it is frozen; live 5'),
    rejects: wholePositive
      .optional()
      .describe('orders rejected within an hour, in all, from which the account is disarmed; live 20'),
    rejected_closes: wholePositive
      .optional()
      .describe('closing orders of one instrument rejected one after the other, from which it is frozen; live 3'),
    orders_per_minute: wholePositive
      .optional()
      .describe('orders within a minute, beyond which the account is disarmed; live 600'),
    notional_per_day: positive
      .optional()
      .describe('worth of the orders of one day (UTC), beyond which only reductions leave'),
  })
  .prefault({})

const ordersSchema = z
  .strictObject({
    intent_life: duration.default('60s').describe('an order that could not be sent for so long is dropped'),
    sweep_every: duration.default('60s').describe('executions that no event brought are asked for so often'),
    takeover_wait: duration
      .default('10s')
      .describe('a process that takes over sends nothing new for so long; nothing waits for the paper venue'),
    breakers: breakersSchema.describe(
      'what stops a runaway loop until an operator lets it go on; on paper what is named',
    ),
  })
  .prefault({})
export type RawOrders = z.output<typeof ordersSchema>

export const engineSchema = z
  .strictObject({
    cycle: duration
      .optional()
      .describe(
        'how often the engine looks for bars, commands and gates; 1m, or 5m where everything trades round the clock',
      ),
    update_every: duration
      .optional()
      .describe('is read and not used: figures are renewed with every event that changes them'),
    retry_after: duration.default('60s').describe('a cycle that failed is tried again after this'),
    stale_after: z
      .strictObject({ grace: duration.default('30s'), bars: wholePositive.default(2) })
      .prefault({})
      .describe('a price is stale when so many bars are not there so long after their close'),
    stale_exit: z
      .enum(['hold', 'market'])
      .default('hold')
      .describe('market: what shrinks a position leaves where its price is stale, too; hold: nothing does'),
    orders: ordersSchema.describe('how orders are sent and watched'),
  })
  .prefault({})

export const liveSchema = z
  .strictObject({
    fraction: fraction.default(0.1).describe('part of the allocation that live trading starts with'),
    gates: z
      .record(text, text)
      .default({
        backtest: 'a backtest over at least two years was reviewed',
        paper: 'two weeks on paper were reviewed',
        drill: 'kill, flatten and a restart were tried on paper',
      })
      .describe('what must be on record as passed before anything trades live: name and criterion'),
  })
  .prefault({})
