import type { ReactNode } from 'react'
import { Icon } from '../../frame/Icon.tsx'

/** Below a list that is edited as a whole: one more, all changes away, all changes kept. */
export function DraftFoot(foot: {
  readonly add: string
  readonly save: string
  readonly isChanged: boolean
  readonly isSaving: boolean
  readonly onAdd: () => void
  readonly onDiscard: () => void
  readonly onSave: () => void
}): ReactNode {
  return (
    <div className="config-pad inline-form">
      <button type="button" className="button" onClick={foot.onAdd}>
        <Icon name="plus" />
        {foot.add}
      </button>
      <span className="grow" />
      {foot.isChanged && (
        <button type="button" className="button" onClick={foot.onDiscard}>
          Discard
        </button>
      )}
      <button
        type="button"
        className="button button-main"
        disabled={!foot.isChanged || foot.isSaving}
        onClick={foot.onSave}
      >
        {foot.save}
      </button>
    </div>
  )
}
