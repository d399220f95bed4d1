// Builds the dashboard into dist/dashboard, and as one file into dist/report.html. Where its packages are not installed the rest of the product is whole
// without it, so this says so and succeeds.
import { fileURLToPath } from 'node:url'
import { buildReport } from './report.mjs'

const root = fileURLToPath(new URL('.', import.meta.url))

async function bundler() {
  try {
    return await import('vite')
  } catch (cause) {
    if (cause?.code === 'ERR_MODULE_NOT_FOUND') return null
    throw cause
  }
}

process.env.NODE_ENV = 'production' // whoever starts this may be testing: what is built is what readers get
const vite = await bundler()
if (vite === null) process.stdout.write('The dashboard was not built: its packages are not installed here.\n')
else {
  await vite.build({ root, configFile: `${root}vite.config.ts`, logLevel: 'warn' })
  await buildReport(vite, root, fileURLToPath(new URL('../dist/', import.meta.url)))
}
