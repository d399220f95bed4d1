/** Rows of one insert: below every database's limit of bound values. */
const ROWS_PER_INSERT = 100

export function* inParts<T>(values: readonly T[]): Iterable<readonly T[]> {
  for (let from = 0; from < values.length; from += ROWS_PER_INSERT) yield values.slice(from, from + ROWS_PER_INSERT)
}
