import { type ReactNode, useCallback } from 'react'
import { useLocation, useSearch } from 'wouter'
import type { TradeStats } from '../../../../src/api/contract/performance-page.ts'
import { Chart, type ChartClick, type Cursor } from '../../charts/Chart.tsx'
import { binBars } from '../../charts/histogram.ts'
import { monthText } from '../../charts/stacked-area.ts'
import { frequencyBars, holdScatter, winnerLoserBars, winRateBars } from '../../charts/trades.ts'
import { usePalette } from '../../charts/use-palette.ts'
import { useAmounts } from '../../data/amounts.ts'
import type { Source } from '../../data/source.ts'
import { count, percent, quantity, ratio } from '../../format.ts'
import { Panel } from '../../frame/Panel.tsx'
import { Segments } from '../../frame/Segments.tsx'
import { Signed } from '../../frame/Signed.tsx'
import { PlainTable } from '../../panels/PlainTable.tsx'
import { SleeveLabel } from '../../panels/sleeves.tsx'
import { carriedSearch, useParameter, withParameter } from '../../state/url.ts'

const HEIGHT = 280
const NONE = { text: 'No round trip was closed yet.' }
const isEmpty = (view: TradeStats): typeof NONE | null => (view.all.roundTrips === 0 ? NONE : null)

interface TradesOf {
  readonly sleeve: string
  readonly symbol?: string
  readonly from?: string
  readonly to?: string
}

/** Leads to the trades of a sleeve, filtered as the chart was pointed at. */
function useOpenTrades(): (of: TradesOf) => void {
  const [, navigate] = useLocation()
  const search = useSearch()
  return ({ sleeve, symbol = '', from = '', to = '' }) => {
    let query = carriedSearch(search)
    for (const [key, value] of Object.entries({ symbol, from, to })) query = withParameter(query, key, value)
    navigate(`/strategy/${encodeURIComponent(sleeve)}${query}#trades`)
  }
}

function ProfitChart({ view }: { readonly view: TradeStats }): ReactNode {
  const palette = usePalette()
  const { short } = useAmounts()
  const option = useCallback(
    () => binBars({ bins: view.pnl, name: 'Round trips', isSigned: true, format: palette.moneyShort }, palette),
    [view, palette],
  )
  const { all } = view
  return (
    <Chart
      option={option}
      name={`Profit and loss of ${count(all.roundTrips)} round trips, histogram. Win rate ${percent(all.winRate)}, average ${short(all.averageTrade)}.`}
      cursor={binCursor(view.pnl, short)}
    />
  )
}

function binCursor(bins: TradeStats['pnl'], format: (value: number) => string): Cursor {
  return {
    length: bins.length,
    describe: (place) => {
      const bin = bins[place]!
      return `${format(bin.from)} to ${format(bin.to)}: ${count(bin.count)} round trips`
    },
  }
}

function binTable(label: string, bins: TradeStats['pnl'], format: (value: number) => string): ReactNode {
  return (
    <PlainTable
      label={label}
      columns={[{ title: 'From' }, { title: 'To' }, { title: 'Round trips' }]}
      rows={bins.map((bin) => ({ key: String(bin.from), cells: [format(bin.from), format(bin.to), count(bin.count)] }))}
    />
  )
}

function ProfitPanel({ source }: { readonly source: Source<TradeStats> }): ReactNode {
  const { money } = useAmounts()
  return (
    <Panel
      title="Trade profit and loss"
      unit="round trips"
      span={4}
      height={HEIGHT}
      source={source}
      exports={{ what: 'trades' }}
      empty={isEmpty}
      table={(view) => binTable('Profit and loss', view.pnl, (value) => money(value, { cents: false }))}
    >
      {(view) => <ProfitChart view={view} />}
    </Panel>
  )
}

const FORMS = ['count', 'result'] as const

function HoldChart({ view, form }: { readonly view: TradeStats; readonly form: string }): ReactNode {
  const palette = usePalette()
  const open = useOpenTrades()
  const option = useCallback(
    () =>
      form === 'result'
        ? holdScatter(view, palette)
        : binBars(
            {
              bins: view.hold,
              name: 'Round trips',
              isSigned: false,
              format: (value) => `${quantity(Number(value.toFixed(1)))} d`,
            },
            palette,
          ),
    [view, form, palette],
  )
  const cursor: Cursor =
    form === 'count'
      ? binCursor(view.hold, (value) => `${quantity(Number(value.toFixed(1)))} days`)
      : {
          length: view.scatter.length,
          describe: (place) => {
            const trade = view.scatter[place]!
            return `${trade.instrument} closed ${trade.closed}: held ${quantity(trade.hold)} days, ${palette.money(trade.pnl, { signed: true })}`
          },
        }
  function click({ dataIndex }: ChartClick): void {
    const trade = form === 'result' ? view.scatter[dataIndex] : undefined
    if (trade !== undefined)
      open({ sleeve: trade.sleeve, symbol: trade.instrument, from: trade.closed, to: trade.closed })
  }
  return (
    <Chart
      option={option}
      cursor={cursor}
      onClick={click}
      name={`Hold time of ${count(view.all.roundTrips)} round trips, ${form === 'result' ? 'scatter against result' : 'histogram'}. Median ${view.all.medianHold === null ? 'not defined' : `${quantity(view.all.medianHold)} days`}.`}
    />
  )
}

function HoldPanel({ source }: { readonly source: Source<TradeStats> }): ReactNode {
  const [form, setForm] = useParameter('hold', 'count', FORMS)
  return (
    <Panel
      title="Hold time"
      span={4}
      height={HEIGHT}
      source={source}
      controls={
        <Segments
          label="Hold time as"
          isSmall
          value={form as (typeof FORMS)[number]}
          options={[
            ['count', 'Count'],
            ['result', 'Result'],
          ]}
          onChange={setForm}
        />
      }
      empty={isEmpty}
      table={(view) => binTable('Hold time', view.hold, (value) => `${quantity(Number(value.toFixed(1)))} days`)}
    >
      {(view) => <HoldChart key={form} view={view} form={form} />}
    </Panel>
  )
}

function FrequencyChart({ view }: { readonly view: TradeStats }): ReactNode {
  const palette = usePalette()
  const open = useOpenTrades()
  const option = useCallback(() => frequencyBars(view, palette), [view, palette])
  function click({ dataIndex, seriesId }: ChartClick): void {
    const month = view.frequency[dataIndex]?.month
    if (month !== undefined) open({ sleeve: seriesId, from: `${month}-01`, to: `${month}-31` })
  }
  return (
    <Chart
      option={option}
      onClick={click}
      name={`Round trips closed by month, stacked bars of ${view.frequency.length} months. ${ratio(view.all.tradesPerMonth, 1)} a month.`}
      cursor={{
        length: view.frequency.length,
        describe: (place) => {
          const month = view.frequency[place]!
          return `${monthText(month.month)}: ${count(month.count)} round trips`
        },
      }}
    />
  )
}

function FrequencyPanel({ source }: { readonly source: Source<TradeStats> }): ReactNode {
  return (
    <Panel
      title="Trade frequency"
      unit="round trips a month"
      span={4}
      height={HEIGHT}
      source={source}
      empty={isEmpty}
      table={(view) => (
        <PlainTable
          label="Round trips by month"
          columns={[{ title: 'Month' }, { title: 'Round trips' }]}
          rows={[...view.frequency]
            .reverse()
            .map(({ month, count: trips }) => ({ key: month, cells: [month, count(trips)] }))}
        />
      )}
    >
      {(view) => <FrequencyChart view={view} />}
    </Panel>
  )
}

function SleevesTable({ view }: { readonly view: TradeStats }): ReactNode {
  const { money } = useAmounts()
  const rows = [...view.sleeves, view.all]
  return (
    <PlainTable
      label="Trades by sleeve"
      columns={[
        'Sleeve',
        'Round trips',
        'Win rate',
        'Winners',
        'Losers',
        'Average winner',
        'Average loser',
        'Profit factor',
        'Average',
        'Result',
        'A month',
        'Median hold',
      ].map((title) => ({ title, width: title === 'Sleeve' ? '170px' : '100px' }))}
      rows={rows.map((row) => ({
        key: row.name,
        cells: [
          <SleeveLabel key="name" sleeve={row.name} title={row.title} isLink={row !== view.all} />,
          count(row.roundTrips),
          percent(row.winRate, { decimals: 1 }),
          count(row.winners),
          count(row.losers),
          money(row.averageWinner),
          money(row.averageLoser),
          ratio(row.profitFactor),
          <Signed key="average" value={row.averageTrade} text={money(row.averageTrade, { signed: true })} />,
          <Signed key="result" value={row.pnl} text={money(row.pnl, { signed: true, cents: false })} />,
          ratio(row.tradesPerMonth, 1),
          row.medianHold === null ? 'n/a' : `${quantity(row.medianHold)} d`,
        ],
      }))}
    />
  )
}

function SleeveBars({ view }: { readonly view: TradeStats }): ReactNode {
  const palette = usePalette()
  const rates = useCallback(() => winRateBars(view, palette), [view, palette])
  const sizes = useCallback(() => winnerLoserBars(view, palette), [view, palette])
  const last = view.sleeves.length - 1
  return (
    <div className="two-charts">
      <div>
        <h3 className="panel-line">Win rate</h3>
        <Chart
          option={rates}
          name={`Win rate by sleeve, bars. ${view.sleeves.map((sleeve) => `${sleeve.title} ${percent(sleeve.winRate, { decimals: 0 })}`).join(', ')}.`}
          cursor={{
            length: view.sleeves.length,
            describe: (place) => {
              const sleeve = view.sleeves[last - place]!
              return `${sleeve.title}: win rate ${percent(sleeve.winRate, { decimals: 0 })}, ${sleeve.winners} winners, ${sleeve.losers} losers`
            },
          }}
        />
      </div>
      <div>
        <h3 className="panel-line">Average winner and average loser</h3>
        <Chart
          option={sizes}
          name={`Average winner and loser by sleeve, bars. ${view.sleeves.map((sleeve) => `${sleeve.title} ${palette.money(sleeve.averageWinner)} and ${palette.money(sleeve.averageLoser)}`).join(', ')}.`}
          cursor={{
            length: view.sleeves.length,
            describe: (place) => {
              const sleeve = view.sleeves[last - place]!
              return `${sleeve.title}: average winner ${palette.money(sleeve.averageWinner)}, average loser ${palette.money(sleeve.averageLoser)}`
            },
          }}
        />
      </div>
    </div>
  )
}

const ROW_PX = 34

/** How round trips went: what they brought, how long they lasted, how often they came, and who won. */
export function TradePanels({ source }: { readonly source: Source<TradeStats> }): ReactNode {
  const sleeves = source.data?.sleeves.length ?? 6
  return (
    <>
      <ProfitPanel source={source} />
      <HoldPanel source={source} />
      <FrequencyPanel source={source} />
      <Panel
        title="Win rate, winners and losers"
        unit="by sleeve"
        span={12}
        height={130 + ROW_PX * Math.max(4, sleeves)}
        source={source}
        exports={{ what: 'trades' }}
        empty={isEmpty}
        table={(view) => <SleevesTable view={view} />}
      >
        {(view) => <SleeveBars view={view} />}
      </Panel>
    </>
  )
}
