import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { useFocusBack } from '../frame/focus-back.ts'
import { fieldText } from './forms.ts'

export function tagsOf(text: string): readonly string[] {
  const found = text
    .split(/[\s,]+/)
    .map((tag) => tag.replace(/^#/, ''))
    .filter((tag) => tag !== '')
  return [...new Set(found)]
}

interface Written {
  readonly text: string
  readonly tags: readonly string[]
}

interface FormProps {
  readonly label: string
  readonly before: Written
  readonly verb: string
  readonly onSave: (written: Written) => Promise<void>
  readonly onDone: () => void
}

/** Writes a note or changes one; what the server refuses stays to be mended. */
export function NoteForm({ label, before, verb, onSave, onDone }: FormProps): ReactNode {
  useFocusBack()
  const text = useRef<HTMLTextAreaElement>(null)
  const [fault, setFault] = useState('')
  useEffect(() => text.current?.focus(), [])
  async function save(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const written = fieldText(form, 'text')
    if (written === '') return setFault('Write something first.')
    try {
      await onSave({ text: written, tags: tagsOf(fieldText(form, 'tags')) })
      onDone()
    } catch (cause) {
      setFault(cause instanceof Error ? cause.message : String(cause))
    }
  }
  return (
    <form className="note-form" onSubmit={(event) => void save(event)}>
      <label className="field">
        <span>{label}</span>
        <textarea ref={text} className="input" name="text" rows={3} maxLength={4000} defaultValue={before.text} />
      </label>
      <label className="field">
        <span>Tags</span>
        <input
          className="input"
          name="tags"
          placeholder="roll, watch"
          maxLength={200}
          defaultValue={before.tags.join(', ')}
        />
      </label>
      {fault !== '' && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <p className="own-buttons">
        <button type="submit" className="button button-main">
          {verb}
        </button>
        <button type="button" className="button" onClick={onDone}>
          Cancel
        </button>
      </p>
    </form>
  )
}
