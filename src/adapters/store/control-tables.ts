/** Tables beside the journal through which processes talk; moments are milliseconds since 1970, bodies and parts JSON. */
export interface ControlTables {
  control_command: {
    readonly portfolio: string
    readonly id: string
    /** In which they were asked. */
    readonly number: number
    readonly actor: string
    readonly at: number
    readonly seen: number
    readonly until: number | null
    readonly body: string
    readonly state: string
    readonly answer: string
  }
  /** One row per portfolio: the last word of whoever runs it. */
  heartbeat: { readonly portfolio: string; readonly at: number; readonly body: string }
  validation_gate: {
    readonly portfolio: string
    readonly number: number
    readonly name: string
    readonly criterion: string
    readonly value: string
    readonly passed: number
    readonly actor: string
    readonly at: number
  }
  configuration_approval: {
    readonly portfolio: string
    readonly number: number
    readonly hash: string
    readonly parts: string
    readonly actor: string
    readonly at: number
    readonly note: string
  }
  /** Questions to workers; arguments and result are JSON. */
  job: {
    readonly id: string
    readonly kind: string
    readonly args: string
    readonly actor: string
    readonly at: number
    readonly state: string
    readonly worker: string | null
    readonly attempts: number
    /** Last sign of life of its worker. */
    readonly seen_at: number
    readonly result: string | null
    readonly error: string
    readonly ended_at: number | null
    /** How far its worker last said that it is; JSON. */
    readonly progress: string | null
    /** Nobody wants the answer any more. */
    readonly called_off_at: number | null
  }
}
