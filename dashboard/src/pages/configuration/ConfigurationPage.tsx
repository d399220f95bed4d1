import type { ReactNode } from 'react'

export function ConfigurationPage(): ReactNode {
  return <div className="grid" />
}
