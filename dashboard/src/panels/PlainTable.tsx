import type { ReactNode } from 'react'

export interface PlainColumn {
  readonly title: string
  readonly align?: 'left' | 'right'
  readonly width?: string
}

export interface PlainTableProps {
  readonly label: string
  readonly columns: readonly PlainColumn[]
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[]
  readonly foot?: readonly ReactNode[]
}

/** The rows of a chart as a table; the first cell names its row. */
export function PlainTable({ label, columns, rows, foot }: PlainTableProps): ReactNode {
  const align = (place: number): string => columns[place]?.align ?? (place === 0 ? 'left' : 'right')
  return (
    <div className="scroll">
      <table className="dense" aria-label={label}>
        <colgroup>
          {columns.map(({ title, width }) => (
            <col key={title} style={width === undefined ? {} : { width }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map(({ title }, place) => (
              <th key={title} scope="col" className={align(place)}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, place) =>
                place === 0 ? (
                  <th key={columns[place]!.title} scope="row" className={align(place)}>
                    {cell}
                  </th>
                ) : (
                  <td key={columns[place]!.title} className={align(place)}>
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
        {foot !== undefined && (
          <tfoot>
            <tr>
              {foot.map((cell, place) => (
                <td key={columns[place]!.title} className={align(place)}>
                  {cell}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  )
}
