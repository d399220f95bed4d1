import { type ReactNode, useCallback, useMemo } from 'react'
import type { SleeveEquity } from '../../../../src/api/contract/sleeve-page.ts'
import { Chart } from '../../charts/Chart.tsx'
import { lastValue } from '../../charts/day-lines.ts'
import { type EquityForm, sleeveEquity } from '../../charts/sleeve-equity.ts'
import { usePalette } from '../../charts/use-palette.ts'
import { useAmounts } from '../../data/amounts.ts'
import type { Source } from '../../data/source.ts'
import { count, percent } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { Segments } from '../../frame/Segments.tsx'
import { LinesTable, linesCursor } from '../../panels/line-tables.tsx'
import { useParameter } from '../../state/url.ts'

const FORMS = ['return', 'value'] as const
const signed = (value: number): string => percent(value, { signed: true })

/** What kept the sleeve from doing as it would have done alone: netting, costs, limits. */
function Gap({ gap }: { readonly gap: NonNullable<SleeveEquity['gap']> }): ReactNode {
  const { money } = useAmounts()
  const causes = [
    { name: 'Netting', text: `${money(gap.crossingGain, { signed: true })} by crossing inside` },
    { name: 'Costs', text: `fees ${money(gap.fees)}, alone ${money(gap.shadowFees)}; slippage ${money(gap.slippage)}` },
    { name: 'Limits', text: `${count(gap.refused)} entries refused, ${count(gap.trimmed)} trimmed` },
  ]
  return (
    <div className="gap">
      <p>
        <b>{`${percent(gap.difference, { signed: true })} against the shadow`}</b>{' '}
        <span className="second">{`here ${percent(gap.actual, { signed: true })}, alone ${percent(gap.shadow, { signed: true })}`}</span>
      </p>
      <ul>
        {causes.map(({ name, text }) => (
          <li key={name}>
            <span className="second">{name}</span> {text}
          </li>
        ))}
      </ul>
    </div>
  )
}

function EquityChart({
  view,
  form,
  sleeve,
}: {
  readonly view: SleeveEquity
  readonly form: EquityForm
  readonly sleeve: string
}): ReactNode {
  const palette = usePalette()
  const option = useCallback(() => sleeveEquity(view, form, sleeve, palette), [view, form, sleeve, palette])
  const lines = useMemo(
    () => (form === 'value' ? [view.equity] : [view.actual, ...(view.shadow === null ? [] : [view.shadow])]),
    [view, form],
  )
  const cursor = useMemo(
    () => linesCursor(lines, form === 'value' ? (value) => palette.money(value) : signed),
    [lines, form, palette],
  )
  const alone =
    view.shadow === null ? '' : ` Alone it would stand at ${percent(lastValue(view.shadow), { signed: true })}.`
  return (
    <>
      <Chart
        option={option}
        cursor={cursor}
        name={`Equity of ${view.actual.title}, line chart. Return ${percent(lastValue(view.actual), { signed: true })}, ${count(view.marks.length)} entries and exits.${alone}`}
      />
      {view.gap === null ? (
        <p className="panel-line quiet">No shadow is kept of this sleeve.</p>
      ) : (
        <Gap gap={view.gap} />
      )}
    </>
  )
}

export function EquityPanel({
  source,
  sleeve,
}: {
  readonly source: Source<SleeveEquity>
  readonly sleeve: string
}): ReactNode {
  const [chosen, setForm] = useParameter('equity', 'return', FORMS)
  const form = chosen as EquityForm
  const { money } = useAmounts()
  return (
    <Panel
      title="Equity"
      unit="▲ bought, ▼ sold; shadow dashed"
      span={7}
      height={360}
      source={source}
      exports={{ what: 'equity', query: { sleeve } }}
      controls={
        <Segments
          label="Equity as"
          isSmall
          value={form}
          options={[
            ['return', 'Return'],
            ['value', 'Value'],
          ]}
          onChange={setForm}
        />
      }
      empty={({ equity }) => (equity.days.length < 2 ? { text: 'The first point comes with the second day.' } : null)}
      table={(view) =>
        form === 'value' ? (
          <LinesTable label="Equity" lines={[view.equity]} format={(value) => money(value)} />
        ) : (
          <LinesTable
            label="Return"
            lines={view.shadow === null ? [view.actual] : [view.actual, view.shadow]}
            format={signed}
          />
        )
      }
    >
      {(view) => <EquityChart view={view} form={form} sleeve={sleeve} />}
    </Panel>
  )
}
