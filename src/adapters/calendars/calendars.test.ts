import { expect, it } from 'vitest'
import { tradeDate } from '../../domain/sessions.ts'
import { calendarId } from '../../domain/units.ts'
import { CALENDARS } from './calendars.ts'

const thursday = tradeDate(20240704)
const monday = tradeDate(20240708)
const datesOf = (name: string): number[] => [...CALENDARS.get(calendarId(name))!(thursday, monday).dates]

it('finds each calendar by its name', () => {
  expect([...CALENDARS.keys()]).toEqual(['nyse', 'continuous'])
  expect(datesOf('nyse')).toEqual([20240705, 20240708])
  expect(datesOf('continuous')).toEqual([20240704, 20240705, 20240706, 20240707, 20240708])
})

it('names the calendar in its sessions', () => {
  for (const [name, calendar] of CALENDARS) expect(calendar(thursday, monday).calendar).toBe(name)
})

it('cuts a stretch that the table of the exchange does not reach', () => {
  const early = CALENDARS.get(calendarId('nyse'))!(tradeDate(19990101), tradeDate(20000104))
  expect([...early.dates]).toEqual([20000103, 20000104])
})
