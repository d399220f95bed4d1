import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where the API listens while the pages are worked on (`npm run dev -w dashboard`). */
const API = process.env['POLYFOLIO_API'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0, // the content policy allows no data: script or style
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': { target: API, ws: true } } },
})
