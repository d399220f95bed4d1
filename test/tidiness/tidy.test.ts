import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FAULTS } from '../../src/domain/faults.ts'
import { INTENT_ENDS } from '../../src/domain/orders.ts'
import { RULES } from '../../src/domain/risk.ts'
import { filesBelow, productModules, publishedFiles, ROOT, type Source } from './sources.ts'

const LINES_MAX = 450
/** Product files that may be longer, each with its reason. */
const LONG_FILES: Readonly<Record<string, string>> = {}

const DUMPING_GROUND = /(^|\/)(utils?|helpers?|common|misc|shared|lib|stuff)(\/|\.(test\.)?ts$)/

/** Files of other authors, and files that a tool writes: their words are not ours. */
const NOT_OURS = /^(LICENSE|package-lock\.json)$/
/** The one place that says where data outside the repository may lie. */
const OUTSIDE = 'test/outside-data.ts'

/** Written in pieces, so that this page does not break its own rule. */
const FORBIDDEN: readonly RegExp[] = [
  new RegExp(['(^|[^.\\w])', 'work', '\\w+'].join('/')), // a folder of one machine
  new RegExp(['\\.\\.', '(shared)', ''].join('/')),
  new RegExp(['farm', '(bench|studio)'].join('-'), 'i'),
  new RegExp(['seed', '(document|page)s?'].join(' '), 'i'),
  new RegExp(['\\bissue', '#?\\d'].join(' '), 'i'),
  new RegExp(['\\bTO', 'DO\\b|\\bFIX', 'ME\\b'].join('')),
]

function linesOf(text: string): number {
  return text.replace(/\n$/, '').split('\n').length
}

function mentions({ path, text }: Source): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      FORBIDDEN.filter((pattern) => pattern.test(line)).map((pattern) => `${path}:${index + 1} ${pattern}`),
    )
}

describe('the repository', () => {
  const published = publishedFiles().filter(({ path }) => !NOT_OURS.test(path))

  it('is looked at', () => {
    expect(published.length).toBeGreaterThan(30)
    expect(published.map(({ path }) => path)).toContain('test/tidiness/tidy.test.ts')
  })

  it('has no dumping ground', () => {
    for (const planted of ['src/utils/a.ts', 'src/domain/helpers.ts', 'src/common/b.ts', 'src/a/misc.test.ts'])
      expect(DUMPING_GROUND.test(planted)).toBe(true)
    expect(published.map(({ path }) => path).filter((path) => DUMPING_GROUND.test(path))).toEqual([])
  })

  it('speaks only of itself', () => {
    const planted = ['see /', 'work/', 'main'].join('')
    expect(mentions({ path: 'planted.md', text: `fine\n${planted}` })).toHaveLength(1)
    const own = published.filter(({ path }) => path !== OUTSIDE)
    expect(own.flatMap(mentions)).toEqual([])
  })

  it('mentions no page that it does not hold', () => {
    const held = published.map(({ path }) => `/${path}`)
    const holds = (mention: string): boolean => held.some((path) => path.endsWith(`/${mention.replace(/^[./]+/, '')}`))
    expect([holds('CONTRIBUTING.md'), holds('../decisions/README.md'), holds('nowhere.md')]).toEqual([
      true,
      true,
      false,
    ])
    const lost = published.flatMap(({ path, text }) =>
      [...text.matchAll(/[\w./-]*\b[\w-]+\.md\b/g)]
        .filter(([mention]) => !holds(mention))
        .map(([mention]) => `${path}: ${mention}`),
    )
    const exempt = /^(test\/tidiness\/|docs\/decisions\/README\.md: NNN-)/ // planted pages, and the form of a name
    expect(lost.filter((line) => !exempt.test(line))).toEqual([])
  })
})

describe('the decisions', () => {
  const pages = filesBelow('docs/decisions').filter(({ path }) => !path.endsWith('README.md'))
  const index = readFileSync(join(ROOT, 'docs/decisions/README.md'), 'utf8')

  it('are numbered without a gap, one page each', () => {
    const numbers = pages.map(({ path }) => Number(/\/(\d{3})-[a-z0-9-]+\.md$/.exec(path)?.[1]))
    expect(numbers.length).toBeGreaterThan(0)
    expect(numbers).toEqual(numbers.map((_, place) => place + 1))
  })

  it('stand in the index under their own titles, and the index names no others', () => {
    const listed = [...index.matchAll(/^(\d+)\. \[(.+)\]\((.+)\)$/gm)].map(([, number, title, file]) => ({
      heading: `# ${number}. ${title}`,
      path: `docs/decisions/${file}`,
    }))
    expect(listed).toEqual(pages.map(({ path, text }) => ({ heading: text.split('\n')[0], path })))
  })
})

describe('the product', () => {
  it(`keeps files below ${LINES_MAX} lines, but for those with a reason`, () => {
    const long = productModules().filter(({ text }) => linesOf(text) > LINES_MAX)
    expect(long.map(({ path }) => path)).toEqual(Object.keys(LONG_FILES))
  })

  it('leaves no test switched off or alone', () => {
    const alone = new RegExp(['\\b(it|test|describe)', '(only|todo|skip|fails)\\('].join('\\.'))
    expect(alone.test(['it', "only('a', () => {})"].join('.'))).toBe(true)
    const tests = filesBelow('src', 'test').filter(({ path }) => path.endsWith('.test.ts'))
    expect(tests.length).toBeGreaterThan(5)
    expect(tests.filter(({ text }) => alone.test(text)).map(({ path }) => path)).toEqual([])
  })
})

const page = join(ROOT, 'docs/faults.md')
describe.skipIf(!existsSync(page))('the faults (needs docs/faults.md)', () => {
  const codes = Object.keys(FAULTS)
  const text = existsSync(page) ? readFileSync(page, 'utf8') : ''

  it('have each a section in docs/faults.md, which names no others', () => {
    expect(codes.length).toBeGreaterThan(5)
    const documented = [
      ...text.matchAll(/^#+ .*?\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b|^\| *`?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`? *\|/gm),
    ]
    expect(documented.map((match) => String(match[1] ?? match[2])).sort()).toEqual([...codes].sort())
  })

  it('are each raised somewhere', () => {
    const raised = productModules().filter(({ path }) => path !== 'src/domain/faults.ts')
    expect(codes.filter((code) => !raised.some((source) => source.text.includes(`'${code}'`)))).toEqual([])
  })
})

describe('the risk rules', () => {
  it('have each a row in docs/risk-rules.md, in the order in which they are consulted', () => {
    const text = readFileSync(join(ROOT, 'docs/risk-rules.md'), 'utf8')
    expect([...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)).toEqual([...RULES])
  })

  it('are each raised somewhere', () => {
    const raised = productModules().filter(({ path }) => path !== 'src/domain/risk.ts')
    expect(RULES.filter((rule) => !raised.some(({ text }) => text.includes(`'${rule}'`)))).toEqual([])
  })
})

describe('the glossary', () => {
  const text = readFileSync(join(ROOT, 'docs/glossary.md'), 'utf8')
  const words = [...text.matchAll(/^\| ([^|]+?) \| [^|]+ \|$/gm)].map(([, word]) => word!.toLowerCase()).slice(1)

  it('is in alphabetical order, each word once', () => {
    expect(words.length).toBeGreaterThan(100)
    expect(words).toEqual([...new Set(words)].sort((one, other) => (one < other ? -1 : 1)))
  })

  it('has every way an intent can end, and every stage of the pipeline is named', () => {
    expect(INTENT_ENDS.filter((end) => !words.includes(end))).toEqual([])
    const stages = new Set(filesBelow('src/pipeline').map(({ path }) => path.split('/')[2]!))
    const named = /\| stage \| ([^|]+) \|/.exec(text)?.[1] ?? ''
    expect([...stages].filter((stage) => !stage.includes('.') && !named.includes(stage))).toEqual([])
  })
})
