import { html, type Markup, trusted } from './markup.ts'
import { PAGE_SCRIPT } from './script.ts'
import { styleSheet } from './style.ts'

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
const MARK = trusted(
  '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 6c6 0 6 6 12 6h6" stroke="var(--sleeve-1)"/><path d="M3 12h18" stroke="var(--sleeve-2)"/><path d="M3 18c6 0 6-6 12-6" stroke="var(--sleeve-3)"/></svg>',
)

export interface Shell {
  readonly title: string
  /** What kind of page this is, in one word, at the top right. */
  readonly mode: string
  /** How many lines or sleeves have a hue of their own. */
  readonly hues: number
  /** Above the panels. */
  readonly heading: Markup
  /** Panels of the grid of twelve columns. */
  readonly panels: Markup
  readonly footer: Markup
}

/** A whole page as one file: style, charts and script inside, nothing fetched from anywhere. */
export function shellText({ title, mode, hues, heading, panels, footer }: Shell): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="color-scheme" content="dark light">
<title>${title}</title><style>${trusted(styleSheet(hues))}</style></head><body>
<header class="bar"><span class="brand">${MARK}Polyfolio</span><span class="mode">${mode}</span></header><main>
${heading}<div class="grid">
${panels}
</div>${footer}</main><script>${trusted(PAGE_SCRIPT)}</script></body></html>
`.text
}
