/** How patiently a service is asked that did not take a message. */
import type { AlertDelivery, ChannelAnswer } from '../../domain/alerts.ts'
import type { Instant } from '../../domain/units.ts'

/** Attempts of one delivery before it is given up: about four hours. */
const ATTEMPTS_MAX = 20
const FIRST_MS = 5_000
const LONGEST_MS = 900_000

/**
 * The delivery after an attempt.
 *
 * @param chance from 0 up to 1: who failed together does not ask together again
 */
export function afterAttempt(
  delivery: AlertDelivery,
  answer: ChannelAnswer,
  at: Instant,
  chance: number,
): AlertDelivery {
  const tried = { ...delivery, attempts: delivery.attempts + 1, answer: answer.text }
  if (answer.kind === 'taken') return { ...tried, state: 'sent', sentAt: at }
  if (answer.kind === 'refused' || tried.attempts >= ATTEMPTS_MAX) return { ...tried, state: 'failed' }
  const wait = Math.max(answer.afterMs ?? 0, patience(tried.attempts, chance))
  return { ...tried, state: 'waiting', dueAt: (at + Math.ceil(wait)) as Instant }
}

/** Twice as long each time, half of it by chance. */
function patience(attempts: number, chance: number): number {
  let wait = FIRST_MS
  for (let attempt = 1; attempt < attempts && wait < LONGEST_MS; attempt += 1) wait *= 2
  const most = Math.min(wait, LONGEST_MS)
  return most / 2 + (most / 2) * chance
}
