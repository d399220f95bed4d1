import type { Path } from './document.ts'
import type { Problems } from './problems.ts'
import { hint } from './suggest.ts'

/** Names must be sleeves that capital is allocated to. */
export function checkNames(
  given: Readonly<Record<string, unknown>>,
  names: readonly string[],
  path: Path,
  problems: Problems,
): void {
  for (const name of Object.keys(given)) placeOf(name, names, [...path, name], problems)
}

/** The place of a sleeve among those that capital is allocated to; -1 with a problem where there is none. */
export function placeOf(name: string, names: readonly string[], path: Path, problems: Problems): number {
  const place = names.indexOf(name)
  if (place < 0) problems.at(path, `no sleeve with capital is named "${name}"${hint(name, names)}`)
  return place
}
