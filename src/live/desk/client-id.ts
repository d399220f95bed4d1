/** The name under which a broker knows an order: a function of what it is for, so that nobody can send it under two. */
import type { ClientOrderId } from '../../domain/broker.ts'
import type { NetOrder } from '../../domain/orders.ts'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
const LETTERS = 26
const BITS_PER_LETTER = 5
const BITS_PER_BYTE = 8
/** An order's number is cycle x this + its sequence within the cycle. */
const SEQUENCES = 1_048_576

/** SHA-256 of some bytes; handed in, because the rings inside know no cryptography. */
export type Hash = (bytes: Uint8Array) => Uint8Array

/**
 * 128 bits of the hash of store, account, cycle, instrument and sequence, as letters and digits. The store's random id
 * keeps a fresh store from taking ids that a venue remembers for ever.
 */
export function clientOrderId(hash: Hash, store: string, order: NetOrder): ClientOrderId {
  const [cycle, sequence] = [Math.floor(order.id / SEQUENCES), order.id % SEQUENCES]
  const named = JSON.stringify([store, order.account, cycle, legsKey(order), sequence])
  return lettersOf(hash(new TextEncoder().encode(named))) as ClientOrderId
}

/** The instrument; for a structure its legs with their ratios. */
function legsKey({ legs }: NetOrder): string {
  return legs.length === 1
    ? legs[0]!.instrument
    : legs.map(({ instrument, ratio }) => `${instrument}x${ratio}`).join(' ')
}

/** Base 32 as in RFC 4648, in small letters, cut to the length. */
function lettersOf(bytes: Uint8Array): string {
  let text = ''
  let held = 0
  let bits = 0
  for (let at = 0; text.length < LETTERS; at += 1) {
    held = ((held << BITS_PER_BYTE) | bytes[at]!) & 0xfff
    bits += BITS_PER_BYTE
    while (bits >= BITS_PER_LETTER && text.length < LETTERS) {
      bits -= BITS_PER_LETTER
      text += ALPHABET[(held >> bits) & 31]!
    }
  }
  return text
}
