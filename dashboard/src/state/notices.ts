import { type Store, store } from './store.ts'

/** A short word in the corner: a fill, the answer to a command. Spoken politely, and dismissed by anybody. */
export interface Notice {
  readonly id: string
  readonly tone: 'plain' | 'good' | 'warn' | 'bad'
  readonly text: string
  readonly detail?: string
  readonly action?: { readonly label: string; readonly run: () => void }
  /** Milliseconds after which it goes by itself; null: it stays. */
  readonly lasts: number | null
}

const SHOWN_MAX = 4
const LASTS_MS = 8000

export const notices: Store<readonly Notice[]> = store<readonly Notice[]>([])
const timers = new Map<string, ReturnType<typeof setTimeout>>()
let counter = 0

export function dismiss(id: string): void {
  clearTimeout(timers.get(id))
  timers.delete(id)
  notices.set(notices.get().filter((notice) => notice.id !== id))
}

/** Shows a notice; one with the id of another takes its place. */
export function notify(notice: Partial<Notice> & Pick<Notice, 'text'>): string {
  counter += 1
  const full: Notice = { id: `notice-${counter}`, tone: 'plain', lasts: LASTS_MS, ...notice }
  clearTimeout(timers.get(full.id))
  const list = notices.get()
  const at = list.findIndex(({ id }) => id === full.id)
  const next = at < 0 ? [...list, full] : list.map((old) => (old.id === full.id ? full : old))
  notices.set(next.slice(-SHOWN_MAX))
  if (full.lasts !== null)
    timers.set(
      full.id,
      setTimeout(() => dismiss(full.id), full.lasts),
    )
  return full.id
}
