/** What somebody must look at beside violations: of orders, gates and the comparison with the broker, in one view. */
import { type Kysely, type Migration, sql } from 'kysely'
import { WORDS, type Words } from './004-views.ts'
import { type ColumnTypes, createTable } from './columns.ts'

export function alertsStep(types: ColumnTypes): Migration {
  const words = WORDS[types.dialect]
  return {
    async up(db: Kysely<unknown>) {
      await createTable(
        db,
        types,
        'alert',
        {
          portfolio: 'text',
          seq: 'whole',
          at: 'whole',
          severity: 'text',
          rule: 'text',
          subject: 'text',
          text: 'text',
        },
        ['portfolio', 'seq'],
      )
      for (const statement of ['DROP VIEW alerts', 'DROP VIEW every_alerts', ...viewsOf(words)])
        await sql.raw(statement).execute(db)
    },
  }
}

/** The columns of before, and the sentence behind them. */
const COLUMNS = ['timestamp', 'severity', 'event', 'violation_id', 'type', 'subject', 'text'] as const

function viewsOf({ moment, shown }: Words): readonly string[] {
  const names = COLUMNS.map((column) => `"${column}"`).join(', ')
  return [
    `CREATE VIEW every_alerts AS SELECT a.portfolio AS portfolio, ${moment('a.at')} AS "timestamp",
      a.severity AS "severity", a.event AS "event", a.id AS "violation_id", a.rule AS "type", a.subject AS "subject",
      a.text AS "text" FROM (${ALERTS}) a`,
    `CREATE VIEW alerts AS SELECT ${names} FROM every_alerts WHERE portfolio = ${shown}`,
  ]
}

/** Gates that an operator shuts are no news to anybody, and stand here all the same: others read it, too. */
const ALERTS = `SELECT portfolio, at, severity, 'opened' AS event, id, rule, subject, action AS text FROM violation
  UNION ALL SELECT portfolio, resolved_at, severity, 'resolved', id, rule, subject, note FROM violation
    WHERE resolved_at IS NOT NULL
  UNION ALL SELECT portfolio, at, severity, 'said', NULL, rule, subject, text FROM alert
  UNION ALL SELECT portfolio, at, 'high', CASE WHEN is_open = 1 THEN 'opened' ELSE 'shut' END, NULL, gate,
    coalesce(instrument, ''), reason FROM gate_change
  UNION ALL SELECT portfolio, since, 'high', 'found', NULL, 'discrepancy', subject, id FROM discrepancy
  UNION ALL SELECT portfolio, changed_at, 'high', 'resolved', NULL, 'discrepancy', subject, resolution FROM discrepancy
    WHERE state <> 'open'`
