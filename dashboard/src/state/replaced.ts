const KEY = 'polyfolio.reloaded'
/** A reload that did not help is not tried again for so long. */
const AGAIN_AFTER_MS = 60_000

/**
 * A page that was open while the server was replaced knows code by names that are gone: it is read anew, once. What the
 * reader looks at is in the address.
 */
export function reloadWhenReplaced(): void {
  window.addEventListener('vite:preloadError', () => {
    const last = Number(sessionStorage.getItem(KEY) ?? 0)
    if (Date.now() - last < AGAIN_AFTER_MS) return
    sessionStorage.setItem(KEY, String(Date.now()))
    window.location.reload()
  })
}
