/** Asks the broker when it trades, and freezes what hangs on a calendar of which it says something else than our table. */
import type { Broker } from '../../domain/broker.ts'
import { addDays, lastClosed, type Session, type Sessions } from '../../domain/sessions.ts'
import type { CalendarId, Instant, InstrumentId, TradeDate } from '../../domain/units.ts'
import type { EventBody } from '../../engine/run/broker-side.ts'
import type { Runtime } from '../../engine/runtime.ts'
import type { Watch } from '../engine-options.ts'
import { engineAlert } from '../engine-rules.ts'
import { calendarDisagreements, disagreementText } from './calendars.ts'
import { open, shut } from './moment.ts'

export interface CalendarWatchOptions {
  readonly broker: Pick<Broker, 'sessions'>
  /** Milliseconds between two questions, before one that failed is asked again, and until no answer is one. */
  readonly every: number
  readonly againAfter: number
  readonly answerWithin: number
  /** Told when an answer has come. */
  wake(): void
}

/** Days ahead that are compared. */
const AHEAD_DAYS = 7
/** Begins every reason that is ours: what others froze, others let go of. */
const DIFFERS = 'calendar'

/** What the broker says of each calendar, on the days that our tables have. */
type Told = ReadonlyMap<
  CalendarId,
  { readonly theirs: readonly Session[]; readonly from: TradeDate; readonly to: TradeDate }
>

/** A broker that names no calendar is not asked. */
export function calendarWatch({ broker, every, againAfter, answerWithin, wake }: CalendarWatchOptions): Watch {
  let asked: { readonly since: Instant; answer: Told | Error | null } | null = null
  let dueAt: Instant | null = null

  function ask(runtime: Runtime, now: Instant): void {
    const own: NonNullable<typeof asked> = { since: now, answer: null }
    asked = own
    void read(broker, runtime, now)
      .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
      .then((answer) => {
        own.answer = answer
        wake()
      })
  }

  function take(runtime: Runtime, now: Instant): readonly EventBody[] {
    if (asked === null || (asked.answer === null && now < asked.since + answerWithin)) return []
    const { answer } = asked
    asked = null
    const isAnswered = answer !== null && !(answer instanceof Error)
    dueAt = (now + (isAnswered ? every : againAfter)) as Instant
    return isAnswered ? changes(runtime, answer) : []
  }

  return {
    look(now, { runtime }) {
      if (broker.sessions === undefined) return []
      const told = take(runtime, now).map((body) => ({ body }))
      if (asked === null && (dueAt === null || now >= dueAt)) ask(runtime, now)
      return told
    },
    nextAt: () => (asked === null ? dueAt : ((asked.since + answerWithin) as Instant)),
  }
}

async function read(broker: Pick<Broker, 'sessions'>, runtime: Runtime, now: Instant): Promise<Told> {
  const told = new Map<CalendarId, { theirs: readonly Session[]; from: TradeDate; to: TradeDate }>()
  for (const calendar of new Set(sharesOf(runtime).map((one) => one.calendar))) {
    const stretch = ahead(runtime.sessions.get(calendar)!, now)
    if (stretch === null) continue
    const theirs = await broker.sessions!(calendar, stretch.from, stretch.to)
    if (theirs !== null) told.set(calendar, { theirs, ...stretch })
  }
  return told
}

/** From the session that is open or comes next; null where our table ends before it. */
function ahead(own: Sessions, now: Instant): { readonly from: TradeDate; readonly to: TradeDate } | null {
  const next = lastClosed(own, now) + 1
  if (next >= own.dates.length) return null
  const from = own.dates[next] as TradeDate
  return { from, to: Math.min(addDays(from, AHEAD_DAYS), own.dates.at(-1)!) as TradeDate }
}

/** Shares: what round the clock trades has no hours that could differ, and contracts hang on their underlyings. */
function sharesOf({ state }: Runtime): Runtime['state']['instruments'] {
  return state.instruments.filter(({ kind, clocks }) => (kind === 'equity' || kind === 'etf') && clocks.length > 0)
}

function changes(runtime: Runtime, told: Told): readonly EventBody[] {
  const frozen = new Map<InstrumentId, string>()
  for (const { gate, instrument, reason } of runtime.state.gates?.shut ?? [])
    if (gate === 'frozen' && instrument >= 0) frozen.set(runtime.state.instruments[instrument]!.id, reason)
  const bodies: EventBody[] = []
  for (const [calendar, { theirs, from, to }] of told) {
    const text = disagreementText(calendarDisagreements(runtime.sessions.get(calendar)!, theirs, from, to))
    const reason = `${DIFFERS} "${calendar}": ${text}`
    let isNew = false
    for (const { id } of sharesOf(runtime).filter((one) => one.calendar === calendar)) {
      const was = frozen.get(id)
      if (text !== '' && was === undefined) {
        isNew = true
        bodies.push(shut('frozen', reason, id))
      }
      if (text === '' && was?.startsWith(DIFFERS) === true)
        bodies.push(open('frozen', `${DIFFERS} "${calendar}": the broker says the same`, id))
    }
    if (isNew) bodies.push(engineAlert('calendarDiffers', reason))
  }
  return bodies
}
