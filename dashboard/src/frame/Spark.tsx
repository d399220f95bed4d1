import { memo, type ReactNode } from 'react'

export interface SparkProps {
  readonly values: readonly number[]
  /** A token's name. */
  readonly token: string
  readonly width?: number
  readonly height?: number
}

const PAD = 2

function pathOf(values: readonly number[], width: number, height: number): string {
  const least = Math.min(...values)
  const span = Math.max(...values) - least || 1
  return values
    .map((value, index) => {
      const x = PAD + (index / (values.length - 1)) * (width - 2 * PAD)
      const y = height - PAD - ((value - least) / span) * (height - 2 * PAD)
      return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`
    })
    .join('')
}

/** A line without axes: the shape of the last 90 days. */
export const Spark = memo(function Spark({ values, token, width = 104, height = 24 }: SparkProps): ReactNode {
  if (values.length < 2) return null
  const path = pathOf(values, width, height)
  const [x, y] = path.slice(path.lastIndexOf('L') + 1).split(' ')
  return (
    <svg className="spark" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <path
        d={path}
        fill="none"
        stroke={`var(${token})`}
        strokeWidth="1.4"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
      <circle cx={x} cy={y} r="1.9" fill={`var(${token})`} />
    </svg>
  )
})
