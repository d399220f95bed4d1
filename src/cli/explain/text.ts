import { formatDate } from '../../domain/sessions.ts'
import type { Instant } from '../../domain/units.ts'
import type { ExplainedShare, ExplainedSize, Explanation } from '../../live/explain/explanation.ts'
import { count, decimal, finite, money, percent, quantityText } from '../report/numbers.ts'
import { textTable } from '../text-table.ts'
import type { Route } from './route.ts'

/** The steps of the chain, each with its lines. */
export function explanationSteps(explanation: Explanation, route: Route | null) {
  return [
    ['Bar', barLines(explanation)],
    ['Signal', signalLines(explanation)],
    ['Size', sizeLines(explanation)],
    ['Rules', ruleLines(explanation)],
    ['Netting', nettingLines(explanation)],
    ['Route', routeLines(explanation, route)],
    ['Fills', fillLines(explanation)],
    ['Shares', bookingLines(explanation)],
  ] as const
}

/** The chain of an order for people: one numbered step after the other, each with its numbers. */
export function explanationText(explanation: Explanation, route: Route | null): string {
  return [
    headline(explanation),
    ...explanationSteps(explanation, route).flatMap(([title, lines], place) => [
      '',
      `${place + 1} ${title}`,
      ...lines.map((line) => `  ${line}`),
    ]),
  ].join('\n')
}

export function headline({ order, cycle, event, at, instrument, type, net, crossed }: Explanation): string {
  const what =
    net === 0 ? `nothing sent of ${instrument}, ${quantityText(crossed)} crossed inside` : sideText(net, instrument)
  return `Order ${order}: ${what}, ${typeText(type)}; cycle ${count(cycle)}, event ${count(event)}, ${momentText(at)}`
}

function typeText(type: string): string {
  return type === 'market' ? 'at the market' : `as a ${type} order`
}

function sideText(quantity: number, instrument: string): string {
  return `${quantity > 0 ? 'buy' : 'sell'} ${quantityText(Math.abs(quantity))} ${instrument}`
}

function momentText(at: Instant): string {
  return `${new Date(at).toISOString().replace('T', ' ').slice(0, 16)} UTC`
}

/** Sleeves that saw the same bar say so together. */
function barLines({ shares, instrumentCurrency: currency }: Explanation): readonly string[] {
  const lines = new Map<string, string[]>()
  for (const { sleeve, bar, event, kind, at } of shares) {
    const price = (value: number): string => decimal(value, 4)
    const line =
      bar === null
        ? `event ${count(event)} (${kind}) of ${momentText(at)}: no close of it made the wish`
        : `event ${count(event)}, ${bar.clock} bar of ${formatDate(bar.tradeDate)}, closed ${momentText(at)}: open ${price(bar.open)}, ` +
          `high ${price(bar.high)}, low ${price(bar.low)}, close ${price(bar.close)} ${currency}` +
          (bar.volume === null ? '' : `, volume ${decimal(bar.volume, 0)}`)
    lines.set(line, [...(lines.get(line) ?? []), sleeve])
  }
  return [...lines].map(([line, sleeves]) => `${sleeves.join(', ')}: ${line}`)
}

function signalLines({ shares, instrument }: Explanation): readonly string[] {
  return shares.map(({ sleeve, strategy, reason, wanted, indicators, judgement }) => {
    const what = judgement === null ? 'reduce' : 'enter'
    const values = indicators.map(({ name, value }) => `${name} ${value === null ? 'not defined yet' : figure(value)}`)
    const seen = values.length === 0 ? '' : `; ${values.join(', ')}`
    return `${sleeve}${strategy === null ? '' : ` (${strategy})`}: ${what}, "${reason}", ${sideText(wanted, instrument)}${seen}`
  })
}

/** Six digits say enough of an indicator. */
function figure(value: number): string {
  return Number(value.toPrecision(6)).toString().replace('-', '−')
}

function sizeLines({ shares, currency, instrumentCurrency }: Explanation): readonly string[] {
  return shares.flatMap(({ sleeve, size, judgement }) => {
    if (judgement === null) return [`${sleeve}: as much as it holds of it; nothing is sized to leave`]
    if (size === null) return [`${sleeve}: the strategy named ${quantityText(Math.abs(judgement.asked))} itself`]
    const had = size.size - Math.abs(judgement.asked)
    const rest =
      had === 0
        ? ''
        : `; ${quantityText(had)} of it held or on the way, so ${quantityText(Math.abs(judgement.asked))} asked`
    return [`${sleeve}: ${formulaText(size, currency, instrumentCurrency)} = ${quantityText(size.size)}${rest}`]
  })
}

/** The sizing's formula with its numbers. */
export function formulaText(size: ExplainedSize, currency: string, own: string): string {
  const { sizing, factors } = size
  const whole = `, in whole steps of ${quantityText(size.step)},`
  const times = factorText(factors)
  const worth = money(size.value, currency)
  switch (sizing.kind) {
    case 'percent': {
      const equity = sizing.of === 'sleeve' ? size.sleeveEquity : size.portfolioEquity
      const whose = sizing.of === 'sleeve' ? "the sleeve's" : "the portfolio's"
      return `${percent(sizing.fraction)} of ${whose} ${money(equity, currency)}${times} / ${worth} each${whole}`
    }
    case 'notional':
      return `${money(sizing.amount, own)}${times} / ${money(size.ownValue, own)} each${whole}`
    case 'quantity':
      return `${quantityText(sizing.quantity)} as configured${times}${whole}`
    case 'maximumLoss':
      return `budget ${money(sizing.budget, currency)}${times} / ${money(size.maximumLoss, currency)} at most lost each, 1 to ${count(sizing.contractsMax)},`
    case 'own':
      return 'no size of its own'
  }
}

const FACTOR_TEXTS = {
  wish: 'as sure as the strategy is',
  weekend: 'on a weekend',
  capital: 'left by the capital plan',
  reentry: 'back after a halt',
} as const

function factorText(factors: ExplainedSize['factors']): string {
  const changed = Object.entries(FACTOR_TEXTS).filter(([name]) => factors[name as keyof typeof FACTOR_TEXTS] !== 1)
  return changed.map(([name, text]) => ` × ${figure(factors[name as keyof typeof FACTOR_TEXTS])} (${text})`).join('')
}

function ruleLines({ shares }: Explanation): readonly string[] {
  return shares.flatMap(({ sleeve, judgement }) => {
    if (judgement === null) return [`${sleeve}: what reduces always passes`]
    const { asked, allowed, forbidden, consulted } = judgement
    const outcome = allowed === asked ? 'all of it' : quantityText(Math.abs(allowed))
    const head = `${sleeve}: asked ${quantityText(Math.abs(asked))}, allowed ${outcome}`
    if (forbidden !== null) return [`${head}; forbidden by ${forbidden.rule}`]
    if (consulted.length === 0) return [`${head}; no limit is configured`]
    const table = textTable(
      ['Rule', 'Scope', 'With it', 'Limit', 'Asked', 'Allowed'],
      consulted.map((rule) => [
        rule.rule,
        rule.scope,
        limitText(rule.value),
        limitText(rule.limit),
        quantityText(rule.asked),
        rule.allowed === rule.asked ? 'all' : quantityText(rule.allowed),
      ]),
      [2, 3, 4, 5],
    )
    return [head, ...table.split('\n').map((line) => `  ${line}`)]
  })
}

export function limitText(value: number): string {
  const shown = finite(value)
  if (shown === null) return 'none'
  return decimal(shown, Math.abs(shown) < 100 ? 4 : 0)
}

function nettingLines({
  shares,
  net,
  crossed,
  reference,
  instrumentCurrency: currency,
}: Explanation): readonly string[] {
  const parts = shares.map(({ sleeve, wanted, crossed: inside }) => {
    const cross = inside === 0 ? '' : ` (${quantityText(Math.abs(inside))} crossed)`
    return `${sleeve} ${signedText(wanted)}${cross}`
  })
  const inside =
    crossed === 0
      ? 'nothing crossed inside'
      : `${quantityText(crossed)} crossed inside at ${decimal(reference, 4)} ${currency}, free of fee`
  const partners = shares.length === 1 ? 'no other sleeve wanted it' : `${count(shares.length)} sleeves`
  return [
    `${parts.join(', ')}: ${partners}`,
    `${inside}, ${net === 0 ? 'nothing left to send' : `${signedText(net)} sent`}`,
  ]
}

function signedText(quantity: number): string {
  return `${quantity > 0 ? '+' : '−'}${quantityText(Math.abs(quantity))}`
}

function routeLines({ net, end }: Explanation, route: Route | null): readonly string[] {
  const ended =
    end === null
      ? 'on its way'
      : `${end.state}${end.evidence === '' ? '' : ` (${end.evidence})`} at ${momentText(end.at)}`
  if (net === 0) return ['nothing left the account']
  if (route === null) return [`the simulated exchange: ${ended}`]
  const { broker, account, clientId, brokerId, state, evidence, sends, intendedAt, changedAt, isCancelling } = route
  return [
    `${broker}, account ${account}, client id ${clientId}${brokerId === null ? '' : `, there ${brokerId}`}`,
    `intended ${momentText(intendedAt)}, sent ${sends === 1 ? 'once' : `${count(sends)} times`}, ` +
      `${state}${isCancelling ? ', asked to cancel' : ''}${evidence === '' ? '' : ` (${evidence})`} ${momentText(changedAt)}`,
    `in the books: ${ended}`,
  ]
}

function fillLines({ fills, instrumentCurrency: currency, net }: Explanation): readonly string[] {
  if (fills.length === 0) return [net === 0 ? 'none were needed' : 'none']
  return fills.map(
    ({ quantity, price, fee, at, event }) =>
      `${quantity === 0 ? 'a further leg' : signedText(quantity)} at ${decimal(price, 4)} ${currency}, fee ${money(fee, currency)}; event ${count(event)}, ${momentText(at)}`,
  )
}

function bookingLines({ shares, currency, instrumentCurrency }: Explanation): readonly string[] {
  const rows = shares.flatMap((share) =>
    share.bookings.map((booking) => rowOf(share, booking, instrumentCurrency, currency)),
  )
  if (rows.length === 0) return ['nothing is booked yet']
  const table = textTable(
    ['Sleeve', 'Booked', 'Instrument', 'Quantity', 'Price', 'Cash', 'Fee', 'Realised'],
    rows,
    [3, 4, 5, 6, 7],
  )
  return table.split('\n')
}

function rowOf(
  { sleeve }: ExplainedShare,
  { kind, instrument, quantity, price, cash, fee, realised }: ExplainedShare['bookings'][number],
  own: string,
  currency: string,
): readonly string[] {
  return [
    sleeve,
    kind,
    instrument,
    signedText(quantity),
    decimal(price, 4),
    money(cash, own),
    money(fee, own),
    realised === 0 ? '' : money(realised, currency),
  ]
}
