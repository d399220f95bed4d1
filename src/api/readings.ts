/** Reads a portfolio out of the store, once for all who look at the same moment. */
import type { PortfolioConfig } from '../domain/config.ts'
import { PAGE_MAX } from '../domain/paging.ts'
import type { EquityRow, ProjectedRows, ProjectedTable } from '../domain/projections.ts'
import type { BacktestReport } from './contract/report.ts'
import type { ApiPorts } from './ports.ts'
import type { Basis } from './views/basis.ts'
import { POINTS_MOST } from './views/equity.ts'

/** Nobody sees a difference between two looks that are closer together. */
const FRESH_MS = 250
/** Figures of the whole run are computed anew so often at most. */
const REPORT_MS = 5_000
const DAY_MS = 86_400_000
const WEEK_MS = 7 * DAY_MS
/** Largest positions whose price of the day before is looked up. */
const PRICED_MOST = 12

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
  readonly report: BacktestReport | null
}

/** What changes with events alone. */
interface Standing extends Omit<Basis, 'beat' | 'isRunning' | 'isDemo' | 'report'> {}

export function readingsOf(ports: ApiPorts): Readings {
  const { store } = ports
  const kept = new Map<string, Kept>()
  const standings = new Map<string, { readonly seq: number; readonly standing: Promise<Standing> }>()
  const configs = new Map<string, { readonly seq: number; readonly config: PortfolioConfig }>()
  const closes = new Map<string, number | null>()
  const reports = new Map<string, Reported>()

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
    return { ...standing, beat, isRunning, isDemo: ports.isDemo(portfolio), report: reportOf(portfolio, seq, now) }
  }

  /** The last one there is: nobody waits for the next, which is computed meanwhile. */
  function reportOf(portfolio: string, seq: number, now: number): BacktestReport | null {
    const known = reports.get(portfolio) ?? { seq: -1, askedAt: 0, isUnderWay: false, report: null }
    if (ports.analyses === null || known.isUnderWay || known.seq >= seq || now - known.askedAt < REPORT_MS) {
      return known.report
    }
    reports.set(portfolio, { ...known, askedAt: now, isUnderWay: true })
    ports.analyses.report(portfolio).then(
      (answer) => reports.set(portfolio, { seq: answer.seq, askedAt: now, isUnderWay: false, report: answer.data }),
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
    return {
      portfolio,
      seq,
      eventAt,
      config: await configOf(portfolio),
      sleeves: [...sleeves].sort((one, other) => one.ordinal - other.ordinal),
      last,
      days: await daysOf(portfolio, memory.days, last.get('')?.at ?? 0),
      targets: await targetsOf(portfolio, sleeves.length),
      positions,
      openedBy: await openedByOf(portfolio),
      before: await closesBefore(portfolio, positions.netted.slice(0, PRICED_MOST), last.get('')?.at ?? null),
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
    at: number | null,
  ): Promise<ReadonlyMap<string, number>> {
    const before = new Map<string, number>()
    if (at === null) return before
    const today = Math.floor(at / DAY_MS) * DAY_MS
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
    const range = { from: today - WEEK_MS, to: today - 1, points: POINTS_MOST }
    const bars = await store.paging.priceBars(portfolio, instrument, range)
    const close = bars.findLast(({ at }) => at < today)?.close ?? null
    if (closes.size > 2_000) closes.clear()
    closes.set(key, close)
    return close
  }

  return { names, basis }
}
