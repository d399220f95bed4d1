import { type ReactNode, useState } from 'react'
import type { AlertChannelView, ChannelKind } from '../../../../src/api/contract/alerting.ts'
import { useFocusBack } from '../../frame/focus-back.ts'
import { CHANNEL_FIELDS, CHANNEL_NAMES, useRemoveChannel, useSaveChannel } from './alerting.ts'

type Values = Readonly<Record<string, string>>

/** Settings as they are kept: a number where it is one, such as a port. */
function settingsOf(values: Values, names: readonly string[]): Readonly<Record<string, string | number>> {
  const given = names.filter((name) => (values[name] ?? '').trim() !== '')
  return Object.fromEntries(
    given.map((name) => {
      const text = values[name]!.trim()
      return [name, name === 'port' ? Number(text) : text]
    }),
  )
}

function initial(channel: AlertChannelView | null): Values {
  return Object.fromEntries(Object.entries(channel?.settings ?? {}).map(([name, value]) => [name, String(value)]))
}

/** One channel; a secret that is left empty stays as it is. */
export function ChannelForm({
  channel,
  onDone,
}: {
  readonly channel: AlertChannelView | null
  readonly onDone: () => void
}): ReactNode {
  useFocusBack()
  const [kind, setKind] = useState<ChannelKind>(channel?.kind ?? 'email')
  const [id, setId] = useState(channel?.id ?? '')
  const [isOn, setOn] = useState(channel?.enabled ?? true)
  const [settings, setSettings] = useState<Values>(initial(channel))
  const [secrets, setSecrets] = useState<Values>({})
  const save = useSaveChannel()
  const remove = useRemoveChannel()
  const fields = CHANNEL_FIELDS[kind]
  const close = (result: unknown): void => {
    if (result !== null) onDone()
  }

  function submit(): void {
    const given = Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== ''))
    save.mutate(
      {
        id: id.trim(),
        kind,
        title: id.trim(),
        enabled: isOn,
        settings: settingsOf(settings, fields.settings),
        ...(Object.keys(given).length === 0 ? {} : { secrets: given }),
      },
      { onSuccess: close },
    )
  }

  return (
    <form
      className="form-grid"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <label className="field">
        <span>Kind</span>
        <select
          className="input"
          value={kind}
          disabled={channel !== null}
          onChange={(event) => setKind(event.target.value as ChannelKind)}
        >
          {Object.entries(CHANNEL_NAMES).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>Name, as rules call it</span>
        <input
          className="input"
          required
          pattern="[A-Za-z0-9_\-]+"
          disabled={channel !== null}
          value={id}
          onChange={(event) => setId(event.target.value)}
        />
      </label>
      {fields.settings.map((name) => (
        <label key={name} className="field">
          <span>{name}</span>
          <input
            className="input"
            autoComplete="off"
            value={settings[name] ?? ''}
            onChange={(event) => setSettings({ ...settings, [name]: event.target.value })}
          />
        </label>
      ))}
      {fields.secrets.map((name) => (
        <label key={name} className="field">
          <span>{name}, secret</span>
          <input
            className="input"
            type="password"
            autoComplete="new-password"
            placeholder={channel?.secrets[name] ? `…${channel.secrets[name]}, stays if left empty` : ''}
            value={secrets[name] ?? ''}
            onChange={(event) => setSecrets({ ...secrets, [name]: event.target.value })}
          />
        </label>
      ))}
      <label className="check">
        <input type="checkbox" checked={isOn} onChange={(event) => setOn(event.target.checked)} />
        On: it sends
      </label>
      <div className="dialog-buttons form-whole">
        {channel !== null && (
          <button
            type="button"
            className="button button-danger"
            onClick={() => remove.mutate(channel.id, { onSuccess: close })}
          >
            Remove {channel.title}
          </button>
        )}
        <span className="grow" />
        <button type="button" className="button" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" className="button button-main" disabled={save.isPending}>
          Save the channel
        </button>
      </div>
    </form>
  )
}
