import type { ReactNode } from 'react'

export function RiskPage(): ReactNode {
  return <div className="grid" />
}
