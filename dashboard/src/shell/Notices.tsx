import { type ReactNode, useEffect } from 'react'
import { Icon } from '../frame/Icon.tsx'
import { dismiss, type Notice, notices } from '../state/notices.ts'
import { useStore } from '../state/store.ts'
import { tellFills } from './fills.ts'

function Item({ id, tone, text, detail, action }: Notice): ReactNode {
  return (
    <li className={`notice notice-${tone}`}>
      <div>
        <p>{text}</p>
        {detail !== undefined && <p className="quiet">{detail}</p>}
      </div>
      {action !== undefined && (
        <button
          type="button"
          className="link"
          onClick={() => {
            dismiss(id)
            action.run()
          }}
        >
          {action.label}
        </button>
      )}
      <button type="button" className="icon-button" aria-label={`Dismiss: ${text}`} onClick={() => dismiss(id)}>
        <Icon name="close" />
      </button>
    </li>
  )
}

/** Fills and answers, in the corner and in a polite live region. */
export function Notices(): ReactNode {
  const list = useStore(notices)
  useEffect(tellFills, [])
  return (
    <ol className="notices" aria-live="polite" aria-label="Notices">
      {list.map((notice) => (
        <Item key={notice.id} {...notice} />
      ))}
    </ol>
  )
}
