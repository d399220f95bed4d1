import type { ReactNode } from 'react'

const NEAR = 0.8
const ROOM = 1.1 // the limit's mark stands a little before the end

export interface MeterProps {
  /** Part of the limit that is used; null: there is no limit or no value. */
  readonly use: number | null
  readonly label: string
  /** `near` from 80 % of the limit, `over` beyond it; `plain` never changes its colour. */
  readonly isPlain?: boolean
}

/** A bar with its limit as a mark. */
export function Meter({ use, label, isPlain = false }: MeterProps): ReactNode {
  const part = use === null ? 0 : Math.max(0, Math.min(ROOM, use)) / ROOM
  const tone = isPlain || use === null || use < NEAR ? '' : use > 1 ? 'meter-over' : 'meter-near'
  return (
    <span className="meter" role="img" aria-label={label} title={label}>
      <i className={tone} style={{ width: `${part * 100}%` }} />
      {use !== null && <b style={{ left: `${100 / ROOM}%` }} />}
    </span>
  )
}
