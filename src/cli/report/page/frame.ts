import type { ReportPage, SleeveFigures } from '../../../api/contract/report.ts'
import { tone } from '../numbers.ts'
import { html, type Markup } from './markup.ts'
import { hueClass } from './style.ts'

/** What every section gets: the page's data, and how it names and colours a sleeve. */
export interface Frame {
  readonly page: ReportPage
  readonly currency: string
  readonly sleeves: ReadonlyMap<string, { readonly title: string; readonly hue: string | null }>
}

/** Hues follow the declared order of the sleeves that trade, never their rank. */
export function frameOf(page: ReportPage): Frame {
  const traded = page.report.sleeves.filter((sleeve) => sleeve.strategy !== null)
  const hueOf = (sleeve: SleeveFigures) => (sleeve.strategy === null ? null : hueClass(traded.indexOf(sleeve)))
  const sleeves = new Map(
    page.report.sleeves.map((sleeve) => [sleeve.name, { title: sleeve.title, hue: hueOf(sleeve) }]),
  )
  return { page, currency: page.report.portfolio.currency, sleeves }
}

export interface PanelText {
  readonly title: string
  readonly unit?: string
  /** Class for the width of the panel; whole width when left out. */
  readonly width?: string
  readonly aside?: Markup
}

export function panel({ title, unit, width, aside }: PanelText, body: Markup): Markup {
  return html`<section class="panel ${width ?? ''}"><div class="head"><h2>${title}</h2>${
    unit === undefined ? null : html`<span class="unit">${unit}</span>`
  }${aside ?? null}</div>${body}</section>`
}

export function empty(text: string): Markup {
  return html`<p class="empty">${text}</p>`
}

/** Square in the sleeve's colour and its title. */
export function sleeveName(frame: Frame, name: string, extra: string | null = null): Markup {
  const known = frame.sleeves.get(name)
  return html`<span class="nm"><i class="${known?.hue ?? 'none'}"></i><span>${known?.title ?? name}${
    extra === null ? null : html`<em>${extra}</em>`
  }</span></span>`
}

/** A signed result in its colour. */
export function result(text: string, value: number | null, smallest?: number): Markup {
  return html`<td class="${tone(value, smallest)}">${text}</td>`
}

export interface TableText {
  readonly caption: string
  /** Headers; those that begin with `<` stand left. */
  readonly columns: readonly string[]
  readonly kind?: string
}

export function table(
  { caption, columns, kind = '' }: TableText,
  rows: readonly Markup[],
  foot: Markup | null = null,
): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="${kind}"><caption class="away">${caption}</caption><thead><tr>${columns.map(
    (column) =>
      column.startsWith('<')
        ? html`<th scope="col" class="l">${column.slice(1)}</th>`
        : html`<th scope="col">${column}</th>`,
  )}</tr></thead><tbody>${rows}</tbody>${foot === null ? null : html`<tfoot>${foot}</tfoot>`}</table></div>`
}

/** The square alone, with the title for whoever cannot see it. */
export function sleeveSquare(frame: Frame, name: string): Markup {
  const known = frame.sleeves.get(name)
  const title = known?.title ?? name
  return html`<span class="nm bare" title="${title}"><i class="${known?.hue ?? 'none'}"></i><span class="away">${title}</span></span>`
}
