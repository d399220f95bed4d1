/** A broken internal rule: a bug of ours, never a user's mistake. Users' mistakes are faults. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/** States what must hold here; a failure names the fact and its value. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/** Closes a switch over a union: a new member fails to type-check here. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: "${String(value)}"`)
}
