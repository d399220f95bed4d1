import type { ActivityRow } from '../../../src/api/contract/overview.ts'
import type { PushMessage } from '../../../src/api/contract/push.ts'
import { onPush } from '../data/socket.ts'
import { grouping, playedHistory } from '../state/grouping.ts'
import { notify } from '../state/notices.ts'
import { prefer, preferences } from '../state/preferences.ts'

/** Asks the browser once; without its leave the choice stays off. */
export async function allowNotices(wanted: boolean): Promise<void> {
  if (!wanted || !('Notification' in window)) {
    prefer({ notices: false })
    return
  }
  prefer({ notices: (await Notification.requestPermission()) === 'granted' })
}

const GATHERED = 'fills-gathered'

function tellBrowser(text: string): void {
  if (preferences.get().notices && document.hidden) new Notification('Polyfolio', { body: text, tag: GATHERED })
}

/** Says every fill as it comes; many at once as one; none while history is played. */
export function tellFills(): () => void {
  const group = grouping()
  const isHistory = playedHistory()
  const tell = ({ text }: ActivityRow): void => {
    const { single, gathered } = group(text, Date.now())
    if (single !== null) notify({ text: single })
    else
      notify({
        id: GATHERED,
        text: gathered === 1 ? text : `${gathered} fills, one after another`,
        ...(gathered === 1 ? {} : { detail: text }),
      })
    tellBrowser(text)
  }
  return onPush((message: PushMessage) => {
    if (message.kind !== 'activity') return
    const rows = message.data.data
    if (isHistory(rows, Date.now())) return
    for (const row of [...rows].reverse()) if (row.kind === 'trade') tell(row)
  })
}
