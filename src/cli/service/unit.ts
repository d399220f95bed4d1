/** A service of systemd: what runs, as whom, and what it may touch of the machine. */
import { FaultError, fault } from '../../domain/faults.ts'

export interface ServiceOptions {
  /** Of the unit and of its folders in /var/lib and /etc. */
  readonly name: string
  /** Program and arguments, each a whole word; paths from the root. */
  readonly command: readonly string[]
  /** Null: one that systemd makes for this service alone. */
  readonly user: string | null
  /** Whether something that it reads lies in a home folder. */
  readonly isInHome: boolean
}

/** How long it has to end in order: longer than `serve` gives its engines. */
const STOP_SECONDS = 45
const NAME = /^[a-z][a-z0-9_-]{0,30}$/
const USER = /^[a-z_][a-z0-9_-]{0,31}$/

/** @throws FaultError OPTION_INVALID where a name could be read as something else */
export function unitText({ name, command, user, isInHome }: ServiceOptions): string {
  if (!NAME.test(name))
    throw new FaultError(
      fault('OPTION_INVALID', { option: '--name', reason: 'must be small letters, digits, - and _' }),
    )
  if (user !== null && !USER.test(user))
    throw new FaultError(fault('OPTION_INVALID', { option: '--user', reason: 'is no name of a user' }))
  if (user === 'nobody')
    throw new FaultError(
      fault('OPTION_INVALID', { option: '--user', reason: 'nobody is shared by others: leave it out' }),
    )
  return `# Written by "polyfolio service install"; it is written anew by the next one.
[Unit]
Description=Polyfolio (${name})
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=900
StartLimitBurst=10

[Service]
Type=exec
ExecStart=${command.map(quoted).join(' ')}
${user === null ? 'DynamicUser=yes' : `User=${user}`}
StateDirectory=${name}
StateDirectoryMode=0700
WorkingDirectory=/var/lib/${name}
Environment=NODE_ENV=production POLYFOLIO_HOME=/var/lib/${name}
# Passwords and keys, one NAME=value a line; root's own, mode 0600.
EnvironmentFile=-/etc/${name}/environment
UMask=0077
# A wrong setting stays wrong: only what failed or died is started again.
Restart=on-failure
RestartSec=5
RestartPreventExitStatus=2
# The first process ends its engines in order; what is left after that is killed.
KillMode=mixed
TimeoutStopSec=${STOP_SECONDS}

NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=${isInHome ? 'read-only' : 'yes'}
PrivateTmp=yes
PrivateDevices=yes
PrivateIPC=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RemoveIPC=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
`
}

/** A word as systemd reads one: quoted, without its specifiers and variables. */
function quoted(word: string): string {
  if (/\p{Cc}/u.test(word))
    throw new FaultError(fault('OPTION_INVALID', { option: 'a path', reason: 'has a line break or a tab in it' }))
  const escaped = word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$')
  return /^[\w@%+=:,./-]+$/.test(word) ? escaped : `"${escaped}"`
}
