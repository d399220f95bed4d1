import { describe, expect, it } from 'vitest'
import {
  type FormField,
  fieldsOf,
  hintOf,
  type Schema,
  typedAs,
} from '../../dashboard/src/pages/configuration/form-fields.ts'
import { at } from '../../dashboard/src/pages/configuration/yaml-edit.ts'
import { portfolioJsonSchema } from '../../src/cli/config/json-schema.ts'

describe('a form', () => {
  const schema = portfolioJsonSchema() as Schema
  const of = (section: string, value: unknown): readonly FormField[] =>
    fieldsOf(at(schema, ['properties', section]) as Schema, value)
  const named = (fields: readonly FormField[], name: string): FormField =>
    fields.find(({ path }) => path.join('.') === name)!

  it('has a field for each single value that a section can have, with its kind and its bounds', () => {
    const limits = of('limits', {})
    expect(named(limits, 'drawdown.halt')).toMatchObject({ kind: 'number', least: 0, most: 1 })
    expect(named(limits, 'positions_max')).toMatchObject({ kind: 'integer', least: 1, most: null, standard: null })
    expect(limits.length).toBeGreaterThan(25)
    const allocation = of('allocation', undefined)
    expect(named(allocation, 'method')).toMatchObject({ kind: 'choice', standard: 'fixed' })
    expect(named(allocation, 'method').choices).toContain('hrp')
    expect(named(allocation, 'recompute')).toMatchObject({ kind: 'text' })
    expect(hintOf(named(allocation, 'recompute'))).toContain('week, month, quarter, never')
    expect(named(of('rebalancing', 'periodic'), 'method')).toMatchObject({ kind: 'list' })
    expect(named(of('violations', {}), 'actions.critical').kind).toBe('choice')
    expect(named(of('overlays', { correlation_bench: { days: 3 } }), 'correlation_bench.days').kind).toBe('integer')
  })
  it('follows the kind that a block is of', () => {
    const sizing = at(schema, ['$defs', 'sleeve', 'properties', 'sizing']) as Schema
    const keys = (value: unknown): readonly string[] => fieldsOf(sizing, value).map(({ path }) => path.join('.'))
    expect(keys({ kind: 'percent' })).toEqual(['kind', 'fraction', 'of'])
    expect(keys({ kind: 'maximum_loss' })).toEqual(['kind', 'budget', 'contracts_max'])
    expect(fieldsOf(sizing, {})[0]!.choices).toEqual(['notional', 'percent', 'quantity', 'maximum_loss'])
  })
  it('takes what was typed as the field wants it, and leaves what is no number to be refused', () => {
    const typed = (kind: FormField['kind'], text: string): unknown => typedAs({ kind }, text)
    expect([typed('number', '0.05'), typed('number', '0.'), typed('integer', ' 7 '), typed('number', 'abc')]).toEqual([
      0.05,
      '0.',
      7,
      'abc',
    ])
    expect([typed('boolean', 'true'), typed('choice', 'fixed'), typed('text', 'week'), typed('text', '')]).toEqual([
      true,
      'fixed',
      'week',
      null,
    ])
    expect([typed('list', 'AAPL, MSFT'), typed('list', 'periodic'), typed('list', '0.1, 0.3')]).toEqual([
      ['AAPL', 'MSFT'],
      ['periodic'],
      [0.1, 0.3],
    ])
  })
})
