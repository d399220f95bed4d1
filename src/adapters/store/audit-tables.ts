/** Tables of what people did and wrote; JSON where it says so. */
export interface AuditTables {
  audit: {
    readonly portfolio: string
    readonly number: number
    readonly at: number
    readonly actor: string
    readonly action: string
    readonly subject: string
    /** JSON. */
    readonly before: string
    readonly after: string
    readonly request_id: string
    /** SHA-256 over the link before and everything in this row. */
    readonly hash: Uint8Array
    /** Of what came through the API: null in other rows. */
    readonly kind: string | null
    /** Portfolio that it is about. */
    readonly about: string | null
    readonly outcome: string | null
    readonly address: string | null
  }
  /** The last entry of each chain. */
  audit_head: { readonly portfolio: string; readonly number: number; readonly hash: Uint8Array }
  annotation: {
    readonly portfolio: string
    readonly id: string
    readonly at: number
    readonly actor: string
    readonly about: string
    readonly subject: string
    readonly text: string
    /** JSON. */
    readonly tags: string
    readonly removed_at: number | null
    readonly version: number
    readonly edited_at: number | null
    readonly editor: string
  }
  /** How a note ever stood. */
  annotation_version: {
    readonly portfolio: string
    readonly id: string
    readonly version: number
    readonly at: number
    readonly author: string
    readonly text: string
    /** JSON. */
    readonly tags: string
    readonly removed: number
  }
}
