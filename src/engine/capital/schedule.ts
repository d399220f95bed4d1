import type { DaySchedule } from '../../domain/capital.ts'
import { civilDate, toDays } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'

/** Years times 12 plus months, January being 0. */
export function monthOf(date: number): number {
  const { year, month } = civilDate(date)
  return year * 12 + month - 1
}

/** Weeks begin on Monday; 1970-01-01 was a Thursday. */
function weekOf(date: number): number {
  return Math.floor((toDays(date as TradeDate) + 3) / 7)
}

/**
 * Whether something periodic is due at the close of a day. Every N days: at the Nth, 2Nth, ... close. By the calendar: at
 * the close of the first day of each week, month or quarter, never on the first day of all.
 *
 * @param days portfolio days that have ended, this one included
 * @param previous the day before; 0 where there is none
 */
export function isDue(schedule: DaySchedule, days: number, previous: number, date: number): boolean {
  switch (schedule.kind) {
    case 'never':
      return false
    case 'days':
      return days % schedule.every === 0
    case 'calendar': {
      if (previous === 0) return false
      if (schedule.unit === 'week') return weekOf(previous) !== weekOf(date)
      const months = schedule.unit === 'month' ? 1 : 3
      return Math.floor(monthOf(previous) / months) !== Math.floor(monthOf(date) / months)
    }
  }
}
