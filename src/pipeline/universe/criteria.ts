/** Why a name is not in a universe: criteria against what is known of it on a day. A missing figure is a reason, too. */
import type { Bounds, SectorGroup } from '../../domain/universe.ts'

/** Two numbers nearer than this are the same to a threshold. */
const EPSILON = 1e-12

/** What is asked of a figure. Open bounds are no members themselves. */
export interface Criterion {
  readonly name: string
  readonly bounds: Bounds
  readonly isOpen: boolean
}

/** Whether a figure is known and lies within its bounds. */
export function isWithin({ bounds, isOpen }: Criterion, value: number | null): boolean {
  if (value === null || Number.isNaN(value)) return false
  const least = isOpen ? EPSILON : 0 - EPSILON
  const { min, max } = bounds
  return (min === null || value - min > least) && (max === null || max - value > least)
}

/** Why a figure is not within its bounds; null where it is. */
export function figureReason(criterion: Criterion, value: number | null): string | null {
  if (isWithin(criterion, value)) return null
  const { name, bounds, isOpen } = criterion
  if (value === null || Number.isNaN(value)) return `${name} is missing`
  const { min, max } = bounds
  const isLow = !isWithin({ ...criterion, bounds: { min, max: null } }, value)
  const limit = isLow ? `${isOpen ? 'above' : 'at least'} ${min}` : `${isOpen ? 'below' : 'at most'} ${max}`
  return `${name} ${figureText(value)} is not ${limit}`
}

/** Whole numbers as they are, others to six figures. */
function figureText(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)))
}

/** Whether the sector or the industry is one of those asked. */
function isInSectors(groups: readonly SectorGroup[], sector: string, industry: string): boolean {
  const own = [plain(sector), plain(industry)]
  return groups.some(({ members }) => members.some((member) => own.includes(plain(member))))
}

/** Why neither the sector nor the industry is one of those asked; null where one is. */
export function sectorReason(groups: readonly SectorGroup[], sector: string, industry: string): string | null {
  if (isInSectors(groups, sector, industry)) return null
  const names = groups.map(({ name }) => name).join(', ')
  return `${oneSpace(sector) || 'unknown'} / ${oneSpace(industry) || 'unknown'} is outside ${names}`
}

/** Vendors write the same industry with other dashes and spaces. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
}

export const oneSpace = (text: string): string => text.replace(/\s+/g, ' ').trim()
