/*
 * Markup that is safe by construction: every value put into a template is escaped, unless it is itself markup.
 */

const MARKUP = Symbol('markup')

/** Text of a page that needs no escaping any more. */
export interface Markup {
  readonly [MARKUP]: true
  readonly text: string
}

type Part = Markup | string | number | null | false | readonly Part[]

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text for elements and quoted attributes; characters that a page may not hold become a replacement mark. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => ESCAPES[mark]!).replace(/[^\P{Cc}\t\n\r]/gu, '\ufffd')
}

/** Takes text as markup unseen: only for text that this package wrote itself. */
export function trusted(text: string): Markup {
  return { [MARKUP]: true, text }
}

function isMarkup(part: Part): part is Markup {
  return typeof part === 'object' && part !== null && MARKUP in part
}

function render(part: Part): string {
  if (part === null || part === false) return ''
  if (typeof part === 'string') return escapeText(part)
  if (typeof part === 'number') return String(part)
  return isMarkup(part) ? part.text : part.map(render).join('')
}

/** A template of markup: lists are joined, null and false leave nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return trusted(strings.map((text, index) => text + (index < parts.length ? render(parts[index]!) : '')).join(''))
}

/** Data for the page's own script: no text in it can end the element. */
export function inlineData(data: unknown): Markup {
  const text = JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return trusted(`<script type="application/json">${text}</script>`)
}
