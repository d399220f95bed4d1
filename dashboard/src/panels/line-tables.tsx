import type { ReactNode } from 'react'
import type { Line } from '../../../src/api/contract/analysis.ts'
import type { Cursor } from '../charts/Chart.tsx'
import { valueOn } from '../charts/day-lines.ts'
import { tradeDate } from '../times.ts'
import { PlainTable } from './PlainTable.tsx'

/** Lines over days as rows, newest first. */
export function LinesTable(props: {
  readonly label: string
  readonly lines: readonly Line[]
  readonly format: (value: number) => string
}): ReactNode {
  const { label, lines, format } = props
  const days = [...new Set(lines.flatMap((line) => line.days))].sort((left, right) => (left < right ? 1 : -1))
  const shown = (line: Line, day: string): string => {
    const value = valueOn(line, day)
    return value === null ? 'n/a' : format(value)
  }
  return (
    <PlainTable
      label={label}
      columns={[{ title: 'Trade date', width: '120px' }, ...lines.map((line) => ({ title: line.title }))]}
      rows={days.map((day) => ({ key: day, cells: [day, ...lines.map((line) => shown(line, day))] }))}
    />
  )
}

/** The points of the first line, read out with what the others show on that day. */
export function linesCursor(lines: readonly Line[], format: (value: number) => string): Cursor {
  const days = lines[0]?.days ?? []
  return {
    length: days.length,
    describe: (place) => {
      const day = days[place] ?? ''
      const parts = lines.map((line) => {
        const value = valueOn(line, day)
        return `${line.title} ${value === null ? 'not defined' : format(value)}`
      })
      return `${tradeDate(day)}. ${parts.join(', ')}.`
    },
  }
}
