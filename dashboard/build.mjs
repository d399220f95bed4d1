// Builds the dashboard into dist/dashboard, and as one file into dist/report.html. Where its packages are not installed the rest of the product is whole
// without it, so this says so and succeeds.
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { buildReport } from './report.mjs'

const root = fileURLToPath(new URL('.', import.meta.url))
const COMPRESSED_FROM = 1024
/** The font goes out under its own licence, which goes with it. */
const FONT_LICENCE = '../node_modules/@fontsource-variable/inter/LICENSE'

/** Puts what is sent compressed beside each file, so that no server compresses while somebody waits. */
async function compressBelow(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || !/\.(js|css|svg)$/.test(path)) continue
    const bytes = await readFile(path)
    if (bytes.length < COMPRESSED_FROM) continue
    await writeFile(`${path}.br`, brotliCompressSync(bytes))
    await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }))
  }
}

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
  await copyFile(join(root, FONT_LICENCE), join(root, '../dist/dashboard/inter-licence.txt'))
  await compressBelow(fileURLToPath(new URL('../dist/dashboard/', import.meta.url)))
  await buildReport(vite, root, fileURLToPath(new URL('../dist/', import.meta.url)))
}
