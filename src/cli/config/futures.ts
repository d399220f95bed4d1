import { parseDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'
import type { RollRule } from '../../pipeline/market/futures-chain.ts'
import type { Problems } from './problems.ts'
import type { RawInstrument } from './schema/instruments.ts'
import type { RawPortfolio } from './schema/portfolio.ts'
import { hint } from './suggest.ts'

/** Trading days before the expiry at which a chain rolls, where its author says nothing. */
const ROLL_DAYS = 5

/** Where the contracts of a future come from: files with their expiries, or the generator, from another instrument. */
export interface FutureDeclaration {
  readonly roll: RollRule
  readonly source:
    | {
        readonly kind: 'files'
        readonly contracts: readonly { readonly file: string; readonly expiry: TradeDate; readonly symbol: string }[]
      }
    | {
        readonly kind: 'synthetic'
        readonly from: string
        readonly seed: number
        readonly scale: number
        readonly carry: number
        readonly noise: number
      }
}

const OF_FUTURES = ['roll', 'synthetic', 'contracts'] as const

/** What a future is made of; null where the entry is none, or is wrong, which is a problem then. */
export function futureOf(
  id: string,
  raw: RawInstrument,
  declared: Readonly<Record<string, RawInstrument>>,
  problems: Problems,
): FutureDeclaration | null {
  const path = ['instruments', id]
  if (raw.kind !== 'future') {
    for (const key of OF_FUTURES)
      if (raw[key] !== undefined) problems.at([...path, key], 'belongs to a future; say "kind: future" or remove it')
    return null
  }
  if (raw.multiplier === undefined)
    problems.at(path, 'a future states what a point of it is worth; add for example "multiplier: 5"')
  if (raw.file !== undefined)
    problems.at(
      [...path, 'file'],
      'a future has a file for each contract; list them under "contracts" with their expiries',
    )
  const roll: RollRule = raw.roll ?? { by: 'days', days: ROLL_DAYS }
  if (raw.synthetic !== undefined && raw.contracts !== undefined) {
    problems.at(
      [...path, 'synthetic'],
      'stands beside "contracts"; keep one: files are what was traded, the other is not',
    )
    return null
  }
  if (raw.contracts !== undefined) return filesOf(id, raw.contracts, roll, problems)
  if (raw.synthetic === undefined) {
    problems.at(path, 'a future has contracts; list files under "contracts", or add "synthetic: {from: SPY, seed: 1}"')
    return null
  }
  const { from } = raw.synthetic
  const other = declared[from]
  if (other === undefined) {
    const reason = `instrument "${from}" is not declared${hint(from, Object.keys(declared))}`
    problems.at([...path, 'synthetic', 'from'], reason)
  } else if (other.kind === 'future' || other.kind === 'stream') {
    problems.at(
      [...path, 'synthetic', 'from'],
      `must name an instrument with prices of its own, was the ${other.kind} "${from}"`,
    )
  }
  return { roll, source: { kind: 'synthetic', ...raw.synthetic } }
}

function filesOf(
  id: string,
  raw: NonNullable<RawInstrument['contracts']>,
  roll: RollRule,
  problems: Problems,
): FutureDeclaration {
  const contracts: { file: string; expiry: TradeDate; symbol: string }[] = []
  raw.forEach(({ file, expiry: text, symbol }, place) => {
    const path = ['instruments', id, 'contracts', place, 'expiry']
    const expiry = parseDate(text)
    if (expiry === null) {
      problems.at(path, `must be a day as YYYY-MM-DD, was "${text}"`)
      return
    }
    const before = contracts.at(-1)
    if (before !== undefined && before.expiry >= expiry)
      problems.at(path, `must be after that of the contract before; list contracts in the order of their expiries`)
    contracts.push({ file, expiry, symbol: symbol ?? contractSymbol(id, expiry) })
  })
  return { roll, source: { kind: 'files', contracts } }
}

const MONTH_CODES = 'FGHJKMNQUVXZ'

/** 'ESH24': the month's letter and the last two figures of the year, as exchanges write it. */
export function contractSymbol(root: string, expiry: TradeDate): string {
  const month = Math.floor(expiry / 100) % 100
  const year = Math.floor(expiry / 10_000) % 100
  return `${root}${MONTH_CODES[month - 1]!}${String(year).padStart(2, '0')}`
}

/** Instruments that futures are generated from: they are read though nobody trades them. */
export function underlyingsOf(raw: RawPortfolio, used: ReadonlySet<string>): readonly string[] {
  return [...used].flatMap((id) => raw.instruments[id]?.synthetic?.from ?? [])
}

/** Futures that nobody traded, said where a reader must not miss it. */
export function syntheticFutures(
  raw: RawPortfolio,
  sleeves: readonly { readonly id: string; readonly universe: readonly string[] }[],
): readonly string[] {
  return Object.entries(raw.instruments).flatMap(([id, { synthetic }]) => {
    const traders = sleeves.filter(({ universe }) => universe.includes(id)).map((sleeve) => sleeve.id)
    if (synthetic === undefined || traders.length === 0) return []
    const how = `its contracts are generated from ${synthetic.from} by seed ${synthetic.seed}, nobody traded them`
    return [`SYNTHETIC: ${id}: ${how}; traded by ${traders.join(', ')}`]
  })
}
