import { z } from 'zod'
import { text, wholePositive } from './terms.ts'

/* What is kept of a running portfolio, and for how long: nothing here changes what it does. */

const days = wholePositive.optional()

export const storeSchema = z
  .strictObject({
    encryption: z
      .union([z.enum(['on', 'off']), z.boolean()], { error: 'must be on or off' })
      .default('off')
      .describe('on: configurations, states and parameters are unreadable without the key that the environment names'),
    backups: z
      .strictObject({
        daily: wholePositive.default(7).describe('days of which the last copy is kept'),
        weekly: z.int('must be a whole number').gte(0).default(4).describe('weeks before them'),
        folder: text.optional().describe('where copies go; beside the store where left out'),
      })
      .nullable()
      .prefault({})
      .describe('a verified copy once a day; null: none'),
    retention: z
      .strictObject({
        slices: days.describe('bars older than so many days go into the archive'),
        messages: days.describe('delivered messages'),
        cycles: days.describe('equity at every close'),
        hours: days.describe('equity by the hour'),
        snapshots: days.describe('states to go on from; the last three stay'),
      })
      .prefault({})
      .describe('days; what is left out stays for ever'),
  })
  .prefault({})
