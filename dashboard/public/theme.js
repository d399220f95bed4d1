// Before the first paint: dark unless the system says light or the reader chose.
;(() => {
  let chosen = null
  try {
    chosen = JSON.parse(localStorage.getItem('polyfolio.preferences') || '{}')
  } catch {
    chosen = null
  }
  const system = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark'
  const root = document.documentElement
  root.dataset.theme = chosen && (chosen.theme === 'dark' || chosen.theme === 'light') ? chosen.theme : system
  if (chosen?.results) root.dataset.results = chosen.results
})()
