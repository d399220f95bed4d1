/** The steps that lead to the newest tables, in the order of their names. A step is never changed once it was shipped. */
import type { Migration } from 'kysely'
import { journalStep } from './001-journal.ts'
import { ordersStep } from './002-orders.ts'
import { projectionsStep } from './003-projections.ts'
import { viewsStep } from './004-views.ts'
import { archiveStep } from './005-archive.ts'
import { auditStep } from './006-audit.ts'
import { commandsStep } from './007-commands.ts'
import { discrepanciesStep } from './008-discrepancies.ts'
import { alertsStep } from './009-alerts.ts'
import { roundTripsStep } from './010-round-trips.ts'
import { accessStep } from './011-access.ts'
import { accountEventsStep } from './012-account-events.ts'
import { roundTripsKeptStep } from './013-round-trips-kept.ts'
import { priceBarsStep } from './014-price-bars.ts'
import { alertLogStep } from './015-alert-log.ts'
import { notesStep } from './016-notes.ts'
import { intentEndsStep } from './017-intent-ends.ts'
import { auditHeadsStep } from './018-audit-heads.ts'
import { jobProgressStep } from './019-job-progress.ts'
import { knownDevicesStep } from './020-known-devices.ts'
import { alertWordsStep } from './021-alert-words.ts'
import { toldStep } from './022-told.ts'
import { roundTripEndsStep } from './023-round-trip-ends.ts'
import { columnTypes, type Dialect } from './columns.ts'

export function stepsOf(dialect: Dialect): Readonly<Record<string, Migration>> {
  const types = columnTypes(dialect)
  return {
    '001_journal': journalStep(types),
    '002_orders': ordersStep(types),
    '003_projections': projectionsStep(types),
    '004_views': viewsStep(types),
    '005_archive': archiveStep(),
    '006_audit': auditStep(types),
    '007_commands': commandsStep(types),
    '008_discrepancies': discrepanciesStep(types),
    '009_alerts': alertsStep(types),
    '010_round_trips': roundTripsStep(types),
    '011_access': accessStep(types),
    '012_account_events': accountEventsStep(types),
    '013_round_trips_kept': roundTripsKeptStep(types),
    '014_price_bars': priceBarsStep(types),
    '015_alert_log': alertLogStep(types),
    '016_notes': notesStep(types),
    '017_intent_ends': intentEndsStep(types),
    '018_audit_heads': auditHeadsStep(types),
    '019_job_progress': jobProgressStep(types),
    '020_known_devices': knownDevicesStep(types),
    '021_alert_words': alertWordsStep(types),
    '022_told': toldStep(types),
    '023_round_trip_ends': roundTripEndsStep(),
  }
}
