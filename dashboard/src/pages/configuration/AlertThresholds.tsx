import { type ReactNode, useState } from 'react'
import type { AlertSeverity, AlertThresholdView, ThresholdFigure } from '../../../../src/api/contract/alerting.ts'
import type { Dated } from '../../../../src/api/contract/answers.ts'
import type { SleeveTable } from '../../../../src/api/contract/overview.ts'
import { useReading } from '../../data/readings.ts'
import { useRole } from '../../data/session.ts'
import { Icon } from '../../frame/Icon.tsx'
import { useSaveThresholds } from './alerting.ts'
import { DraftFoot } from './DraftFoot.tsx'

const SEVERITIES: readonly AlertSeverity[] = ['critical', 'high', 'medium', 'low']

interface Figure {
  readonly title: string
  readonly unit: '%' | '×' | 'min' | ''
  readonly isOfSleeves: boolean
  readonly first: number
}

/** As they are shown: fractions in percent, ages in minutes. */
const FIGURES: Readonly<Record<ThresholdFigure, Figure>> = {
  drawdown: { title: 'Drawdown', unit: '%', isOfSleeves: true, first: 0.08 },
  daily_loss: { title: 'Loss today', unit: '%', isOfSleeves: true, first: 0.03 },
  leverage: { title: 'Leverage', unit: '×', isOfSleeves: true, first: 1.5 },
  volatility: { title: 'Volatility', unit: '%', isOfSleeves: true, first: 0.2 },
  cash: { title: 'Cash', unit: '%', isOfSleeves: false, first: 0.05 },
  data_age: { title: 'Age of data', unit: 'min', isOfSleeves: false, first: 600 },
  positions: { title: 'Positions', unit: '', isOfSleeves: true, first: 50 },
  unknown_orders: { title: 'Unknown orders', unit: '', isOfSleeves: false, first: 0 },
}
const NAMES = Object.keys(FIGURES) as readonly ThresholdFigure[]
const SCALE: Readonly<Record<Figure['unit'], number>> = { '%': 100, '×': 1, min: 1 / 60, '': 1 }
const BAND = 0.1

const shown = (figure: ThresholdFigure, value: number): string =>
  String(Math.round(value * SCALE[FIGURES[figure].unit] * 1e6) / 1e6)
const meant = (figure: ThresholdFigure, text: string): number => Number(text) / SCALE[FIGURES[figure].unit]

/** A tenth short of the value: so far a figure must come back before it is over. */
function released(side: AlertThresholdView['side'], value: number): number {
  const band = Math.abs(value) * BAND
  return side === 'above' ? value - band : value + band
}

function fresh(count: number): AlertThresholdView {
  const { first } = FIGURES.drawdown
  return {
    id: `Threshold ${count + 1}`,
    enabled: true,
    figure: 'drawdown',
    sleeve: null,
    side: 'above',
    value: first,
    release: released('above', first),
    severity: 'high',
  }
}

interface RowProps {
  readonly threshold: AlertThresholdView
  readonly sleeves: readonly (readonly [id: string, title: string])[]
  readonly onChange: (threshold: AlertThresholdView) => void
  readonly onRemove: () => void
}

function Row({ threshold, sleeves, onChange, onRemove }: RowProps): ReactNode {
  const { id, figure, side, value, release } = threshold
  const set = (change: Partial<AlertThresholdView>): void => onChange({ ...threshold, ...change })
  const beyond = (next: number, of: AlertThresholdView['side']): void =>
    set({ side: of, value: next, release: released(of, next) })
  const { unit, isOfSleeves } = FIGURES[figure]
  return (
    <tr>
      <th scope="row" className="left">
        <input
          className="input"
          aria-label="Name of the threshold"
          value={id}
          onChange={(event) => set({ id: event.target.value })}
        />
      </th>
      <td>
        <select
          className="input"
          aria-label={`${id}: figure`}
          value={figure}
          onChange={(event) => {
            const next = event.target.value as ThresholdFigure
            const { first, isOfSleeves: canBe } = FIGURES[next]
            const sleeve = canBe ? threshold.sleeve : null
            const of = next === 'cash' ? 'below' : 'above'
            set({ figure: next, sleeve, side: of, value: first, release: released(of, first) })
          }}
        >
          {NAMES.map((name) => (
            <option key={name} value={name}>
              {FIGURES[name].title}
            </option>
          ))}
        </select>
      </td>
      <td>
        <select
          className="input"
          aria-label={`${id}: of`}
          disabled={!isOfSleeves}
          value={threshold.sleeve ?? ''}
          onChange={(event) => set({ sleeve: event.target.value === '' ? null : event.target.value })}
        >
          <option value="">the portfolio</option>
          {sleeves.map(([sleeve, title]) => (
            <option key={sleeve} value={sleeve}>
              {title}
            </option>
          ))}
        </select>
      </td>
      <td>
        <select
          className="input"
          aria-label={`${id}: side`}
          value={side}
          onChange={(event) => beyond(value, event.target.value as AlertThresholdView['side'])}
        >
          <option value="above">above</option>
          <option value="below">below</option>
        </select>
      </td>
      <td>
        <span className="with-unit">
          <input
            className="input"
            type="number"
            step="any"
            aria-label={`${id}: value${unit === '' ? '' : ` in ${unit}`}`}
            value={shown(figure, value)}
            onChange={(event) => beyond(meant(figure, event.target.value), side)}
          />
          {unit}
        </span>
      </td>
      <td>
        <span className="with-unit">
          <input
            className="input"
            type="number"
            step="any"
            aria-label={`${id}: over again at${unit === '' ? '' : `, in ${unit}`}`}
            value={shown(figure, release)}
            onChange={(event) => set({ release: meant(figure, event.target.value) })}
          />
          {unit}
        </span>
      </td>
      <td>
        <select
          className="input"
          aria-label={`${id}: severity`}
          value={threshold.severity}
          onChange={(event) => set({ severity: event.target.value as AlertSeverity })}
        >
          {SEVERITIES.map((severity) => (
            <option key={severity}>{severity}</option>
          ))}
        </select>
      </td>
      <td className="center">
        <input
          type="checkbox"
          aria-label={`${id}: on`}
          checked={threshold.enabled}
          onChange={(event) => set({ enabled: event.target.checked })}
        />
      </td>
      <td>
        <button type="button" className="icon-button" aria-label={`Remove the threshold ${id}`} onClick={onRemove}>
          <Icon name="close" />
        </button>
      </td>
    </tr>
  )
}

/** Figures that somebody is told of beyond a value: the rules say who. */
export function AlertThresholds({ saved }: { readonly saved: readonly AlertThresholdView[] }): ReactNode {
  const [draft, setDraft] = useState<readonly AlertThresholdView[] | null>(null)
  const save = useSaveThresholds()
  const mayEdit = useRole('operator')
  const { data } = useReading<Dated<SleeveTable>>('sleeves')
  const sleeves = (data?.data.rows ?? [])
    .filter(({ status }) => status !== 'reserve')
    .map(({ sleeve, title }) => [sleeve, title] as const)
  const rows = draft ?? saved
  return (
    <fieldset disabled={!mayEdit}>
      {rows.length === 0 ? (
        <p className="config-note">No figure is watched beyond the limits of the portfolio.</p>
      ) : (
        <div className="scroll">
          <table className="rule-matrix" aria-label="Alert thresholds">
            <colgroup>
              {['180px', '150px', '150px', '100px', '120px', '120px', '110px', '52px', '50px'].map((width, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns have their places for ever
                <col key={place} style={{ width }} />
              ))}
            </colgroup>
            <thead>
              <tr>
                {['Threshold', 'Figure', 'Of', 'Is', 'Value', 'Over at', 'Severity'].map((title) => (
                  <th key={title} scope="col" className="left">
                    {title}
                  </th>
                ))}
                <th scope="col" className="center">
                  On
                </th>
                <th scope="col">
                  <span className="only-heard">Remove</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((threshold, place) => (
                <Row
                  // biome-ignore lint/suspicious/noArrayIndexKey: its name is what is being edited
                  key={place}
                  threshold={threshold}
                  sleeves={sleeves}
                  onChange={(next) => setDraft(rows.map((old, index) => (index === place ? next : old)))}
                  onRemove={() => setDraft(rows.filter((_, index) => index !== place))}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <DraftFoot
        add="Add a threshold"
        save="Save thresholds"
        isChanged={draft !== null}
        isSaving={save.isPending}
        onAdd={() => setDraft([...rows, fresh(rows.length)])}
        onDiscard={() => setDraft(null)}
        onSave={() => save.mutate(rows, { onSuccess: (result) => result !== null && setDraft(null) })}
      />
    </fieldset>
  )
}
