import { expect, it } from 'vitest'
import * as surface from './node.ts'

it('exports exactly this from polyfolio/node', () => {
  expect(Object.keys(surface).sort().join(' ')).toMatchInlineSnapshot(
    `"CALENDARS CONTINUOUS NYSE NYSE_FIRST NYSE_LAST checkFile checkFolder continuousSessions loadMarket loadPortfolio nyseSessions readSeries renderSummary reportOf reportTexts simulatedMarketData writeReport"`,
  )
})
