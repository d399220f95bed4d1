import { describe, expect, it } from 'vitest'
import { FaultError, fault } from '../domain/faults.ts'
import { failureOf } from './failure.ts'

describe('a failure', () => {
  it('that the table of faults knows says its sentence and ends with its code', () => {
    const cause = new FaultError(fault('FILE_MISSING', { file: 'a.csv' }))
    expect(failureOf(cause, false)).toEqual({
      text: 'error: no file "a.csv"; check the path and the data folder given by --data',
      exit: 2,
    })
  })
  it('of several faults says each on a line', () => {
    const faults = [fault('FILE_EMPTY', { file: 'a' }), fault('FILE_EMPTY', { file: 'b' })]
    expect(failureOf(Object.assign(new Error('two'), { faults }), false).text.split('\n')).toHaveLength(2)
  })
  it('that nobody foresaw is one line, and where it came from when asked', () => {
    const cause = new TypeError('x is no function\nand more')
    const { text, exit } = failureOf(cause, false)
    expect({ lines: text.split('\n').length, exit }).toEqual({ lines: 1, exit: 1 })
    expect(text).toContain('POLYFOLIO_DEBUG=1')
    expect(failureOf(cause, true).text).toContain('failure.test.ts')
  })
})
