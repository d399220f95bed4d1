/** Reads a portfolio out of the store, once for all who look at the same moment. */
import type { PortfolioConfig } from '../domain/config.ts'
import { PAGE_MAX } from '../domain/paging.ts'
import type { EquityRow, ProjectedRows, ProjectedTable } from '../domain/projections.ts'
import { addDays, parseDate } from '../domain/sessions.ts'
import type { BacktestReport } from './contract/report.ts'
import type { ApiPorts } from './ports.ts'
import type { Basis } from './views/basis.ts'
import { POINTS_MOST } from './views/equity.ts'
import { dayBegan, zoneOf } from './views/trade-days.ts'
import { type Computed, updatedOf } from './views/updated.ts'

/** Nobody sees a difference between two looks that are closer together. */
const FRESH_MS = 250
/** Figures of the whole run are computed anew so often at most. */
const REPORT_MS = 5_000
const DAY_MS = 86_400_000
/** Sessions of a quarter and of the first days of the next one. */
const DAYS_AHEAD = 120
const WEEK_MS = 7 * DAY_MS
/** Largest positions whose price of the day before is looked up. */
const PRICED_MOST = 12
/** Points of a question for every close, for hours of a day, for days of a month. */
const FINEST = 1e9
const HOURS = 24
const DAYS_OF_MONTH = 15

export interface Readings {
  /** Names of all portfolios that the store knows. */
  names(): Promise<readonly string[]>
  /** Null: the store knows no such portfolio. */
  basis(portfolio: string): Promise<Basis | null>
}

interface Kept {
  readonly takenAt: number
  readonly basis: Promise<Basis | null>
}

interface Reported {
  readonly seq: number
  readonly askedAt: number
  readonly isUnderWay: boolean
  /** When they were there; null: none are yet. */
  readonly completedAt: number | null
  readonly report: BacktestReport | null
}

const UNREPORTED: Reported = { seq: -1, askedAt: 0, isUnderWay: false, completedAt: null, report: null }

/** What changes with events alone. */
interface Standing extends Omit<Basis, 'beat' | 'isRunning' | 'isDemo' | 'sessions' | 'report' | 'updated'> {}

/** A sleeve that was taken out, or what nobody here asked for, with nothing left of it: it is history. */
function isOver(
  sleeve: string,
  config: PortfolioConfig | null,
  last: Basis['last'],
  positions: Basis['positions'],
): boolean {
  const configured = config?.sleeves.find(({ id }) => id === sleeve)
  if (configured?.removed !== true && configured?.kind !== 'external') return false
  return (last.get(sleeve)?.equity ?? 0) === 0 && positions.bySleeve.every((row) => row.sleeve !== sleeve)
}

export function readingsOf(ports: ApiPorts): Readings {
  const { store } = ports
  const kept = new Map<string, Kept>()
  const standings = new Map<string, { readonly seq: number; readonly standing: Promise<Standing> }>()
  const configs = new Map<string, { readonly seq: number; readonly config: PortfolioConfig }>()
  const closes = new Map<string, number | null>()
  const reports = new Map<string, Reported>()
  const daysBefore = new Map<
    string,
    { readonly began: number; readonly rows: Promise<ReadonlyMap<string, EquityRow>> }
  >()
  const peaks = new Map<string, { readonly peak: number; readonly at: number | null }>()

  async function names(): Promise<readonly string[]> {
    const [extents, beats] = await Promise.all([store.extents(), store.control.beats()])
    const all = new Set([...ports.own, ...[...extents, ...beats].map(({ portfolio }) => portfolio)])
    return [...all].sort((one, other) => (one < other ? -1 : 1))
  }

  function basis(portfolio: string): Promise<Basis | null> {
    const now = ports.now()
    const found = kept.get(portfolio)
    if (found !== undefined && now - found.takenAt < FRESH_MS && now >= found.takenAt) return found.basis
    const taken = take(portfolio, now)
    kept.set(portfolio, { takenAt: now, basis: taken })
    // Names that nobody has are not remembered: whoever asks can make up as many as they like.
    taken.then(
      (basis) => basis === null && kept.delete(portfolio),
      () => kept.delete(portfolio),
    )
    return taken
  }

  async function take(portfolio: string, now: number): Promise<Basis | null> {
    const beats = await store.control.beats()
    const beat = beats.find((one) => one.portfolio === portfolio) ?? null
    const { seq, at } = await store.paging.standing(portfolio)
    if (seq < 0 && beat === null && !ports.own.includes(portfolio)) {
      const known = await store.extents()
      if (!known.some((one) => one.portfolio === portfolio)) return null
    }
    const standing = await standingOf(portfolio, seq, at)
    const isRunning = beat !== null && ports.isRunning(beat, now)
    const report = reportOf(portfolio, seq, now)
    const sessions = sessionsAhead(standing.config, report)
    const updated = updatedOf(computedOf(portfolio), isRunning ? beat : null, seq, now)
    return { ...standing, beat, isRunning, isDemo: ports.isDemo(portfolio), sessions, report, updated }
  }

  function computedOf(portfolio: string): Computed | null {
    if (ports.analyses === null) return null
    const known = reports.get(portfolio) ?? UNREPORTED
    return { ...known, freeAt: known.askedAt + REPORT_MS }
  }

  function sessionsAhead(config: PortfolioConfig | null, report: BacktestReport | null): Basis['sessions'] {
    const end = parseDate(report?.portfolio.end ?? '')
    return config === null || end === null ? null : ports.sessions(config.dayCalendar, end, addDays(end, DAYS_AHEAD))
  }

  /** The last one there is: nobody waits for the next, which is computed meanwhile. */
  function reportOf(portfolio: string, seq: number, now: number): BacktestReport | null {
    const known = reports.get(portfolio) ?? UNREPORTED
    if (ports.analyses === null || known.isUnderWay || known.seq >= seq || now - known.askedAt < REPORT_MS) {
      return known.report
    }
    reports.set(portfolio, { ...known, askedAt: now, isUnderWay: true })
    ports.analyses.report(portfolio).then(
      ({ seq, data: report }) => {
        // What was computed before is given again for a while: it was completed then.
        const completedAt = seq === known.seq ? known.completedAt : ports.now()
        reports.set(portfolio, { seq, askedAt: now, isUnderWay: false, completedAt, report })
      },
      (error: unknown) => {
        reports.set(portfolio, { ...known, askedAt: now, isUnderWay: false })
        ports.log.warn('the figures of a portfolio could not be computed', { portfolio, error })
      },
    )
    return known.report
  }

  function standingOf(portfolio: string, seq: number, at: number | null): Promise<Standing> {
    const found = standings.get(portfolio)
    if (found?.seq === seq) return found.standing
    const standing = readStanding(portfolio, seq, at)
    standings.set(portfolio, { seq, standing })
    standing.catch(() => standings.delete(portfolio))
    return standing
  }

  async function readStanding(portfolio: string, seq: number, eventAt: number | null): Promise<Standing> {
    const { paging, projections } = store
    const memory = await projections.equityMemory(portfolio)
    const last = new Map(memory.last.map((row) => [row.sleeve, row]))
    const sleeves = await allOf('sleeve', portfolio)
    const positions = await paging.positions(portfolio)
    const open = await paging.page(portfolio, 'violations', { open: true, limit: 200 })
    const config = await configOf(portfolio)
    const whole = last.get('') ?? null
    const began = whole === null ? null : dayBegan(whole.at, zoneOf({ config }))
    const days = await daysOf(portfolio, memory.days, whole?.at ?? 0)
    return {
      portfolio,
      seq,
      eventAt,
      config,
      version: configs.get(portfolio)?.seq ?? -1,
      sleeves: sleeves
        .filter(({ sleeve }) => !isOver(sleeve, config, last, positions))
        .sort((one, other) => one.ordinal - other.ordinal),
      last,
      days,
      dayBefore: began === null ? new Map() : await dayBeforeOf(portfolio, began, days),
      cameToday: began === null ? new Map() : await cameSince(portfolio, began, days, whole!.at),
      peakAt: whole === null ? null : await peakAtOf(portfolio, whole),
      targets: await targetsOf(portfolio, sleeves.length),
      positions,
      openedBy: await openedByOf(portfolio),
      before: await closesBefore(portfolio, positions.netted.slice(0, PRICED_MOST), began),
      openViolations: open.rows,
    }
  }

  async function allOf<Table extends ProjectedTable>(
    table: Table,
    portfolio: string,
  ): Promise<readonly ProjectedRows[Table][]> {
    const rows: ProjectedRows[Table][] = []
    for await (const row of store.projections.projectedRows(portfolio, table))
      rows.push(row as unknown as ProjectedRows[Table])
    return rows
  }

  /** A configuration holds until the next one: the text is read once. */
  async function configOf(portfolio: string): Promise<PortfolioConfig | null> {
    let last: ProjectedRows['configuration'] | null = null
    for (const row of await allOf('configuration', portfolio)) last = row
    if (last === null) return null
    const found = configs.get(portfolio)
    if (found?.seq === last.seq) return found.config
    const config = JSON.parse(last.document) as PortfolioConfig
    configs.set(portfolio, { seq: last.seq, config })
    return config
  }

  /** Rows of the last days: the roll-up by day is the coarsest that has one for each of them. */
  async function daysOf(
    portfolio: string,
    days: ReadonlyMap<string, readonly { readonly bucket: number }[]>,
    to: number,
  ): Promise<ReadonlyMap<string, readonly EquityRow[]>> {
    const whole = days.get('') ?? []
    if (whole.length === 0) return new Map()
    return store.paging.equityOfAll(portfolio, { from: whole[0]!.bucket, to, points: whole.length })
  }

  /** Of each sleeve the last close that is not of today: what lies before today changes no more. */
  function dayBeforeOf(
    portfolio: string,
    began: number,
    days: ReadonlyMap<string, readonly EquityRow[]>,
  ): Promise<ReadonlyMap<string, EquityRow>> {
    const found = daysBefore.get(portfolio)
    if (found?.began === began) return found.rows
    const rows = readDayBefore(portfolio, began, days)
    daysBefore.set(portfolio, { began, rows })
    rows.catch(() => daysBefore.delete(portfolio))
    return rows
  }

  async function readDayBefore(
    portfolio: string,
    began: number,
    days: ReadonlyMap<string, readonly EquityRow[]>,
  ): Promise<ReadonlyMap<string, EquityRow>> {
    const fine = await store.paging.equityOfAll(portfolio, { from: began - DAY_MS, to: began, points: FINEST })
    const before = new Map<string, EquityRow>()
    for (const [sleeve, rows] of days) {
      const isBefore = ({ at }: EquityRow): boolean => at <= began
      const row = fine.get(sleeve)?.findLast(isBefore) ?? rows.findLast(isBefore)
      if (row !== undefined) before.set(sleeve, row)
    }
    return before
  }

  /** Counts of money that came today; most days none does. */
  async function cameSince(
    portfolio: string,
    began: number,
    days: ReadonlyMap<string, readonly EquityRow[]>,
    to: number,
  ): Promise<ReadonlyMap<string, number>> {
    const came = new Map<string, number>()
    const isAny = [...days.values()].some((rows) => rows.some(({ at, flow }) => at > began && flow !== 0))
    if (!isAny) return came
    for (const [sleeve, rows] of await store.paging.equityOfAll(portfolio, { from: began + 1, to, points: HOURS })) {
      came.set(
        sleeve,
        rows.reduce((sum, { bucket, flow }) => (bucket >= began ? sum + flow : sum), 0),
      )
    }
    return came
  }

  /** The close at which the whole reached its peak: looked for by month, then by day, when there is a new one. */
  async function peakAtOf(portfolio: string, { at, growth, peak }: EquityRow): Promise<number | null> {
    if (growth >= peak) return at
    const known = peaks.get(portfolio)
    if (known?.peak === peak) return known.at
    let range = { from: 0, to: at }
    let found: number | null = null
    for (const points of [1, DAYS_OF_MONTH]) {
      const rows = (await store.paging.equityOfAll(portfolio, { ...range, points })).get('') ?? []
      const row = rows.find((one) => one.peak >= peak)
      if (row === undefined) break
      found = row.at
      range = { from: row.bucket, to: row.at }
    }
    peaks.set(portfolio, { peak, at: found })
    return found
  }

  async function targetsOf(portfolio: string, sleeves: number): Promise<ReadonlyMap<string, number>> {
    const { rows } = await store.paging.page(portfolio, 'allocations', { limit: Math.max(1, sleeves) })
    const newest = rows[0]?.seq
    return new Map(
      rows.filter(({ seq }) => seq === newest).map(({ sleeve, weight, factor }) => [sleeve, weight * factor]),
    )
  }

  async function openedByOf(portfolio: string): Promise<ReadonlyMap<string, number>> {
    const { rows } = await store.paging.page(portfolio, 'trips', { open: true, limit: PAGE_MAX })
    return new Map(
      rows.flatMap(({ sleeve, instrument, openedBy }) =>
        openedBy === null ? [] : [[`${sleeve}/${instrument}`, openedBy]],
      ),
    )
  }

  async function closesBefore(
    portfolio: string,
    held: readonly { readonly instrument: string }[],
    today: number | null,
  ): Promise<ReadonlyMap<string, number>> {
    const before = new Map<string, number>()
    if (today === null) return before
    for (const { instrument } of held) {
      const close = await closeBefore(portfolio, instrument, today)
      if (close !== null) before.set(instrument, close)
    }
    return before
  }

  async function closeBefore(portfolio: string, instrument: string, today: number): Promise<number | null> {
    const key = `${portfolio} ${instrument} ${today}`
    const known = closes.get(key)
    if (known !== undefined) return known
    const range = { from: today - WEEK_MS, to: today, points: POINTS_MOST }
    const bars = await store.paging.priceBars(portfolio, instrument, range)
    const close = bars.findLast(({ at }) => at <= today)?.close ?? null
    if (closes.size > 2_000) closes.clear()
    closes.set(key, close)
    return close
  }

  return { names, basis }
}
