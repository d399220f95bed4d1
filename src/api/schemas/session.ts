/** Schemas of who looks and what they may do. */
import { z } from 'zod'
import type {
  AuditRow,
  LinkRequest,
  NewToken,
  NewUser,
  OpenSession,
  OwnChange,
  SessionView,
  SetupDone,
  SetupRequest,
  SetupView,
  SignInRequest,
  StepUpRequest,
  TokenCreated,
  TokenView,
  TotpView,
  UserChange,
  UserCreated,
  UserView,
} from '../contract/session.ts'
import { instant } from './answers.ts'

const role = z.enum(['viewer', 'operator', 'admin'])
const userName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/)
  .describe('letters, digits and . _ @ -')
const passphrase = z.string().min(1).max(1_024)
const code = z.string().regex(/^\d{6}$/)
const secret = z.string().min(1).max(200)

export const sessionView = z
  .object({
    user: z.string().nullable(),
    role: role.nullable(),
    csrf: z.string().nullable(),
    stepUpUntil: instant.nullable(),
    expiresAt: instant.nullable(),
    byLink: z.boolean(),
    demo: z.boolean(),
    version: z.string(),
    serverTime: instant,
    portfolios: z.array(z.string()),
    setupNeeded: z.boolean(),
  })
  .meta({ id: 'SessionView' })
sessionView satisfies z.ZodType<SessionView>

export const linkRequest = z.strictObject({ secret })
linkRequest satisfies z.ZodType<LinkRequest>
export const signInRequest = z.strictObject({ name: z.string().min(1).max(64), passphrase, code: code.exactOptional() })
signInRequest satisfies z.ZodType<SignInRequest>
export const stepUpRequest = z.strictObject({ passphrase: passphrase.exactOptional(), code: code.exactOptional() })
stepUpRequest satisfies z.ZodType<StepUpRequest>
export const setupView = z.object({ needed: z.boolean() }).meta({ id: 'SetupView' })
setupView satisfies z.ZodType<SetupView>
export const setupRequest = z.strictObject({
  token: secret,
  name: userName,
  passphrase,
  withTotp: z.boolean().exactOptional(),
})
setupRequest satisfies z.ZodType<SetupRequest>

export const totpView = z.object({ secret: z.string(), uri: z.string() }).meta({ id: 'TotpView' })
totpView satisfies z.ZodType<TotpView>
export const setupDone = z.object({ session: sessionView, totp: totpView.nullable() }).meta({ id: 'SetupDone' })
setupDone satisfies z.ZodType<SetupDone>

export const userView = z
  .object({
    name: z.string(),
    role,
    hasTotp: z.boolean(),
    isDisabled: z.boolean(),
    createdAt: instant,
    lastSeenAt: instant.nullable(),
  })
  .meta({ id: 'UserView' })
userView satisfies z.ZodType<UserView>
export const newUser = z.strictObject({ name: userName, role, passphrase, withTotp: z.boolean().exactOptional() })
newUser satisfies z.ZodType<NewUser>
export const userCreated = z.object({ user: userView, totp: totpView.nullable() }).meta({ id: 'UserCreated' })
userCreated satisfies z.ZodType<UserCreated>
export const userChange = z.strictObject({
  name: userName,
  role: role.exactOptional(),
  passphrase: passphrase.exactOptional(),
  disabled: z.boolean().exactOptional(),
  totp: z.boolean().exactOptional(),
})
userChange satisfies z.ZodType<UserChange>
export const userNamed = z.strictObject({ name: userName })

/** As an authenticator takes it: at least 160 bits. */
const codesSecret = z.string().regex(/^[A-Z2-7]{32,64}$/)
export const ownCodesRequest = z.strictObject({})
export const ownChange = z
  .strictObject({
    current: passphrase,
    code: code.exactOptional(),
    passphrase: passphrase.exactOptional(),
    totp: z.strictObject({ secret: codesSecret, code }).nullable().exactOptional(),
  })
  .refine(({ passphrase: next, totp }) => next !== undefined || totp !== undefined, 'say what is to change')
ownChange satisfies z.ZodType<OwnChange>

export const openSession = z
  .object({
    id: z.string(),
    user: z.string(),
    role,
    createdAt: instant,
    lastSeenAt: instant,
    expiresAt: instant,
    address: z.string(),
    agent: z.string(),
    isOwn: z.boolean(),
  })
  .meta({ id: 'OpenSession' })
openSession satisfies z.ZodType<OpenSession>
/** Of a session or a token. */
export const idNamed = z.strictObject({ id: z.string().min(1).max(64) })

export const tokenView = z
  .object({
    id: z.string(),
    user: z.string(),
    label: z.string(),
    role,
    lastFour: z.string(),
    createdAt: instant,
    lastUsedAt: instant.nullable(),
    expiresAt: instant.nullable(),
  })
  .meta({ id: 'TokenView' })
tokenView satisfies z.ZodType<TokenView>
export const newToken = z.strictObject({
  label: z.string().regex(/^[\w .@-]{1,60}$/),
  role,
  days: z.int().min(1).max(3_650).exactOptional(),
})
newToken satisfies z.ZodType<NewToken>
export const tokenCreated = z.object({ token: tokenView, secret: z.string() }).meta({ id: 'TokenCreated' })
tokenCreated satisfies z.ZodType<TokenCreated>

export const auditRow = z
  .object({
    number: z.int(),
    at: instant,
    actor: z.string(),
    kind: z.string(),
    action: z.string(),
    subject: z.string(),
    portfolio: z.string().nullable(),
    before: z.unknown(),
    after: z.unknown(),
    requestId: z.string(),
    address: z.string(),
  })
  .meta({ id: 'AuditRow' })
auditRow satisfies z.ZodType<AuditRow>
