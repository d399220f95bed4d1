/** Tables of who may look and act; moments are milliseconds since 1970. */
export interface AccessTables {
  account: {
    /** The name in small letters. */
    readonly key: string
    readonly name: string
    readonly role: string
    readonly passphrase_hash: string
    /** Sealed. */
    readonly totp_secret: string | null
    readonly totp_step: number
    readonly created_at: number
    readonly changed_at: number
    readonly signed_in_at: number | null
    readonly disabled_at: number | null
  }
  one_time_secret: {
    readonly hash: string
    readonly kind: string
    readonly account: string
    readonly role: string
    readonly at: number
    readonly expires_at: number
    readonly used_at: number | null
  }
  session: {
    readonly hash: string
    readonly id: string
    readonly account: string
    /** Of the link that opened it; null: that of the account. */
    readonly link_role: string | null
    readonly created_at: number
    readonly seen_at: number
    readonly idle_until: number
    readonly ends_at: number
    readonly step_up_until: number | null
    readonly agent: string
    readonly address: string
    readonly revoked_at: number | null
  }
  api_token: {
    readonly hash: string
    readonly id: string
    readonly name: string
    readonly last_four: string
    readonly role: string
    readonly account: string
    readonly created_at: number
    readonly expires_at: number | null
    readonly used_at: number | null
    readonly revoked_at: number | null
  }
  failed_attempt: {
    readonly key: string
    readonly count: number
    readonly last_at: number
    readonly blocked_until: number | null
  }
  known_device: {
    readonly hash: string
    readonly account: string
    readonly seen_at: number
  }
}
