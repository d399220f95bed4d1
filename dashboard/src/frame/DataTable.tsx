import { type KeyboardEvent, type ReactNode, useRef } from 'react'
import type { Column } from './column.ts'
import { useFrozenOrder } from './frozen-order.ts'
import { useFitting } from './narrow.ts'

export type { Column } from './column.ts'

/** `value` sorts by that column falling, `-value` rising; '' leaves the rows as they came. */
export type Sorting = string

export interface DataTableProps<R> {
  readonly label: string
  readonly columns: readonly Column<R>[]
  readonly rows: readonly R[]
  readonly rowKey: (row: R) => string
  readonly sort?: Sorting
  readonly onSort?: (sort: Sorting) => void
  /** Opens a row, by click or Enter. */
  readonly onOpen?: (row: R) => void
  /** What a row shows below itself; null: it is closed. */
  readonly detail?: (row: R) => ReactNode | null
  readonly foot?: ReactNode
  readonly isDense?: boolean
  /** Rows that stay below the others whatever the order, such as what is not invested. */
  readonly staysLast?: (row: R) => boolean
}

export function sortKey(sort: Sorting): { readonly key: string; readonly isRising: boolean } {
  return sort.startsWith('-') ? { key: sort.slice(1), isRising: true } : { key: sort, isRising: false }
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0
  if (a === null) return 1
  if (b === null) return -1
  return a < b ? -1 : 1
}

/** The rows by a column; what is undefined comes last, and rows that are equal stay as they came. */
export function sorted<R>(rows: readonly R[], columns: readonly Column<R>[], sort: Sorting): readonly R[] {
  const { key, isRising } = sortKey(sort)
  const by = columns.find((column) => column.key === key)?.sortBy
  if (by === undefined) return rows
  return [...rows].sort((left, right) => {
    const [a, b] = [by(left), by(right)]
    const order = compare(a, b)
    return isRising || a === null || b === null ? order : -order
  })
}

interface HeadProps<R> {
  readonly column: Column<R>
  readonly sort: Sorting
  readonly onSort: ((sort: Sorting) => void) | undefined
}

function Head<R>({ column, sort, onSort }: HeadProps<R>): ReactNode {
  const { key, isRising } = sortKey(sort)
  const isOn = key === column.key
  const className = `${column.align ?? 'right'} ${column.isWide === true ? 'wide-only' : ''}`
  if (column.sortBy === undefined || onSort === undefined)
    return (
      <th scope="col" className={className}>
        {column.title === '' ? <span className="only-heard">Actions</span> : column.title}
      </th>
    )
  return (
    <th scope="col" className={className} aria-sort={isOn ? (isRising ? 'ascending' : 'descending') : undefined}>
      <button type="button" onClick={() => onSort(isOn && !isRising ? `-${column.key}` : column.key)}>
        {column.title}
        {isOn && <span aria-hidden="true">{isRising ? ' ↑' : ' ↓'}</span>}
      </button>
    </th>
  )
}

/** Moves focus between rows that can be opened: arrows, `j` and `k`. */
function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key]
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('tr[tabindex]')]
  const place = rows.indexOf((event.target as HTMLElement).closest('tr')!)
  const next = rows[place + step]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}

function Row<R>({ row, props }: { readonly row: R; readonly props: DataTableProps<R> }): ReactNode {
  const { columns, onOpen, detail } = props
  const below = detail?.(row) ?? null
  const opens = onOpen !== undefined
  return (
    <>
      <tr
        className={opens ? 'opens' : ''}
        tabIndex={opens ? 0 : undefined}
        onClick={(event) => {
          if ((event.target as HTMLElement).closest('a,button,input,select') === null) onOpen?.(row)
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.target !== event.currentTarget) return
          event.preventDefault()
          onOpen?.(row)
        }}
      >
        {columns.map((column) => {
          const className = `${column.align ?? 'right'} ${column.isWide === true ? 'wide-only' : ''}`
          const content = column.cell(row)
          return column.isHead === true ? (
            <th key={column.key} scope="row" className={className}>
              {content}
              {below !== null && <span className="only-heard">, parts shown below</span>}
            </th>
          ) : (
            <td key={column.key} className={className}>
              {content}
            </td>
          )
        })}
      </tr>
      {below !== null && (
        <tr className="detail">
          <td colSpan={columns.length}>{below}</td>
        </tr>
      )}
    </>
  )
}

/** A real table: sortable heads, rows that open by key, columns of fixed width; its order waits while it is in use. */
export function DataTable<R>(props: DataTableProps<R>): ReactNode {
  const { label, rows, rowKey, sort = '', onSort, foot, isDense = false } = props
  const columns = useFitting(props.columns)
  const body = useRef<HTMLTableElement>(null)
  const { staysLast = () => false } = props
  const moving = sorted(
    rows.filter((row) => !staysLast(row)),
    props.columns,
    sort,
  )
  const ordered = useFrozenOrder([...moving, ...rows.filter(staysLast)], rowKey, sort, body)
  return (
    <div className="scroll">
      <table ref={body} className={isDense ? 'dense' : ''} aria-label={label}>
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
          <tr>
            {columns.map((column) => (
              <Head key={column.key} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={moveBetweenRows}>
          {ordered.map((row) => (
            <Row key={rowKey(row)} row={row} props={{ ...props, columns }} />
          ))}
        </tbody>
        {foot !== undefined && <tfoot>{foot}</tfoot>}
      </table>
    </div>
  )
}
