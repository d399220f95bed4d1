/** Passphrases: which are taken, how they are kept, how they are compared. */
import { hash, verify } from '@node-rs/argon2'

/** Shorter ones are guessed. */
const PASSPHRASE_LEAST = 15
const PASSPHRASE_MOST = 256

/** OWASP's least for argon2id, which is the package's default: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Openings of long passphrases that every list of guesses has; what is made of them alone is refused. */
const COMMON = [
  'password',
  'passphrase',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1234567890',
  'letmein',
  'iloveyou',
  'welcome',
  'administrator',
  'admin',
  'correcthorsebatterystaple',
  'changeme',
  'secret',
  'polyfolio',
  'portfolio',
  'trading',
  'abcdefghijklmnopqrstuvwxyz',
  'abcdefgh',
  'abcdef',
  'qwerty',
  'azerty',
  'qwertz',
  'dragon',
  'monkey',
  'football',
  'baseball',
  'sunshine',
  'princess',
  'superman',
  'spring',
  'summer',
  'autumn',
  'winter',
  'january',
  'february',
  'bitcoin',
  'stocks',
  'money',
  'default',
  'test',
  'user',
  'root',
  'login',
  'hello',
  'pass',
] as const

/** Why it is not taken; '' where it is. */
export function passphraseProblem(passphrase: string, name: string): string {
  const letters = Array.from(passphrase.normalize('NFKC'))
  if (letters.length < PASSPHRASE_LEAST) return `Use at least ${PASSPHRASE_LEAST} characters.`
  if (letters.length > PASSPHRASE_MOST) return `Use at most ${PASSPHRASE_MOST} characters.`
  if (new Set(letters).size < 6) return 'Use more than five different characters.'
  if (bare(passphrase, name).length < 4)
    return 'That is among the first ones to be guessed. Use words that do not belong together.'
  return ''
}

/** What is left of it without what everybody guesses. */
function bare(passphrase: string, name: string): string {
  let rest = passphrase
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
  const guesses = [...COMMON, name.toLowerCase().replace(/[^a-z0-9]/g, '')].filter((guess) => guess.length > 2)
  for (const guess of guesses) rest = rest.replaceAll(guess, '')
  return rest.replace(/(.)\1+/g, '$1').replace(/\d+/g, '')
}

export function passphraseHash(passphrase: string): Promise<string> {
  return hash(passphrase.normalize('NFKC'), COST)
}

/** Nobody has it: whoever names no user waits as long as who names one. */
let nobody: Promise<string> | null = null

/** @param kept null: there is no such user */
export async function isPassphrase(kept: string | null, passphrase: string): Promise<boolean> {
  nobody ??= passphraseHash('nobody has this passphrase')
  const isRight = await verify(kept ?? (await nobody), passphrase.normalize('NFKC')).catch(() => false)
  return kept !== null && isRight
}
