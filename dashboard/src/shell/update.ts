import type { UpdateView } from '../../../src/api/contract/commands.ts'
import { ask } from '../data/api.ts'
import { queries } from '../data/client.ts'
import { resync } from '../data/push.ts'
import { notify } from '../state/notices.ts'
import { portfolioShown } from '../state/portfolio.ts'
import { preferences } from '../state/preferences.ts'
import { type Store, store, useStore } from '../state/store.ts'
import { clock } from '../times.ts'

interface Update {
  readonly isRunning: boolean
  /** When the last one ended; null: none has. */
  readonly endedAt: string | null
}

const update: Store<Update> = store<Update>({ isRunning: false, endedAt: null })
const POLL_MS = 500
const NOTICE = 'update'

export function useUpdate(): Update {
  return useStore(update)
}

const isOver = ({ state }: UpdateView): boolean => state === 'done' || state === 'declined'

/** One cycle of the engine, now; a second press meanwhile waits for the same one. */
export async function updateNow(): Promise<void> {
  if (update.get().isRunning) return
  const portfolio = portfolioShown.get()
  update.set({ ...update.get(), isRunning: true })
  notify({ id: NOTICE, text: 'One cycle is under way.', lasts: null })
  try {
    let view = await ask<UpdateView>('POST', '/api/update')
    while (!isOver(view)) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      view = await ask<UpdateView>('GET', `/api/update/${encodeURIComponent(view.id)}`)
    }
    const isDone = view.state === 'done'
    const { zone } = preferences.get()
    const time = clock(Date.parse(view.endedAt ?? view.askedAt), zone)
    notify({
      id: NOTICE,
      tone: isDone ? 'good' : 'warn',
      text: `${isDone ? 'Updated' : 'Not updated'} at ${time}.`,
      detail: view.text,
    })
    update.set({ ...update.get(), endedAt: view.endedAt })
    resync(queries, portfolio)
  } catch (error) {
    notify({ id: NOTICE, tone: 'bad', text: `Update: ${error instanceof Error ? error.message : String(error)}` })
  } finally {
    update.set({ ...update.get(), isRunning: false })
  }
}
