import type { ActivityRow } from '../../../src/api/contract/overview.ts'
import type { PushMessage } from '../../../src/api/contract/push.ts'
import { onPush } from '../data/socket.ts'
import { grouping } from '../state/grouping.ts'
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

/** Says every fill as it comes; many at once as one. */
export function tellFills(): () => void {
  const group = grouping()
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
    for (const row of [...message.data.data].reverse()) if (row.kind === 'trade') tell(row)
  })
}
