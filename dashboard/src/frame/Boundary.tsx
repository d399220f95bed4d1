import { Component, type ReactNode } from 'react'

export interface BoundaryProps {
  /** What is drawn inside, as its title reads. */
  readonly what: string
  /** Another value means another attempt: the data, the address. */
  readonly resetBy: unknown
  readonly children: ReactNode
}

interface BoundaryState {
  readonly fault: string | null
  readonly resetBy: unknown
}

/** What cannot be drawn says so in its own place; everything around it stays. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { fault: null, resetBy: this.props.resetBy }

  static getDerivedStateFromError(error: unknown): Partial<BoundaryState> {
    return { fault: error instanceof Error ? error.message : String(error) }
  }

  static getDerivedStateFromProps({ resetBy }: BoundaryProps, before: BoundaryState): BoundaryState | null {
    return Object.is(resetBy, before.resetBy) ? null : { fault: null, resetBy }
  }

  override render(): ReactNode {
    const { fault } = this.state
    if (fault === null) return this.props.children
    return (
      <p className="panel-error" role="alert">
        {this.props.what} could not be drawn: {fault}.
      </p>
    )
  }
}
