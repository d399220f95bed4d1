import { expect, it } from 'vitest'
import { addDays, formatInstant, nextSession, sessionAt, tradeDate } from '../../domain/sessions.ts'
import { instant } from '../../domain/units.ts'
import { continuousSessions } from './continuous.ts'

const from = tradeDate(20231230)
const sessions = continuousSessions(from, tradeDate(20240301))

it('trades every day from midnight to midnight UTC, weekends and leap day included', () => {
  expect(sessions.dates.length).toBe(63)
  expect([...sessions.dates]).toEqual(Array.from({ length: 63 }, (_, index) => addDays(from, index)))
  expect(formatInstant(instant(sessions.opens[0]!))).toBe('2023-12-30T00:00:00.000Z')
  expect(formatInstant(instant(sessions.closes[62]!))).toBe('2024-03-02T00:00:00.000Z')
  expect(nextSession(sessions, tradeDate(20240228))).toBe(20240229)
})

it('leaves no instant between two sessions', () => {
  expect([...sessions.closes.subarray(0, 62)]).toEqual([...sessions.opens.subarray(1)])
  expect(sessionAt(sessions, instant(sessions.closes[5]! - 1))).toBe(5)
  expect(sessionAt(sessions, instant(sessions.closes[5]!))).toBe(6)
})

it('is empty when the end precedes the start', () => {
  expect(continuousSessions(tradeDate(20240102), tradeDate(20240101)).dates.length).toBe(0)
})
