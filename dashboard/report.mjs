// The same pages as one file that asks nobody for anything: dist/report.html, into which a report puts its answers.
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const WHOLE = 100 << 20
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'"

/** Nothing is asked for ahead where everything is in the file. */
const ALL_INSIDE = {
  name: 'all-inside',
  transformIndexHtml: { order: 'pre', handler: (html) => html.replace(/<link rel="preload"[^>]*>\s*/g, '') },
}

/** Text of a script or style as it may stand in a page. */
const safe = (text) => text.replaceAll('</', '<\\/')

export async function buildReport(vite, root, outDir) {
  const folder = join(outDir, 'report-parts')
  await vite.build({
    root,
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    plugins: [ALL_INSIDE],
    build: {
      outDir: folder,
      emptyOutDir: true,
      assetsInlineLimit: WHOLE,
      cssCodeSplit: false,
      rolldownOptions: { output: { codeSplitting: false } },
    },
  })
  const page = await readFile(join(folder, 'index.html'), 'utf8')
  const theme = await readFile(join(folder, 'theme.js'), 'utf8')
  const script = /<script type="module"[^>]*src="\/([^"]+)"[^>]*><\/script>/.exec(page)
  const style = /<link rel="stylesheet"[^>]*href="\/([^"]+)"[^>]*>/.exec(page)
  const code = await readFile(join(folder, script[1]), 'utf8')
  const look = await readFile(join(folder, style[1]), 'utf8')
  const whole = page
    .replace(/<link rel="icon"[^>]*>\s*/, '')
    .replace(/<link rel="modulepreload"[^>]*>\s*/g, '')
    .replace(/<script src="\/theme\.js"><\/script>/, () => `<script>${safe(theme)}</script>`)
    .replace(script[0], '')
    .replace(style[0], () => `<style>${look}</style>`)
    .replace('<head>', () => `<head>\n    <meta http-equiv="Content-Security-Policy" content="${POLICY}" />`)
    .replace(
      '</body>',
      () =>
        `<script id="kept-answers" type="application/json"></script>\n<script type="module">${safe(code)}</script>\n</body>`,
    )
  await writeFile(join(outDir, 'report.html'), whole)
  await rm(folder, { recursive: true })
}
