import type { ReactNode } from 'react'

export function PerformancePage(): ReactNode {
  return <div className="grid" />
}
