import { useEffect } from 'react'
import { useLocation, useSearch } from 'wouter'
import type { Dated } from '../../../src/api/contract/answers.ts'
import type { SleeveTable } from '../../../src/api/contract/overview.ts'
import { queries } from '../data/client.ts'
import { readingKey } from '../data/readings.ts'
import { useRole } from '../data/session.ts'
import { panelAtHand, toggleTableAtHand } from '../frame/panel-keys.ts'
import { closeOverlay, openOverlay, overlay } from '../state/dialogs.ts'
import { PERIOD_DEFAULT, PERIODS } from '../state/periods.ts'
import { portfolioShown } from '../state/portfolio.ts'
import { prefer, preferences } from '../state/preferences.ts'
import { carriedSearch, withParameter } from '../state/url.ts'
import { PAGES } from './pages.ts'
import { updateNow } from './update.ts'

const G_WAIT_MS = 1500

/** Whether a key is text for whatever has focus. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input,select,textarea,[contenteditable],dialog') !== null
}

/** The sleeve before or after the one that the address names. */
export function neighbour(names: readonly string[], current: string | undefined, step: number): string | undefined {
  if (names.length === 0) return undefined
  const at = current === undefined ? -1 : names.indexOf(current)
  if (at < 0) return step > 0 ? names[0] : names.at(-1)
  return names[(at + step + names.length) % names.length]
}

function sleeveNames(): readonly string[] {
  const table = queries.getQueryData<Dated<SleeveTable>>(readingKey(portfolioShown.get(), 'sleeves'))
  return (table?.data.rows ?? []).filter(({ status }) => status !== 'reserve').map(({ sleeve }) => sleeve)
}

function focusRow(): void {
  const panel = panelAtHand() ?? document
  panel.querySelector<HTMLElement>('tbody tr[tabindex]')?.focus()
}

/** Keys of every page: with Ctrl always, single ones while they are switched on and nobody types. */
export function useKeys(): void {
  const [path, navigate] = useLocation()
  const search = useSearch()
  const mayStop = useRole('operator')

  useEffect(() => {
    let gUntil = 0
    const carried = carriedSearch(search)

    function step(by: number): void {
      const current = /^\/strategy\/([^/]+)/.exec(path)?.[1]
      const next = neighbour(sleeveNames(), current === undefined ? undefined : decodeURIComponent(current), by)
      if (next !== undefined) navigate(`/strategy/${encodeURIComponent(next)}${carried}`)
    }

    function explain(): void {
      const order = document.activeElement?.closest<HTMLElement>('[data-order]')?.dataset['order']
      if (order !== undefined) navigate(`${path}${withParameter(search, 'explain', order)}`)
    }

    function single(event: KeyboardEvent): boolean {
      const { key } = event
      if (Date.now() < gUntil) {
        gUntil = 0
        const page = PAGES.find((candidate) => candidate.key === key)
        if (page !== undefined) navigate(`${page.path}${carried}`)
        return page !== undefined
      }
      const period = PERIODS[Number(key) - 1]
      if (period !== undefined && key !== ' ')
        navigate(`${path}${withParameter(search, 'period', period, PERIOD_DEFAULT)}`, { replace: true })
      else if (key === 'g') gUntil = Date.now() + G_WAIT_MS
      else if (key === '[') step(-1)
      else if (key === ']') step(1)
      else if (key === '/') document.querySelector<HTMLElement>('[data-filter]')?.focus()
      else if (key === 't') toggleTableAtHand()
      else if (key === 'x') explain()
      else if (key === 'd') prefer({ discreet: !preferences.get().discreet })
      else if (key === 'U' && event.shiftKey) void updateNow()
      else if (key === '?') openOverlay({ kind: 'keys' })
      else if (key === 'j' && document.activeElement?.closest('tr') === null) focusRow()
      else return false
      return true
    }

    function onKey(event: KeyboardEvent): void {
      if (event.defaultPrevented) return
      const isCtrl = event.ctrlKey || event.metaKey
      if (isCtrl && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        if (event.shiftKey && mayStop) openOverlay({ kind: 'kill' })
        else if (event.shiftKey) return
        else if (overlay.get()?.kind === 'palette') closeOverlay()
        else openOverlay({ kind: 'palette' })
        return
      }
      if (isCtrl || event.altKey || !preferences.get().singleKeys || overlay.get() !== null || isTyping(event.target))
        return
      if (single(event)) event.preventDefault()
    }

    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [path, search, navigate, mayStop])
}
