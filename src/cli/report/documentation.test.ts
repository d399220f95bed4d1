import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { withSampleBenchmark } from '../../../test/fixtures/sample-benchmark.ts'
import { withSampleCapital } from '../../../test/fixtures/sample-capital.ts'
import { sampleRun } from '../../../test/fixtures/sample-run.ts'
import { withSampleShadows } from '../../../test/fixtures/sample-shadows.ts'
import { FILE_NAMES, reportTexts } from './write.ts'

const guide = readFileSync(new URL('../../../docs/report.md', import.meta.url), 'utf8')
const run = withSampleBenchmark(withSampleCapital(withSampleShadows(sampleRun({ days: 400 }))))
const { report, texts } = reportTexts(run)

/** Names of all fields below a value; free keys such as exit reasons and invariants are not fields. */
function fieldsOf(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const part of value) fieldsOf(part, found)
  else if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value)) {
      found.add(name)
      if (!['exits', 'checked', 'parity', 'parameters'].includes(name)) fieldsOf(part, found)
    }
  }
  return found
}

describe('docs/metrics.md', () => {
  it('says how every figure of risk and attribution is computed', () => {
    const metrics = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8')
    const words = new Set([...metrics.matchAll(/`([^`]+)`/g)].flatMap(([, code]) => code!.match(/\w+/g) ?? []))
    const { risk, attribution } = report
    const figures = [
      'marginals',
      'components',
      'volatilityWithout',
      'var',
      'cvar',
      'varInterval',
      'cvarInterval',
      'varSum',
      'varCorrelated',
      'varComponents',
      'cvarComponents',
      'betas',
      'deviation',
      'current',
      ...Object.keys(risk.concentration).filter((name) => name !== 'instruments'),
      ...Object.keys(risk.exposure),
      ...Object.keys(risk.book.var),
      ...Object.keys(risk.excursions[0]!).filter((name) => name !== 'name' && name !== 'count'),
      'maximumAdverse',
      'maximumFavourable',
      'ratio',
      'volatilityOverSum',
      'volatilityOverWeighted',
      'benefit',
      'slippage',
      'crossingGain',
      'financing',
      'contribution',
      'riskShare',
      'allocation',
      'selection',
      'interaction',
      attribution.brinson.linking,
      ...Object.keys(report.benchmark!).filter((name) => !(name in report.portfolio) && name !== 'instrument'),
    ]
    expect(figures.filter((name) => !words.has(name))).toEqual([])
  })
})

describe('docs/report.md', () => {
  it('names every field of the report', () => {
    const words = new Set([...guide.matchAll(/`([^`]+)`/g)].flatMap(([, code]) => code!.match(/\w+/g) ?? []))
    const fields = [...fieldsOf(report)]
    expect(fields.length).toBeGreaterThan(90)
    expect(fields.filter((name) => !words.has(name))).toEqual([])
  })

  it('lists the columns of every table in their order', () => {
    for (const key of ['trades', 'orders', 'attribution', 'violations', 'capital', 'equity'] as const) {
      const line = guide.split('\n').find((text) => text.startsWith(`- \`${FILE_NAMES[key]}\``))!
      const named = [...line.slice(line.indexOf(':')).matchAll(/`([a-zA-Z]+(?:_[a-z]+)*)`/g)].map(([, name]) => name!)
      const [first] = run.sleeves
      const columns = texts[key].split('\r\n')[0]!.split(',')
      const shown = columns
        .filter((name) => key !== 'equity' || run.sleeves.slice(1).every(({ id }) => !name.startsWith(`${id}_`)))
        .map((name) => (key === 'equity' ? name.replace(`${first!.id}_`, 'NAME_') : name))
      expect(named).toEqual(shown)
    }
  })
})
