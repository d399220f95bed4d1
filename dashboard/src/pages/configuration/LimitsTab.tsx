import type { ReactNode } from 'react'
import type { LimitUse } from '../../../../src/api/contract/trading.ts'
import { type Amounts, useAmounts } from '../../data/amounts.ts'
import { useLive } from '../../data/readings.ts'
import { count, leverage, percent, ratio } from '../../format.ts'
import { type Column, DataTable } from '../../frame/DataTable.tsx'
import { Meter } from '../../frame/Meter.tsx'
import { Panel } from '../../frame/Panel.tsx'
import { Undefined } from '../../frame/Signed.tsx'
import { useParameter } from '../../state/url.ts'
import { ChangesPanel } from './ChangesPanel.tsx'
import { useEditing } from './draft.ts'
import { FileEditor } from './FileEditor.tsx'
import { listedSleeves } from './places.ts'
import { SectionForm } from './SectionForm.tsx'

/** A limit's figure in its unit. */
function limitText(value: number | null, { unit, rule }: Pick<LimitUse, 'unit' | 'rule'>, amounts: Amounts): string {
  if (unit === 'fraction') return percent(value)
  if (unit === 'money') return amounts.money(value, { cents: false })
  if (unit === 'count') return count(value)
  return /leverage/i.test(rule) ? leverage(value) : ratio(value)
}

function useColumns(): readonly Column<LimitUse>[] {
  const amounts = useAmounts()
  return [
    {
      key: 'title',
      title: 'Limit',
      align: 'left',
      isHead: true,
      width: '34%',
      sortBy: ({ title }) => title,
      cell: ({ title }) => title,
    },
    {
      key: 'subject',
      title: 'Of',
      align: 'left',
      sortBy: ({ subject }) => subject,
      cell: ({ about, subject }) => (about === 'portfolio' ? 'portfolio' : subject),
    },
    {
      key: 'value',
      title: 'Now',
      width: '100px',
      cell: (row) => (row.value === null ? <Undefined why={row.why} /> : limitText(row.value, row, amounts)),
    },
    { key: 'limit', title: 'Limit', width: '100px', cell: (row) => limitText(row.limit, row, amounts) },
    {
      key: 'use',
      title: 'Used',
      align: 'left',
      width: '150px',
      sortBy: ({ use }) => use,
      cell: ({ use, isBroken }) => (
        <span className="limit-use">
          <Meter use={use} label={`${percent(use, { decimals: 0 })} of the limit`} />
          <span className={isBroken ? 'neg' : ''}>{use === null ? '' : percent(use, { decimals: 0 })}</span>
        </span>
      ),
    },
  ]
}

/** Limits of one sleeve, chosen by name. */
function SleeveLimits(): ReactNode {
  const { view, text } = useEditing()
  const [chosen, setChosen] = useParameter('of', '')
  const listed = text === '' ? [] : listedSleeves(text, view?.text ?? '', view?.document)
  const sleeve = listed.find(({ id }) => id === chosen) ?? listed[0]
  if (sleeve === undefined) return null
  return (
    <SectionForm
      title={`Limits of ${sleeve.title}`}
      unit="of the sleeve alone"
      section={['sleeves', sleeve.place, 'limits']}
      schemaAt={['$defs', 'sleeve', 'properties', 'limits']}
      controls={
        <select
          className="input input-small"
          aria-label="Sleeve whose limits are shown"
          value={sleeve.id}
          onChange={(event) => setChosen(event.target.value)}
        >
          {listed.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      }
    />
  )
}

/** How much of each limit is used, and the limits themselves. */
export function LimitsTab(): ReactNode {
  const source = useLive('limits')
  const columns = useColumns()
  const [sort, setSort] = useParameter('limits', 'use')
  return (
    <>
      <div className="config-main">
        <Panel
          title="Limits in use"
          span={8}
          source={source}
          skeleton="table"
          empty={(rows) => (rows.length === 0 ? { text: 'No limit is set.' } : null)}
        >
          {(rows) => (
            <DataTable
              label="Limits in use"
              columns={columns}
              rows={rows}
              rowKey={({ id }) => id}
              sort={sort}
              onSort={setSort}
              isDense
            />
          )}
        </Panel>
        <SectionForm title="Limits of the portfolio" unit="fractions: 0.15 is 15 %" section={['limits']} />
        <SleeveLimits />
        <SectionForm title="What a violation does" unit="" section={['violations']} />
        <FileEditor />
      </div>
      <ChangesPanel />
    </>
  )
}
