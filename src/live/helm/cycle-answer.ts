/** What an operator is told who asked for a cycle at once. */
import type { ControlAnswer } from '../../domain/control.ts'
import { formatInstant } from '../../domain/sessions.ts'
import type { CycleEnd } from '../engine-options.ts'

/** @param note what is to be known beside it; empty: nothing */
export function cycleAnswer(id: string, ended: CycleEnd, note: string): ControlAnswer {
  if (ended.kind === 'refused') return { id, state: 'declined', answer: ended.reason }
  const said = textOf(ended)
  return { id, state: 'done', answer: note === '' ? said : `${said}; ${note}` }
}

function textOf(ended: Exclude<CycleEnd, { readonly kind: 'refused' }>): string {
  if (ended.kind === 'nothing') return `no new bars: event ${ended.seq} is the last one`
  const minute = formatInstant(ended.at).replace('T', ' ').slice(0, 16)
  return `the cycle of ${minute} UTC ended with event ${ended.seq}`
}
