import { calendarId, currencyCode, instrumentId, type Quantity } from '../../domain/units.ts'
import type { ConfigDocument } from './document.ts'
import { clockOf } from './instruments.ts'
import type { InstrumentDeclaration } from './loaded.ts'
import type { Problems } from './problems.ts'
import type { RawSimulation } from './schema/instruments.ts'
import type { RawSleeve } from './schema/sleeve.ts'

/*
 * Sleeves that hold a recorded stream of returns: each brings one instrument of its own, an index of what was recorded.
 */

const UNIT = 0.000001
const UNITS_PER_WHOLE = 1_000_000
const CALENDAR = 'returns:'

/** The instrument that a sleeve's recorded stream is. */
export function streamName(sleeve: string): string {
  return `${sleeve} (recorded)`
}

/** Whether a calendar is the dates of a file of returns. */
export function isStreamCalendar(calendar: string): boolean {
  return calendar.startsWith(CALENDAR)
}

/** A recorded stream says where it comes from, and has nothing of what trading needs. */
export function checkStreams(sleeves: readonly RawSleeve[], instruments: readonly string[], problems: Problems): void {
  sleeves.forEach((sleeve, index) => {
    const path = ['sleeves', index] as const
    if (sleeve.kind === 'trading') {
      const reason = 'belong to a recorded stream; add "kind: return_stream" or remove them'
      if (sleeve.returns !== undefined) problems.at([...path, 'returns'], reason)
      return
    }
    if (sleeve.returns === undefined) {
      const reason =
        'is missing; name where the stream is recorded, such as "returns: {file: managers.csv, column: HAM1}"'
      problems.at([...path, 'returns'], reason)
    }
    const name = streamName(sleeve.id)
    if (instruments.includes(name)) {
      problems.at(['instruments', name], `is the name of what sleeve "${sleeve.id}" holds; give this one another`)
    }
    for (const [key, isGiven] of [
      ['strategy', sleeve.strategy !== null],
      ['universe', sleeve.universe.length > 0],
      ['sizing', sleeve.sizing !== undefined],
      ['parameters', Object.keys(sleeve.parameters).length > 0],
      ['capital_in', sleeve.capital_in !== undefined],
    ] as const) {
      if (isGiven) problems.at([...path, key], 'means nothing for a recorded stream, which trades nothing; remove it')
    }
  })
}

/** A stream on the simulated market is an asset like others: an index that begins at 100. */
function simulationOf({ simulation }: NonNullable<RawSleeve['returns']>): RawSimulation | null {
  return simulation === undefined ? null : { price: 100, average_volume: 1_000_000, ...simulation }
}

/** The instruments of recorded streams, behind those that are declared. */
export function declareStreams(
  sleeves: readonly RawSleeve[],
  context: { readonly document: ConfigDocument; readonly currency: string; readonly first: number },
): readonly InstrumentDeclaration[] {
  const streams = sleeves.flatMap(({ id, returns }, position) =>
    returns === undefined ? [] : [{ id, returns, position }],
  )
  return streams.map(({ id, returns, position }, place) => {
    const calendar = calendarId(`${CALENDAR}${returns.file}`)
    const name = streamName(id)
    return {
      instrument: {
        id: instrumentId(name),
        index: context.first + place,
        symbol: name,
        name: `${returns.file}, ${returns.column}`,
        kind: 'stream',
        assetClass: 'fund',
        sector: 'unknown',
        industry: 'unknown',
        currency: currencyCode(context.currency),
        calendar,
        clocks: [clockOf(calendar, '1d')],
        multiplier: 1,
        unit: UNIT,
        unitsPerWhole: UNITS_PER_WHOLE,
        step: 1 as Quantity,
        roundLot: 1 as Quantity,
        ticks: [],
        shortable: false,
        option: null,
      },
      file: returns.file,
      column: returns.column,
      dividends: null,
      prices: 'raw',
      simulation: simulationOf(returns),
      place: context.document.placeOf(['sleeves', position, 'returns'], 'key'),
    }
  })
}
