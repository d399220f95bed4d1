import { lazy, type ReactNode, Suspense } from 'react'
import type { SleevePrices } from '../../../../src/api/contract/sleeve-page.ts'
import { useAmounts } from '../../data/amounts.ts'
import type { Source } from '../../data/source.ts'
import { price, quantity } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { PlainTable } from '../../panels/PlainTable.tsx'

// Its library is half as large as the rest of the page: figures do not wait for it.
const PriceCanvas = lazy(async () => ({ default: (await import('./PriceCanvas.tsx')).PriceCanvas }))

/** What the sleeve saw and did, newest first. */
function MarksTable({ view }: { readonly view: SleevePrices }): ReactNode {
  const { money } = useAmounts()
  const tick = 10 ** -view.decimals
  const rows = [
    ...view.signals.map((signal) => ({
      at: signal.at,
      cells: ['signal', quantity(signal.quantity), price(signal.price, tick), '', signal.reason],
    })),
    ...view.marks.map((mark) => ({
      at: mark.at,
      cells: [
        `${mark.what} ${mark.side}`,
        quantity(mark.quantity),
        mark.price === null ? 'n/a' : price(mark.price, tick),
        mark.pnl === null ? '' : money(mark.pnl, { signed: true }),
        mark.reason,
      ],
    })),
  ].sort((left, right) => (left.at < right.at ? 1 : -1))
  return (
    <PlainTable
      label={`Signals, entries and exits in ${view.instrument}`}
      columns={[
        { title: 'Trade date' },
        { title: 'What', align: 'left' },
        { title: 'Quantity' },
        { title: 'Price' },
        { title: 'Result' },
        { title: 'Reason', align: 'left', width: '34%' },
      ]}
      rows={rows.map(({ at, cells }, place) => ({ key: `${at} ${place}`, cells: [at.slice(0, 10), ...cells] }))}
    />
  )
}

export interface PricePanelProps {
  readonly source: Source<SleevePrices>
  readonly onInstrument: (instrument: string) => void
}

export function PricePanel({ source, onInstrument }: PricePanelProps): ReactNode {
  const view = source.data
  return (
    <Panel
      title="Price"
      unit="▲ bought, ▼ sold, ● signal; rising bars are hollow"
      span={12}
      height={500}
      source={source}
      controls={
        view !== null && (
          <select
            className="select-small"
            aria-label="Instrument"
            value={view.instrument}
            onChange={(event) => onInstrument(event.target.value)}
          >
            {view.instruments.map((instrument) => (
              <option key={instrument} value={instrument}>
                {instrument}
              </option>
            ))}
          </select>
        )
      }
      empty={({ bars, instrument }) => (bars.length === 0 ? { text: `There are no prices of ${instrument}.` } : null)}
      table={(prices) => <MarksTable view={prices} />}
    >
      {(prices) => (
        <Suspense fallback={<div className="skeleton skeleton-chart" aria-hidden="true" />}>
          <PriceCanvas view={prices} />
        </Suspense>
      )}
    </Panel>
  )
}
