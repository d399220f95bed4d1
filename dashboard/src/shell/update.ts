import type { UpdateView } from '../../../src/api/contract/commands.ts'
import { ask } from '../data/api.ts'
import { queries } from '../data/client.ts'
import { resync } from '../data/push.ts'
import { notify } from '../state/notices.ts'
import { portfolioShown } from '../state/portfolio.ts'
import { type Store, store, useStore } from '../state/store.ts'

interface Update {
  readonly isRunning: boolean
}

const update: Store<Update> = store<Update>({ isRunning: false })
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
  update.set({ isRunning: true })
  try {
    let view = await ask<UpdateView>('POST', '/api/update')
    while (!isOver(view)) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      view = await ask<UpdateView>('GET', `/api/update/${encodeURIComponent(view.id)}`)
    }
    const isDone = view.state === 'done'
    notify({
      id: NOTICE,
      tone: isDone ? 'good' : 'warn',
      text: view.text || (isDone ? 'Update finished.' : 'Not updated.'),
    })
    resync(queries, portfolio)
  } catch (error) {
    notify({ id: NOTICE, tone: 'bad', text: `Update: ${error instanceof Error ? error.message : String(error)}` })
  } finally {
    update.set({ isRunning: false })
  }
}
