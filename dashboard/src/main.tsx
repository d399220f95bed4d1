import './frame/fonts.css'
import './tokens.css'
import './base.css'
import './frame/frame.css'
import './shell/shell.css'
import './kept.css'
import './print.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Router } from 'wouter'
import { memoryLocation } from 'wouter/memory-location'
import { App, readPageAhead } from './App.tsx'
import { queries } from './data/client.ts'
import { kept } from './data/kept.ts'
import { followPreferences } from './state/preferences.ts'
import { reloadWhenReplaced } from './state/replaced.ts'

/** A file has no addresses: its pages are turned in memory. */
const inMemory = memoryLocation({ path: '/' })

followPreferences()
reloadWhenReplaced()
if (kept === null) readPageAhead()
if (kept !== null) document.documentElement.dataset['kept'] = ''
if (typeof kept?.refresh === 'number') setTimeout(() => window.location.reload(), kept.refresh * 1000)
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      {kept === null ? (
        <App />
      ) : (
        <Router hook={inMemory.hook} searchHook={inMemory.searchHook}>
          <App />
        </Router>
      )}
    </QueryClientProvider>
  </StrictMode>,
)
