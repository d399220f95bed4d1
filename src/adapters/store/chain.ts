/** The chain of hashes over a journal: a row that was changed, lost or put in breaks every link behind it. */
import { createHash } from 'node:crypto'
import type { JournalRow } from '../../domain/store.ts'

/** What the first link of a portfolio's journal is joined to. */
export function firstLink(portfolio: string): Uint8Array {
  return createHash('sha256').update(`journal of ${portfolio}`).digest()
}

/** @param payloadHash stands for the payload, so that the chain holds where payloads were taken elsewhere */
export function link(
  before: Uint8Array,
  { seq, at, kind, version, payload }: JournalRow,
  payloadHash: Uint8Array = hashOf(payload),
): Uint8Array {
  const numbers = Buffer.alloc(20)
  numbers.writeBigUInt64LE(BigInt(seq), 0)
  numbers.writeBigUInt64LE(BigInt(at), 8)
  numbers.writeUInt32LE(version, 16)
  return createHash('sha256').update(before).update(numbers).update(`${kind}\n`).update(payloadHash).digest()
}

export function hashOf(payload: Uint8Array): Uint8Array {
  return createHash('sha256').update(payload).digest()
}

export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
