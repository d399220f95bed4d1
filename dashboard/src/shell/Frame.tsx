import type { ReactNode } from 'react'
import type { SessionView } from '../../../src/api/contract/session.ts'

export function Frame({
  children,
}: {
  readonly session: SessionView
  readonly portfolio: string
  readonly children: ReactNode
}): ReactNode {
  return <main id="main">{children}</main>
}
