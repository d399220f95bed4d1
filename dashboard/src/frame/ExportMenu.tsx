import type { ReactNode } from 'react'
import { ofPortfolio, queryOf } from '../data/api.ts'
import { type Query, usePortfolio } from '../data/readings.ts'
import { Icon } from './Icon.tsx'
import { Menu } from './Menu.tsx'

export const EXPORT_FORMATS = [
  ['csv', 'CSV'],
  ['xlsx', 'Excel'],
  ['json', 'JSON'],
  ['parquet', 'Parquet'],
] as const

/** What the server exports, and the filter that the page shows. */
export interface Exportable {
  readonly what: 'equity' | 'trades' | 'orders' | 'positions' | 'risk' | 'violations' | 'notes'
  readonly query?: Query
}

/** Address of one export. */
export function exportAddress(portfolio: string, { what, query = {} }: Exportable, format: string): string {
  return ofPortfolio(portfolio, `exports/${what}.${format}${queryOf(query)}`)
}

export function ExportMenu({ title, ...exportable }: Exportable & { readonly title: string }): ReactNode {
  const portfolio = usePortfolio()
  return (
    <Menu label={`Export ${title.toLowerCase()}`} icon={<Icon name="download" />}>
      {EXPORT_FORMATS.map(([format, name]) => (
        <a key={format} role="menuitem" href={exportAddress(portfolio, exportable, format)} download>
          {name}
        </a>
      ))}
    </Menu>
  )
}
