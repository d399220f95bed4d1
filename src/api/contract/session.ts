/** Who looks and what they may do. */

export type RoleName = 'viewer' | 'operator' | 'admin'

/** What every start of the dashboard asks first: `GET /api/v1/session`. */
export interface SessionView {
  /** Null: nobody is signed in. */
  readonly user: string | null
  readonly role: RoleName | null
  /** Goes back as `x-polyfolio-csrf` with everything that changes something. */
  readonly csrf: string | null
  /** Dangerous actions need no new proof until then; null: they do. */
  readonly stepUpUntil: string | null
  readonly expiresAt: string | null
  /** It was a one-time link, not a passphrase: dangerous actions are proven by typing a name alone. */
  readonly byLink: boolean
  /** The figures are made up: a mark says so on every page. */
  readonly demo: boolean
  readonly version: string
  readonly serverTime: string
  /** Names of the portfolios that may be looked at. */
  readonly portfolios: readonly string[]
  /** The first user has yet to be made: `/setup`. */
  readonly setupNeeded: boolean
}

export interface LinkRequest {
  readonly secret: string
}

export interface SignInRequest {
  readonly name: string
  readonly passphrase: string
  /** Six digits, where the user has codes. */
  readonly code?: string
}

export interface StepUpRequest {
  /** Left out by whoever came by a one-time link. */
  readonly passphrase?: string
  readonly code?: string
}

export interface SetupView {
  readonly needed: boolean
}

export interface SetupRequest {
  /** Printed on the console at the first start. */
  readonly token: string
  readonly name: string
  readonly passphrase: string
  readonly withTotp?: boolean
}

/** What the codes of a new user are made from; shown once. */
export interface TotpView {
  readonly secret: string
  /** `otpauth://totp/...`, to be drawn as a QR code. */
  readonly uri: string
}

export interface SetupDone {
  readonly session: SessionView
  readonly totp: TotpView | null
}

export interface UserView {
  readonly name: string
  readonly role: RoleName
  readonly hasTotp: boolean
  readonly isDisabled: boolean
  readonly createdAt: string
  readonly lastSeenAt: string | null
}

export interface NewUser {
  readonly name: string
  readonly role: RoleName
  readonly passphrase: string
  readonly withTotp?: boolean
}

export interface UserCreated {
  readonly user: UserView
  readonly totp: TotpView | null
}

/** What is left out stays as it is. */
export interface UserChange {
  readonly name: string
  readonly role?: RoleName
  readonly passphrase?: string
  readonly disabled?: boolean
  /** True makes new codes, false takes them away. */
  readonly totp?: boolean
}

/** Of one's own account; what is left out stays as it is. */
export interface OwnChange {
  /** The passphrase of now, and a code where there are codes. */
  readonly current: string
  readonly code?: string
  readonly passphrase?: string
  /** A secret of `newOwnCodes` with a code of it; null takes codes away. */
  readonly totp?: { readonly secret: string; readonly code: string } | null
}

export interface OpenSession {
  readonly id: string
  readonly user: string
  readonly role: RoleName
  readonly createdAt: string
  readonly lastSeenAt: string
  readonly expiresAt: string
  readonly address: string
  readonly agent: string
  /** The one that asks. */
  readonly isOwn: boolean
}

/** A key for programs: `Authorization: Bearer ...`. */
export interface TokenView {
  readonly id: string
  readonly user: string
  readonly label: string
  readonly role: RoleName
  /** Of the key itself: all of it is shown once, when it is made. */
  readonly lastFour: string
  readonly createdAt: string
  readonly lastUsedAt: string | null
  readonly expiresAt: string | null
}

export interface NewToken {
  readonly label: string
  readonly role: RoleName
  /** Days that it is good for; left out: 90. */
  readonly days?: number
}

export interface TokenCreated {
  readonly token: TokenView
  /** Never shown again. */
  readonly secret: string
}

/** Who saw and who did what; each row is linked to the one before by a hash. */
export interface AuditRow {
  readonly number: number
  readonly at: string
  readonly actor: string
  /** `saw` a page, an export; `did` a command; `signedIn`, `refused`, ... */
  readonly kind: string
  readonly action: string
  readonly subject: string
  readonly portfolio: string | null
  readonly before: unknown
  readonly after: unknown
  readonly requestId: string
  readonly address: string
}
