/**
 * Everything that can be wrong from outside, in one table: what is said, and what to do about it.
 * `{name}` is replaced by the value. Exit codes: 1 the run failed, 2 the input is wrong, 3 a sleeve was paused by a fault.
 */
export const FAULTS = {
  FILE_MISSING: { exit: 2, text: 'no file "{file}"; check the path and the data folder given by --data' },
  FILE_UNREADABLE: { exit: 2, text: '"{file}" cannot be read: {reason}' },
  FILE_EMPTY: { exit: 2, text: '"{file}" holds no rows; export it again' },
  DATA_FOLDER_MISSING: { exit: 2, text: 'no data folder "{folder}"; give an existing one by --data' },
  LAYOUT_UNKNOWN: {
    exit: 2,
    text: '"{file}" line {line}: columns "{columns}" are no layout that can be read; {advice}',
  },
  ROW_UNREADABLE: {
    exit: 2,
    text: '"{file}" line {line}: {field} "{value}" cannot be read as {expected}; correct the row',
  },
  DATA_REFUSED: { exit: 2, text: '"{file}" line {line}: {reason}' },
  SPLIT_UNCLEAR: {
    exit: 2,
    text: '"{file}" line {line}: split coefficient "{value}" is near no ratio a:b with a and b up to 100; correct it',
  },
  RANGE_EMPTY: {
    exit: 2,
    text: 'no prices from {from} to {to}; the files reach from {first} to {last}; choose days within them',
  },
  DAYS_NONE: {
    exit: 2,
    text: 'no day of the portfolio ends from {from} to {to}; choose days on which its calendar trades',
  },
  CONFIG_SYNTAX: { exit: 2, text: '{file}:{line}:{column} {reason}' },
  CONFIG_INVALID: { exit: 2, text: '{file}:{line}:{column} {path}: {reason}' },
  CONFIG_UNKNOWN_KEY: { exit: 2, text: '{file}:{line}:{column} unknown key "{key}"{hint}' },
  STRATEGY_UNKNOWN: { exit: 2, text: '{file}:{line}:{column} strategy "{strategy}" cannot be loaded: {reason}' },
  STRATEGY_REFUSED: { exit: 2, text: 'strategy "{strategy}" cannot be used: {reason}' },
  STRATEGY_TYPES: { exit: 2, text: '{file}:{line}:{column} the types of a strategy do not fit: {reason}' },
  INSTRUMENT_WITHOUT_FILE: {
    exit: 2,
    text: '{file}:{line}:{column} instrument "{instrument}" names no file; add "file:" relative to the data folder',
  },
  WEIGHTS_ABOVE_ONE: {
    exit: 2,
    text: '{file}:{line}:{column} weights add up to {sum}, above 1; lower them or state "leverage:"',
  },
  OPTION_INVALID: { exit: 2, text: '{option} {reason}' },
  COLUMN_MISSING: { exit: 2, text: '"{file}" has no column "{column}"; it has {columns}' },
  FILE_VALUE_INVALID: { exit: 2, text: '"{file}": {path} {reason}' },
  OUTPUT_EXISTS: { exit: 2, text: '"{path}" cannot be written: {reason}' },
  SCENARIO_INVALID: { exit: 2, text: '"{file}": {path} {reason}' },
  STORE_MISSING: { exit: 2, text: 'no store "{store}"; `polyfolio paper CONFIG --store {store}` makes one' },
  STORE_DAMAGED: { exit: 1, text: 'the store "{store}" is damaged: {reason}; restore the last backup' },
  STORE_KEY_MISSING: {
    exit: 2,
    text: 'the store "{store}" is encrypted: give its key in POLYFOLIO_STORE_KEY, or a file that holds it in POLYFOLIO_STORE_KEY_FILE',
  },
  STORE_KEY_WRONG: {
    exit: 2,
    text: 'the key that was given is not the one of the store "{store}": name the one it was encrypted with in POLYFOLIO_STORE_KEY or POLYFOLIO_STORE_KEY_FILE',
  },
  SECRETS_KEY_MISSING: {
    exit: 2,
    text: 'the store {store} keeps secrets of users and channels sealed, and has no key for them: give 32 bytes (`openssl rand -hex 32`) in POLYFOLIO_STORE_KEY, or a file that holds them in POLYFOLIO_STORE_KEY_FILE',
  },
  STORE_NOT_SEALED: {
    exit: 2,
    text: 'the store "{store}" holds events that are not encrypted: encrypt it by `polyfolio store rekey`, or set store.encryption to off',
  },
  STORE_NEWER: {
    exit: 2,
    text: 'the store "{store}" has taken the step "{step}" of a newer polyfolio: use that version, or go back by `polyfolio store restore` from {copy}',
  },
  STORE_STEP_FAILED: {
    exit: 1,
    text: 'the store "{store}" could not take the step "{step}": {reason}; nothing of it was kept, the store is as it was',
  },
  STORE_UNREACHABLE: { exit: 1, text: 'the store {store} cannot be used: {reason}' },
  STORE_NOT_EMPTY: { exit: 2, text: 'the store "{store}" holds events already; name a new one' },
  STORE_DRIVER_MISSING: {
    exit: 1,
    text: 'no SQLite driver: {reason}; run `npm install better-sqlite3` beside polyfolio',
  },
  ARCHIVE_MISSING: {
    exit: 2,
    text: 'a payload that was taken out of the journal is not in "{file}", or not as it was: bring the archive back to where it was',
  },
  LEASE_TAKEN: {
    exit: 1,
    text: 'the portfolio "{portfolio}" in "{store}" is run by another process; stop that one, or wait for it with --standby',
  },
  LEASE_LOST: {
    exit: 1,
    text: 'the portfolio "{portfolio}" in "{store}" was taken over by {owner}: nothing more is written here',
  },
  JOURNAL_GAP: {
    exit: 1,
    text: 'the journal of "{portfolio}" in "{store}" goes on with event {expected}, not {found}: another process writes it; stop one of them',
  },
  EXECUTION_KNOWN: {
    exit: 1,
    text: 'execution "{execution}" of {broker} was booked before for "{portfolio}" in "{store}": nothing of this commit is kept',
  },
  JOURNAL_DIFFERS: {
    exit: 2,
    text: 'event {seq} ({kind}) of "{portfolio}" in "{store}" cannot be played again: {reason}; give it what it began with, or another store',
  },
  CONFIGURATION_FIXED: {
    exit: 2,
    text: '"{portfolio}" runs already, and cannot go on with this configuration: {refusals}',
  },
  KERNEL_VERSION: {
    exit: 2,
    text: 'the state of "{portfolio}" in "{store}" is of kernel version {found}, this is {own}; start that version once to close it',
  },
  STORE_EMPTY: {
    exit: 2,
    text: 'the store "{store}" holds no portfolio yet; `polyfolio paper CONFIG --store {store}` begins one',
  },
  PORTFOLIO_UNNAMED: {
    exit: 2,
    text: 'the store "{store}" holds several portfolios: {known}; name one by --portfolio',
  },
  CONFIRM_MISSING: {
    exit: 2,
    text: '{what} needs --confirm with at least the last four characters of the account; `polyfolio status` shows it',
  },
  LIVE_MISSING: { exit: 2, text: 'live trading of "{portfolio}" needs {what}' },
  ADDRESS_PUBLIC: {
    exit: 2,
    text: 'others can reach {address}: name --tls-cert and --tls-key, or --lan, which makes them, or the address of a proxy that speaks TLS by --trusted-proxy',
  },
  ADDRESS_UNKNOWN: {
    exit: 2,
    text: 'this machine has no address in a local network; name one by --listen, with --tls-cert and --tls-key',
  },
  TLS_UNREADABLE: { exit: 2, text: 'the certificate "{cert}" with the key "{key}" cannot be used: {reason}' },
  TLS_MISSING: {
    exit: 2,
    text: 'no certificate for {address}: openssl, which makes one, is not here; name --tls-cert and --tls-key',
  },
  PORT_TAKEN: { exit: 1, text: 'port {port} cannot be used: {reason}; name another one by --port' },
  JOB_UNKNOWN: { exit: 2, text: 'there is no job "{id}"; `polyfolio jobs list` shows the last ones' },
  CHANNEL_UNKNOWN: { exit: 2, text: 'no channel is called "{channel}"; known are: {known}' },
  CHANNEL_INVALID: { exit: 2, text: 'the channel "{channel}" cannot be used: {reason}' },
  SERVICE_REFUSED: { exit: 2, text: 'the service cannot be {what}: {reason}' },
  COMMAND_DECLINED: { exit: 1, text: '{command} was declined: {reason}' },
  COMMAND_UNANSWERED: { exit: 1, text: '{engine}; {outcome} (store "{store}")' },
  JOURNAL_EMPTY: { exit: 2, text: 'the store "{store}" holds no portfolio "{portfolio}"; it holds {known}' },
  ORDER_UNKNOWN: {
    exit: 2,
    text: 'no order "{order}" in {where}; take a number of its orders.csv, or of the orders of the store',
  },
  RECORD_UNFIT: { exit: 2, text: 'the journal of "{portfolio}" cannot be run anew: {reason}' },
  STRATEGY_ABSENT: {
    exit: 2,
    text: '"{portfolio}" trades "{strategy}", which is not built in; name its configuration as well: that brings the strategy',
  },
  SLEEVE_FAULT: {
    exit: 3,
    text: 'sleeve "{sleeve}" was paused on {date}: {cause}; its positions are managed, it takes no new ones',
  },
  INVARIANT_BROKEN: { exit: 1, text: 'invariant {broken}; please report this with the configuration' },
} as const satisfies Record<string, { readonly exit: number; readonly text: string }>

export type FaultCode = keyof typeof FAULTS

export interface Fault {
  readonly code: FaultCode
  readonly values: Readonly<Record<string, string | number>>
}

/** A fault with its values, ready to be thrown at the edge or collected in a report. */
export function fault(code: FaultCode, values: Readonly<Record<string, string | number>>): Fault {
  return { code, values }
}

/** The sentence for the user. */
export function describeFault({ code, values }: Fault): string {
  return FAULTS[code].text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
}

export class FaultError extends Error {
  override readonly name = 'FaultError'
  readonly fault: Fault
  constructor(problem: Fault, cause?: unknown) {
    super(describeFault(problem), cause === undefined ? undefined : { cause })
    this.fault = problem
  }
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Fault }
