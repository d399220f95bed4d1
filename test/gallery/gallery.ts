import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { STRATEGIES } from '../../src/pipeline/strategies/registry.ts'
import { pictureOf, titleOf } from './panels.ts'
import { sceneOf } from './scene.ts'
import { svgOf } from './svg.ts'

const root = resolve(dirnameOf(), '../..')
export const GALLERY = join(root, 'docs/gallery')

function dirnameOf(): string {
  return fileURLToPath(new URL('.', import.meta.url))
}

/** Every file of the gallery by its name: a picture for each strategy of the registry, and the page that shows them. */
export function galleryFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const strategy of STRATEGIES) files.set(`${strategy.name}.svg`, svgOf(pictureOf(sceneOf(strategy))))
  files.set('README.md', index())
  return files
}

function index(): string {
  const sections = STRATEGIES.map(
    ({ name }) =>
      `## [${titleOf(name)}](../../src/pipeline/strategies/${name}/README.md)\n\n${sentenceOf(name)}\n\n![${titleOf(name)}: price with entries and exits, and equity](${name}.svg)`,
  )
  return `# Gallery

Every built-in strategy over two years of the simulated market: the instrument in which it did most, what it did there, what
it looks at, and the equity of its sleeve. The sleeve trades four made-up instruments at the strategy's defaults and at real
costs, through the same engine as any run; Dogwood follows Cedar at a distance that returns, as pairs do. Earnings, news and
flow are drawn, too. The market is made up: a picture shows how a strategy behaves, not what it earns.

Written by \`npm run gallery\`, the same bytes every time; a test says when a picture is out of date.

${sections.join('\n\n')}
`
}

/** What the table of strategies says of one. */
function sentenceOf(name: string): string {
  const table = readFileSync(join(root, 'src/pipeline/strategies/README.md'), 'utf8')
  const row = table.split('\n').find((line) => line.startsWith(`| [${name}](`))
  if (row === undefined) throw new Error(`src/pipeline/strategies/README.md has no row for "${name}"`)
  const sentence = row.split('|')[2]!.trim()
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`
}
