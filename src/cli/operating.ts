/** Commands by which an operator speaks to running engines, through the store that both of them have. */
import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import { ACCESS_KINDS } from '../domain/access.ts'
import type { Instant } from '../domain/units.ts'
import { busAddress, count, date } from './arguments.ts'

/** How long an answer is waited for where nothing else is said. */
const ANSWER_SECONDS = 15
/** Entries of the audit log that are shown where nothing else is said. */
const ENTRIES = 50

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('Write a whole number.')
  return value
}

function seconds(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value <= 3_600)) {
    throw new InvalidArgumentError('Write seconds from 0 to 3600.')
  }
  return value
}

function moment(text: string): Instant {
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw new InvalidArgumentError('Write a moment of UTC such as 2026-03-06T21:00Z.')
  return at as Instant
}

function part(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value > 0 && value <= 1)) {
    throw new InvalidArgumentError('Write a fraction above 0 and at most 1, such as 0.25.')
  }
  return value
}

function quantity(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value > 0 && value < 1e12)) throw new InvalidArgumentError('Write a number above 0.')
  return value
}

function notNegative(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value < 1e12))
    throw new InvalidArgumentError('Write a number of at least 0.')
  return value
}

function amount(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(Math.abs(value) < 1e12))
    throw new InvalidArgumentError('Write an amount such as 1250.50.')
  return value
}

function words(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Say something.')
  return text
}

const storeOption = (): Option =>
  new Option('--store <store>', 'where the engine keeps its events: a file, or postgres://...')
    .argParser(words)
    .default('polyfolio.db')
const portfolioOption = (): Option =>
  new Option('--portfolio <name>', 'which one, where the store holds several').argParser(words)
const jsonOption = (): Option => new Option('--json', 'print one JSON document on stdout and nothing else')

/** The options of every command that asks an engine for something. */
export function addAsking(command: Command): Command {
  return command
    .addOption(storeOption())
    .addOption(portfolioOption())
    .addOption(new Option('--actor <name>', 'who asks; the name of the user where left out').argParser(words))
    .addOption(
      new Option('--seen <event>', 'number of the last event that you have seen: older views are refused').argParser(
        wholeNumber,
      ),
    )
    .addOption(
      new Option('--wait <seconds>', 'how long to wait for an answer').argParser(seconds).default(ANSWER_SECONDS),
    )
    .addOption(jsonOption())
}

function factor(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value > 0 && value <= 1e9)) throw new InvalidArgumentError('Write a number above 0.')
  return value
}

/** How a replay is paced. */
export const speedOption = (): Option =>
  new Option('--speed <factor>', 'play bars so many times as fast as they were; 60: an hour in a minute').argParser(
    factor,
  )
export const speedFromOption = (): Option =>
  new Option('--speed-from <date>', 'with --speed: bars before this day, YYYY-MM-DD, are played at once').argParser(
    date,
  )
export const cyclesOption = (): Option =>
  new Option('--cycles <form>', 'print what each cycle did: a block for people, or a JSON line').choices([
    'text',
    'json',
  ])

const sleeveOption = (what: string): Option => new Option('--sleeve <id>', what).argParser(words)
const confirmOption = (): Option =>
  new Option('--confirm <suffix>', "at least the last four characters of the account's number").argParser(words)
const reasonOption = (fallback: string): Option =>
  new Option('--reason <text>', 'kept with it').argParser(words).default(fallback)

export function addOperating(program: Command): void {
  addReading(program)
  addStopping(program)
  addOpening(program)
  addGates(program)
  addNotes(program)
  addAudit(program)
}

function addReading(program: Command): void {
  addAsking(program.command('update'))
    .description('one cycle now, instead of when it is due; where bars are followed: look for new ones now')
    .action(async (options) => (await import('./commands/operate.ts')).update(options))
  program
    .command('status')
    .description('how every portfolio of a store and its engine are')
    .addOption(storeOption())
    .addOption(portfolioOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/status.ts')).status(options))
  program
    .command('approvals')
    .description("entries that wait for an operator's word")
    .addOption(storeOption())
    .addOption(portfolioOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/status.ts')).approvals(options))
  program
    .command('orders')
    .description('orders that have not ended, and what is known of each')
    .addOption(storeOption())
    .addOption(portfolioOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/orders.ts')).orders(options))
  addAsking(program.command('decide <client-id> <word>'))
    .description(
      'say what became of an order that the broker cannot tell: absent, working, cancelled, expired or rejected',
    )
    .addOption(confirmOption())
    .action(async (order: string, word: string, options) =>
      (await import('./commands/orders.ts')).decide(order, word, options),
    )
  addAsking(program.command('discrepancies'))
    .description("where a broker's account and the books differ; --assign says whose it is")
    .option('--all', 'resolved ones too')
    .addOption(new Option('--assign <id>', 'the one that the word is about').argParser(words))
    .addOption(new Option('--to <sleeve>', 'the sleeve that it goes to; left out: it stays external').argParser(words))
    .addOption(
      new Option(
        '--price <price>',
        'what one share, contract or coin costs the sleeve; its mark where left out',
      ).argParser(notNegative),
    )
    .addOption(
      new Option('--cash <amount>', 'what the sleeve pays for all of it; quantity x price where left out').argParser(
        amount,
      ),
    )
    .addOption(new Option('--note <text>', 'kept with it').argParser(words).default(''))
    .action(async (options) => (await import('./commands/discrepancies.ts')).discrepancies(options))
}

function addAudit(program: Command): void {
  program
    .command('audit')
    .description('who saw and did what, newest first, and whether it stands as it was written')
    .addArgument(new Argument('[what]', 'verify: every hash of every chain, and where each ends').choices(['verify']))
    .addOption(storeOption())
    .addOption(
      new Option('--end <chain=number:hash>', 'verify: an end that was noted before, which must stand in the chain')
        .argParser(collected)
        .default([]),
    )
    .addOption(new Option('--portfolio <name>', 'what is about this one').argParser(words))
    .addOption(new Option('--user <name>', 'what this user, program or account saw and did').argParser(words))
    .addOption(new Option('--kind <kind>', 'what was looked at, done, or how somebody signed in').choices(ACCESS_KINDS))
    .addOption(new Option('--action <word>', 'such as kill').argParser(words))
    .addOption(new Option('--since <moment>', 'not older than this, of UTC').argParser(moment))
    .addOption(new Option('--limit <count>', 'so many at most').argParser(count).default(ENTRIES))
    .addOption(jsonOption())
    .action(async (what: 'verify' | undefined, options) => {
      const { audit, auditVerify } = await import('./commands/audit.ts')
      return what === undefined ? audit(options) : auditVerify(options)
    })
}

const collected = (text: string, before: readonly string[]): readonly string[] => [...before, words(text)]

function addNotes(program: Command): void {
  program
    .command('annotate <subject>')
    .description(
      'keep a note on sleeve:NAME, position:SLEEVE/INSTRUMENT, trade:ID, order:NUMBER, violation:ID or day:YYYYMMDD',
    )
    .addOption(new Option('--note <text>', 'what is to be known of it').argParser(words).makeOptionMandatory())
    .addOption(new Option('--tag <word>', 'to find it by; may be given again').argParser(collected).default([]))
    .addOption(storeOption())
    .addOption(portfolioOption())
    .addOption(new Option('--actor <name>', 'who says so; the name of the user where left out').argParser(words))
    .addOption(jsonOption())
    .action(async (subject: string, options) => (await import('./commands/annotate.ts')).annotate(subject, options))
  program
    .command('annotations [words...]')
    .description('notes that hold all of the words, oldest first')
    .addOption(new Option('--remove <id>', 'take this one away first; it stays in the store').argParser(words))
    .addOption(storeOption())
    .addOption(portfolioOption())
    .addOption(new Option('--actor <name>', 'who takes it away; the name of the user where left out').argParser(words))
    .addOption(jsonOption())
    .action(async (given: string[], options) => (await import('./commands/annotate.ts')).annotations(given, options))
}

function addStopping(program: Command): void {
  addAsking(program.command('pause'))
    .description('no new positions, of one sleeve or of all; those that are there are managed')
    .addOption(sleeveOption('only this one'))
    .action(async (options) => (await import('./commands/operate.ts')).pause(options))
  addAsking(program.command('kill'))
    .description('stop all trading now: nothing leaves any more, what works at the broker is cancelled')
    .addOption(reasonOption('an operator used the kill switch'))
    .action(async (options) => (await import('./commands/operate.ts')).kill(options))
  addAsking(program.command('disarm'))
    .description('nothing leaves until it is armed again')
    .addOption(reasonOption('an operator disarmed it'))
    .action(async (options) => (await import('./commands/operate.ts')).disarm(options))
  addAsking(program.command('flatten'))
    .description('close all that a sleeve or the portfolio holds, at the market, and enter nothing until it is resumed')
    .addOption(sleeveOption('only this one'))
    .addOption(confirmOption())
    .action(async (options) => (await import('./commands/operate.ts')).flatten(options))
}

function addOpening(program: Command): void {
  addAsking(program.command('resume'))
    .description('what was paused or flattened enters again')
    .addOption(sleeveOption('only this one'))
    .action(async (options) => (await import('./commands/operate.ts')).resume(options))
  addAsking(program.command('revive'))
    .description('take the kill switch back; nothing is armed by that')
    .addOption(confirmOption())
    .addOption(reasonOption('an operator revived it'))
    .action(async (options) => (await import('./commands/operate.ts')).revive(options))
  addAsking(program.command('arm'))
    .description('give leave to send orders, until the end of the session or a stated moment')
    .addOption(confirmOption())
    .addOption(
      new Option('--until <moment>', 'of UTC, such as 2026-03-06T21:00Z; at most a week away').argParser(moment),
    )
    .action(async (options) => (await import('./commands/operate.ts')).arm(options))
  addAsking(program.command('approve <approval>'))
    .description('let an entry pass that waits for it, all of it or less, or reject it')
    .addOption(new Option('--quantity <number>', 'so much of it only').argParser(quantity))
    .option('--reject', 'not at all')
    .action(async (approval: string, options) => (await import('./commands/operate.ts')).approve(approval, options))
  addAsking(program.command('fraction <part>'))
    .description('part of the allocation that trades; the rest stays cash')
    .addOption(confirmOption())
    .action(async (text: string, options) => (await import('./commands/operate.ts')).fraction(part(text), options))
}

function addGates(program: Command): void {
  const gates = program.command('gates').description('what must be on record as passed before anything trades live')
  gates
    .command('list')
    .description('all that were recorded; the last one of a name counts')
    .addOption(storeOption())
    .addOption(portfolioOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/gates.ts')).gatesList(options))
  gates
    .command('record <name>')
    .description('keep how a criterion was judged, by whom and when')
    .addOption(new Option('--criterion <text>', 'what was asked').argParser(words).makeOptionMandatory())
    .addOption(new Option('--value <text>', 'what was found').argParser(words).makeOptionMandatory())
    .option('--passed', 'it holds')
    .option('--failed', 'it does not')
    .addOption(storeOption())
    .addOption(portfolioOption())
    .addOption(new Option('--actor <name>', 'who judged; the name of the user where left out').argParser(words))
    .addOption(jsonOption())
    .action(async (name: string, options) => (await import('./commands/gates.ts')).gatesRecord(name, options))
  program
    .command('live <config>')
    .description('trade with real money; refuses, naming everything that is missing')
    .addOption(storeOption())
    .addOption(confirmOption())
    .addOption(new Option('--snapshot-every <instants>', 'keep the whole state so often').argParser(count).default(500))
    .addOption(new Option('--bus <address>', 'tell others through Redis: redis://host:port').argParser(busAddress))
    .option('--standby', 'where another process runs the portfolio, wait and take over when it ends')
    .addOption(cyclesOption())
    .addOption(jsonOption())
    .action(async (config: string, options) => (await import('./commands/live.ts')).live(config, options))
}

/** `config apply` and `config approve`, beside the other commands about portfolio files. */
export function addApproving(config: Command): void {
  addAsking(config.command('apply <file>'))
    .description('the running engine takes its portfolio file as it stands now, between two instants')
    .action(async (file: string, options) => (await import('./commands/config-apply.ts')).configApply(file, options))
  config
    .command('approve <file>')
    .description('what live trading may run with: allocation, universe, structure and venue, kept as hashes')
    .addOption(storeOption())
    .addOption(new Option('--actor <name>', 'who approves; the name of the user where left out').argParser(words))
    .addOption(new Option('--note <text>', 'kept with it').argParser(words).default(''))
    .addOption(jsonOption())
    .action(async (file: string, options) =>
      (await import('./commands/config-approve.ts')).configApprove(file, options),
    )
}
