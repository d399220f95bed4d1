import { FaultError, fault } from '../../domain/faults.ts'
import type { Instant } from '../../domain/units.ts'
import { type AskOptions, askEngine } from '../operate/ask.ts'

/** A sleeve, or the whole portfolio. */
interface OfSleeve extends AskOptions {
  readonly sleeve?: string
}

/** The ends of the account's number, typed by whoever knows what they do. */
interface Confirmed {
  readonly confirm?: string
}

function suffixOf(what: string, { confirm }: Confirmed): string {
  if (confirm !== undefined) return confirm
  throw new FaultError(fault('CONFIRM_MISSING', { what }))
}

/** `polyfolio pause`: no new positions; those that are there are managed. */
export function pause(options: OfSleeve): Promise<void> {
  return askEngine({ kind: 'pause', sleeve: options.sleeve ?? null }, options)
}

/** `polyfolio resume`. */
export function resume(options: OfSleeve): Promise<void> {
  return askEngine({ kind: 'resume', sleeve: options.sleeve ?? null }, options)
}

/** `polyfolio kill`: asks for no proof. */
export function kill(options: AskOptions & { readonly reason: string }): Promise<void> {
  return askEngine({ kind: 'kill', reason: options.reason }, options)
}

/** `polyfolio revive`. */
export function revive(options: AskOptions & Confirmed & { readonly reason: string }): Promise<void> {
  const account = suffixOf('revive', options)
  return askEngine({ kind: 'revive', reason: options.reason, account }, options)
}

/** `polyfolio arm`. */
export function arm(options: AskOptions & Confirmed & { readonly until?: Instant }): Promise<void> {
  return askEngine({ kind: 'arm', account: suffixOf('arm', options), until: options.until ?? null }, options)
}

/** `polyfolio disarm`. */
export function disarm(options: AskOptions & { readonly reason: string }): Promise<void> {
  return askEngine({ kind: 'disarm', reason: options.reason }, options)
}

/** `polyfolio flatten`. */
export function flatten(options: OfSleeve & Confirmed): Promise<void> {
  const account = suffixOf('flatten', options)
  return askEngine({ kind: 'flatten', sleeve: options.sleeve ?? null, account }, options)
}

/** `polyfolio fraction`. */
export function fraction(part: number, options: AskOptions & Confirmed): Promise<void> {
  // A smaller part is not asked for proof: the engine knows which it is.
  return askEngine({ kind: 'fraction', fraction: part, account: options.confirm ?? '' }, options)
}

/** `polyfolio update`: the next cycle at once. */
export function update(options: AskOptions): Promise<void> {
  return askEngine({ kind: 'update' }, options)
}

interface ApproveOptions extends AskOptions {
  readonly quantity?: number
  readonly reject?: boolean
}

/** `polyfolio approve`: the word on an entry that waits for it. */
export function approve(id: string, options: ApproveOptions): Promise<void> {
  const { quantity, reject } = options
  if (reject === true && quantity !== undefined) {
    throw new FaultError(
      fault('OPTION_INVALID', { option: '--reject', reason: 'goes without --quantity; give one of them' }),
    )
  }
  const decision = reject === true ? 'reject' : quantity === undefined ? 'approve' : 'reduce'
  return askEngine({ kind: 'approve', approval: id, decision, quantity: quantity ?? null }, options)
}
