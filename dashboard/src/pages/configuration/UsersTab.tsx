import { type ReactNode, useState } from 'react'
import type {
  OpenSession,
  RoleName,
  TokenCreated,
  TokenView,
  TotpView,
  UserView,
} from '../../../../src/api/contract/session.ts'
import { useRole, useSession } from '../../data/session.ts'
import { plain } from '../../data/source.ts'
import { type Column, DataTable } from '../../frame/DataTable.tsx'
import { Dialog } from '../../frame/Dialog.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { preferences } from '../../state/preferences.ts'
import { useStore } from '../../state/store.ts'
import { stamp } from '../../times.ts'
import { NewPassphrase } from '../login/NewPassphrase.tsx'
import { QrCode } from '../login/QrCode.tsx'
import { strengthOf } from '../login/strength.ts'
import { browserName } from './browser-name.ts'
import { OwnAccount } from './OwnAccount.tsx'
import {
  useAddToken,
  useAddUser,
  useChangeUser,
  useEndSession,
  useRemoveToken,
  useRemoveUser,
  useSessions,
  useTokens,
  useUsers,
} from './people.ts'

const ROLES: readonly RoleName[] = ['viewer', 'operator', 'admin']

function RoleSelect({
  value,
  label,
  onChange,
  isDisabled = false,
}: {
  readonly value: RoleName
  readonly label: string
  readonly onChange: (role: RoleName) => void
  readonly isDisabled?: boolean
}): ReactNode {
  return (
    <select
      className="input"
      aria-label={label}
      value={value}
      disabled={isDisabled}
      onChange={(event) => onChange(event.target.value as RoleName)}
    >
      {ROLES.map((role) => (
        <option key={role}>{role}</option>
      ))}
    </select>
  )
}

function Codes({ totp, onClose }: { readonly totp: TotpView; readonly onClose: () => void }): ReactNode {
  return (
    <Dialog title="Codes for signing in" onClose={onClose}>
      <p className="dialog-text">Scan this with an authenticator app. It is shown once.</p>
      <div className="totp">
        <QrCode text={totp.uri} label="QR code of the authenticator secret" />
        <code>{totp.secret}</code>
      </div>
      <div className="dialog-buttons">
        <button type="button" className="button button-main" data-first onClick={onClose}>
          It is scanned
        </button>
      </div>
    </Dialog>
  )
}

function AddUser({ onCodes }: { readonly onCodes: (totp: TotpView | null) => void }): ReactNode {
  const [name, setName] = useState('')
  const [passphrase, setPassphrase] = useState('')
  const [role, setRole] = useState<RoleName>('viewer')
  const [withTotp, setWithTotp] = useState(false)
  const add = useAddUser()
  return (
    <form
      className="form-grid"
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate(
          { name: name.trim(), role, passphrase, ...(withTotp ? { withTotp } : {}) },
          {
            onSuccess(result) {
              if (result === null) return
              setName('')
              setPassphrase('')
              onCodes(result.totp)
            },
          },
        )
      }}
    >
      <label className="field">
        <span>Name</span>
        <input
          className="input"
          required
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <NewPassphrase label="Passphrase" value={passphrase} onChange={setPassphrase} />
      <div className="field">
        <span>Role</span>
        <RoleSelect label="Role of the new user" value={role} onChange={setRole} />
      </div>
      <label className="check">
        <input type="checkbox" checked={withTotp} onChange={(event) => setWithTotp(event.target.checked)} />
        Also ask for codes
      </label>
      <div className="dialog-buttons form-whole">
        <button type="submit" className="button" disabled={!strengthOf(passphrase).isEnough || add.isPending}>
          Add the user
        </button>
      </div>
    </form>
  )
}

function Users(): ReactNode {
  const { session } = useSession()
  const source = plain(useUsers(true))
  const change = useChangeUser()
  const remove = useRemoveUser()
  const zone = useStore(preferences, (value) => value.zone)
  const [totp, setTotp] = useState<TotpView | null>(null)
  const columns: readonly Column<UserView>[] = [
    {
      key: 'name',
      title: 'Name',
      align: 'left',
      isHead: true,
      cell: ({ name, isDisabled }) => (
        <>
          {name}
          {isDisabled && <span className="warn"> disabled</span>}
        </>
      ),
    },
    {
      key: 'role',
      title: 'Role',
      align: 'left',
      width: '130px',
      cell: ({ name, role }) => (
        <RoleSelect
          label={`Role of ${name}`}
          value={role}
          isDisabled={name === session?.user}
          onChange={(next) => change.mutate({ name, role: next })}
        />
      ),
    },
    {
      key: 'codes',
      title: 'Codes',
      align: 'left',
      width: '120px',
      cell: ({ name, hasTotp }) => (
        <button
          type="button"
          className="link"
          onClick={() =>
            change.mutate({ name, totp: !hasTotp }, { onSuccess: (result) => setTotp(result?.totp ?? null) })
          }
        >
          {hasTotp ? 'Take away' : 'Ask for codes'}
        </button>
      ),
    },
    {
      key: 'seen',
      title: 'Seen last',
      align: 'left',
      width: '170px',
      cell: ({ lastSeenAt }) => (lastSeenAt === null ? 'never' : stamp(lastSeenAt, zone)),
    },
    {
      key: 'actions',
      title: '',
      width: '160px',
      cell: ({ name, isDisabled }) =>
        name === session?.user ? (
          <span className="quiet">you</span>
        ) : (
          <span className="row-actions">
            <button type="button" className="link" onClick={() => change.mutate({ name, disabled: !isDisabled })}>
              {isDisabled ? 'Enable' : 'Disable'}
            </button>
            <button
              type="button"
              className="link"
              aria-label={`Remove ${name}`}
              onClick={() => remove.mutate({ name })}
            >
              Remove
            </button>
          </span>
        ),
    },
  ]
  return (
    <Panel title="Users" span={12} source={source} skeleton="table">
      {(rows) => (
        <>
          {rows.length === 0 ? (
            <p className="config-note">Nobody has a name and passphrase yet: only the link of the console signs in.</p>
          ) : (
            <DataTable label="Users" columns={columns} rows={rows} rowKey={({ name }) => name} />
          )}
          <AddUser onCodes={setTotp} />
          {totp !== null && <Codes totp={totp} onClose={() => setTotp(null)} />}
        </>
      )}
    </Panel>
  )
}

function Sessions(): ReactNode {
  const source = plain(useSessions())
  const end = useEndSession()
  const zone = useStore(preferences, (value) => value.zone)
  const columns: readonly Column<OpenSession>[] = [
    {
      key: 'user',
      title: 'User',
      align: 'left',
      isHead: true,
      width: '140px',
      cell: ({ user, role }) => (
        <>
          {user} <small className="quiet">{role}</small>
        </>
      ),
    },
    { key: 'address', title: 'Address', align: 'left', width: '130px', cell: ({ address }) => address },
    {
      key: 'agent',
      title: 'Browser',
      align: 'left',
      cell: ({ agent }) => <span title={agent}>{browserName(agent)}</span>,
    },
    {
      key: 'seen',
      title: 'Seen last',
      align: 'left',
      width: '170px',
      cell: ({ lastSeenAt }) => stamp(lastSeenAt, zone),
    },
    { key: 'expires', title: 'Ends', align: 'left', width: '170px', cell: ({ expiresAt }) => stamp(expiresAt, zone) },
    {
      key: 'end',
      title: '',
      width: '130px',
      cell: ({ id, isOwn, user }) =>
        isOwn ? (
          <span className="quiet">this one</span>
        ) : (
          <button
            type="button"
            className="link"
            aria-label={`End session of ${user}`}
            onClick={() => end.mutate({ id })}
          >
            End session
          </button>
        ),
    },
  ]
  return (
    <Panel
      title="Sessions"
      span={12}
      source={source}
      skeleton="table"
      empty={(rows) => (rows.length === 0 ? { text: 'Nobody is signed in.' } : null)}
    >
      {(rows) => <DataTable label="Sessions" columns={columns} rows={rows} rowKey={({ id }) => id} isDense />}
    </Panel>
  )
}

function Secret({ created, onClose }: { readonly created: TokenCreated; readonly onClose: () => void }): ReactNode {
  return (
    <Dialog title={`Key "${created.token.label}"`} onClose={onClose}>
      <p className="dialog-text">It is shown this once. Programs send it as: Authorization: Bearer …</p>
      <p>
        <code className="secret">{created.secret}</code>
      </p>
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={() => void navigator.clipboard.writeText(created.secret)}>
          Copy
        </button>
        <button type="button" className="button button-main" data-first onClick={onClose}>
          I have it
        </button>
      </div>
    </Dialog>
  )
}

function Tokens(): ReactNode {
  const source = plain(useTokens())
  const add = useAddToken()
  const remove = useRemoveToken()
  const zone = useStore(preferences, (value) => value.zone)
  const { session } = useSession()
  const [label, setLabel] = useState('')
  const [role, setRole] = useState<RoleName>('viewer')
  const [created, setCreated] = useState<TokenCreated | null>(null)
  const columns: readonly Column<TokenView>[] = [
    {
      key: 'label',
      title: 'Key',
      align: 'left',
      isHead: true,
      cell: ({ label: name, lastFour }) => (
        <>
          {name} <small className="quiet">…{lastFour}</small>
        </>
      ),
    },
    { key: 'user', title: 'Of', align: 'left', width: '140px', cell: ({ user }) => user },
    { key: 'role', title: 'Role', align: 'left', width: '100px', cell: ({ role: name }) => name },
    {
      key: 'used',
      title: 'Used last',
      align: 'left',
      width: '170px',
      cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : stamp(lastUsedAt, zone)),
    },
    {
      key: 'ends',
      title: 'Ends',
      align: 'left',
      width: '170px',
      cell: ({ expiresAt }) => (expiresAt === null ? 'never' : stamp(expiresAt, zone)),
    },
    {
      key: 'revoke',
      title: '',
      width: '100px',
      cell: ({ id, label: name }) => (
        <button type="button" className="link" aria-label={`Revoke ${name}`} onClick={() => remove.mutate({ id })}>
          Revoke
        </button>
      ),
    },
  ]
  return (
    <Panel title="Keys for programs" span={12} source={source} skeleton="table">
      {(rows) => (
        <>
          {rows.length === 0 ? (
            <p className="config-note">No program has a key.</p>
          ) : (
            <DataTable label="Keys for programs" columns={columns} rows={rows} rowKey={({ id }) => id} isDense />
          )}
          <form
            className="form-grid"
            onSubmit={(event) => {
              event.preventDefault()
              add.mutate(
                { label: label.trim(), role },
                {
                  onSuccess(result) {
                    setCreated(result)
                    setLabel('')
                  },
                },
              )
            }}
          >
            <label className="field">
              <span>What it is for</span>
              <input className="input" required value={label} onChange={(event) => setLabel(event.target.value)} />
            </label>
            <div className="field">
              <span>Role</span>
              <RoleSelect
                label="Role of the new key"
                value={role}
                onChange={setRole}
                isDisabled={session?.role === 'viewer'}
              />
            </div>
            <div className="dialog-buttons">
              <button type="submit" className="button">
                Make a key
              </button>
            </div>
          </form>
          {created !== null && <Secret created={created} onClose={() => setCreated(null)} />}
        </>
      )}
    </Panel>
  )
}

/** Who may look and act, who is signed in, and which programs have keys. */
export function UsersTab(): ReactNode {
  const administers = useRole('admin')
  return (
    <>
      <OwnAccount />
      {administers && <Users />}
      <Sessions />
      <Tokens />
    </>
  )
}
