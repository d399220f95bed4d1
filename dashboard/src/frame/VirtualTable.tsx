import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import { type Column, type Sorting, sortKey } from './DataTable.tsx'
import { useFitting } from './narrow.ts'

export interface VirtualTableProps<R> {
  readonly label: string
  readonly columns: readonly Column<R>[]
  /** Rows of the whole list as the filter leaves it. */
  readonly total: number
  /** Undefined: not read yet; an empty row of the same height stands for it. */
  readonly row: (index: number) => R | undefined
  /** Told which rows are seen, so that their pages are read. */
  readonly onRange: (first: number, last: number) => void
  readonly sort?: Sorting
  /** The server sorts; columns with `sortBy` or a name in `sortable` offer it. */
  readonly onSort?: (sort: Sorting) => void
  readonly sortable?: readonly string[]
  readonly onOpen?: (row: R) => void
  readonly height: number
}

const ROW_PX = 32
const OVERSCAN = 4

function focusRow(box: HTMLElement, index: number): void {
  box.querySelector<HTMLElement>(`tr[data-index="${index}"]`)?.focus()
}

/** Stands for the rows above or below those that are seen. */
function Spacer({ columns, height }: { readonly columns: number; readonly height: number }): ReactNode {
  return (
    <tr className="spacer">
      <td colSpan={columns} style={{ height }} />
    </tr>
  )
}

/** A table of any length: only the rows that are seen are in the page, the server pages and sorts. */
export function VirtualTable<R>(props: VirtualTableProps<R>): ReactNode {
  const { label, total, row, onRange, sort = '', onSort, sortable = [], onOpen, height } = props
  const columns = useFitting(props.columns)
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  })
  const items = rows.getVirtualItems()
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? -1]
  useEffect(() => {
    if (last >= first) onRange(first, last)
  }, [first, last, onRange])

  function onKey(event: KeyboardEvent<HTMLElement>): void {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 10, PageUp: -10 }[event.key]
    const at = Number((event.target as HTMLElement).closest('tr')?.dataset['index'] ?? Number.NaN)
    if (step === undefined || Number.isNaN(at) || event.ctrlKey || event.metaKey) return
    const next = Math.min(total - 1, Math.max(0, at + step))
    event.preventDefault()
    rows.scrollToIndex(next)
    requestAnimationFrame(() => scroller.current !== null && focusRow(scroller.current, next))
  }

  const { key: sortedBy, isRising } = sortKey(sort)
  const above = items[0]?.start ?? 0
  const below = rows.getTotalSize() - (items.at(-1)?.end ?? 0)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a named region that the keyboard can scroll
    <div
      ref={scroller}
      className="scroll virtual"
      style={{ height }}
      role="region"
      aria-label={`${label}, rows`}
      tabIndex={onOpen === undefined ? 0 : undefined}
    >
      <table className="dense" aria-label={label} aria-rowcount={total + 1}>
        <colgroup>
          {columns.map(({ key, width, isWide }) => (
            <col
              key={key}
              className={isWide === true ? 'wide-only' : ''}
              style={width === undefined ? {} : { width }}
            />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => {
              const isOn = column.key === sortedBy
              const className = `${column.align ?? 'right'} ${column.isWide === true ? 'wide-only' : ''}`
              const sorts = onSort !== undefined && (sortable.includes(column.key) || column.sortBy !== undefined)
              return (
                <th
                  key={column.key}
                  scope="col"
                  className={className}
                  aria-sort={isOn ? (isRising ? 'ascending' : 'descending') : undefined}
                >
                  {sorts ? (
                    <button type="button" onClick={() => onSort(isOn && !isRising ? `-${column.key}` : column.key)}>
                      {column.title}
                      {isOn && <span aria-hidden="true">{isRising ? ' ↑' : ' ↓'}</span>}
                    </button>
                  ) : (
                    column.title
                  )}
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody onKeyDown={onKey}>
          {above > 0 && <Spacer columns={columns.length} height={above} />}
          {items.map(({ index }) => {
            const data = row(index)
            return (
              <tr
                key={index}
                data-index={index}
                aria-rowindex={index + 2}
                tabIndex={onOpen === undefined ? undefined : 0}
                className={onOpen === undefined ? '' : 'opens'}
                onClick={() => data !== undefined && onOpen?.(data)}
                onKeyDown={(event) =>
                  event.key === 'Enter' && event.target === event.currentTarget && data !== undefined && onOpen?.(data)
                }
              >
                {columns.map((column) => (
                  <td
                    key={column.key}
                    className={`${column.align ?? 'right'} ${column.isWide === true ? 'wide-only' : ''}`}
                  >
                    {data === undefined ? '' : column.cell(data)}
                  </td>
                ))}
              </tr>
            )
          })}
          {below > 0 && <Spacer columns={columns.length} height={below} />}
        </tbody>
      </table>
    </div>
  )
}
