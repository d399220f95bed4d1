import { useSyncExternalStore } from 'react'
import type { Column } from './column.ts'

const narrow = (): MediaQueryList => matchMedia('(max-width: 767px)')

function subscribe(listener: () => void): () => void {
  const query = narrow()
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

/** Whether the page is as narrow as a phone. */
function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => narrow().matches)
}

/** The columns that fit: hidden ones would still take their share of a table of fixed layout. */
export function useFitting<R>(columns: readonly Column<R>[]): readonly Column<R>[] {
  const isNarrow = useNarrow()
  return isNarrow ? columns.filter((column) => column.isWide !== true) : columns
}
