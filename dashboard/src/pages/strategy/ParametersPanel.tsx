import type { ReactNode } from 'react'
import type { SleeveParameters } from '../../../../src/api/contract/sleeve-page.ts'
import type { Source } from '../../data/source.ts'
import { Panel } from '../../frame/Panel.tsx'
import { ScrolledTable } from '../../frame/ScrolledTable.tsx'
import { PlainTable } from '../../panels/PlainTable.tsx'

/** A value as a configuration would have it. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.map(valueText).join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

export function ParametersPanel({ source }: { readonly source: Source<SleeveParameters> }): ReactNode {
  return (
    <Panel title="Parameters" span={5} height={360} source={source} skeleton="table">
      {(view) => (
        <>
          <p className="panel-line">
            <b>{view.strategy}</b> {view.about}
          </p>
          <p className="panel-line">{`${view.timeframe}; ${view.instruments.length} instruments: ${view.instruments.join(', ')}`}</p>
          <ScrolledTable title="Parameters">
            <PlainTable
              label="Parameters"
              columns={[{ title: 'Parameter', width: '36%' }, { title: 'Value' }, { title: 'Standard' }]}
              rows={view.parameters.map((parameter) => ({
                key: parameter.name,
                cells: [
                  <span key="name" title={parameter.about}>
                    {parameter.name}
                  </span>,
                  <span key="value" className={parameter.isStandard ? '' : 'strong'} title={valueText(parameter.value)}>
                    {valueText(parameter.value)}
                  </span>,
                  <span key="standard" className="quiet" title={valueText(parameter.standard)}>
                    {parameter.isStandard ? 'same' : valueText(parameter.standard)}
                  </span>,
                ],
              }))}
            />
          </ScrolledTable>
        </>
      )}
    </Panel>
  )
}
