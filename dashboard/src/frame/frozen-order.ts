import { type RefObject, useRef } from 'react'

const RESORT_MS = 5000

/**
 * The rows in the order that was shown last, with those that came put behind; rows that left are gone.
 *
 * @example keepOrder(['b', 'a'], ['a', 'b', 'c'], (row) => row) // => ['b', 'a', 'c']
 */
export function keepOrder<R>(shown: readonly string[], rows: readonly R[], keyOf: (row: R) => string): readonly R[] {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]))
  const kept = shown.flatMap((key) => {
    const row = byKey.get(key)
    return row === undefined ? [] : [row]
  })
  const known = new Set(shown)
  return [...kept, ...rows.filter((row) => !known.has(keyOf(row)))]
}

/** Pushed figures re-sort a table at most every 5 seconds, and not at all while pointer or focus is inside. */
export function useFrozenOrder<R>(
  rows: readonly R[],
  keyOf: (row: R) => string,
  sort: string,
  table: RefObject<HTMLElement | null>,
): readonly R[] {
  const last = useRef<{ sort: string; at: number; keys: readonly string[] } | null>(null)
  const now = Date.now()
  const before = last.current
  const element = table.current
  const inUse = element !== null && (element.matches(':hover') || element.contains(document.activeElement))
  if (before !== null && before.sort === sort && (inUse || now - before.at < RESORT_MS)) {
    const kept = keepOrder(before.keys, rows, keyOf)
    last.current = { ...before, keys: kept.map(keyOf) }
    return kept
  }
  last.current = { sort, at: now, keys: rows.map(keyOf) }
  return rows
}
