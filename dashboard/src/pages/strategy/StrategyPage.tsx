import type { ReactNode } from 'react'

export function StrategyPage(): ReactNode {
  return <div className="grid" />
}
