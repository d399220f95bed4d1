/** Tables of what is told to whom; moments are milliseconds since 1970. */
export interface AlertTables {
  alert_channel: {
    readonly portfolio: string
    readonly name: string
    readonly kind: string
    readonly enabled: number
    readonly per_minute: number
    /** JSON, secrets as ''. */
    readonly settings: string
    /** Sealed JSON, by name. */
    readonly secrets: string
    readonly changed_at: number
  }
  alert_rule: {
    readonly portfolio: string
    readonly place: number
    /** JSON. */
    readonly body: string
    readonly changed_at: number
  }
  alert_threshold: {
    readonly portfolio: string
    readonly place: number
    /** JSON. */
    readonly body: string
    readonly changed_at: number
  }
  /** Who has seen what goes on; taken away when that is over. */
  alert_acknowledgement: {
    readonly portfolio: string
    readonly incident: string
    /** Id of the alert that was seen: one that is worse is another one. */
    readonly alert: string
    readonly actor: string
    readonly at: number
    readonly note: string
  }
  alert_memory: {
    readonly portfolio: string
    /** Number of the last message that was looked at. */
    readonly cursor: number
    /** JSON. */
    readonly state: string
  }
  alert_delivery: {
    readonly portfolio: string
    readonly id: string
    /** Counts deliveries in the order in which they were kept. */
    readonly number: number
    readonly channel: string
    readonly rule: string
    readonly purpose: string
    readonly severity: string
    /** JSON. */
    readonly alerts: string
    readonly unsaid: number
    readonly created_at: number
    readonly due_at: number
    readonly attempts: number
    readonly state: string
    readonly answer: string
    readonly sent_at: number | null
  }
}
