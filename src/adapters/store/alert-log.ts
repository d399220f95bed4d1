/** Who is told of what, how far that is, and what became of it, in the same database as the journal. */
import { type Kysely, sql } from 'kysely'
import type { AlertLog, DeliveryQuery } from '../../domain/alert-log.ts'
import {
  type Alert,
  type AlertChannel,
  type AlertDelivery,
  type AlertRule,
  type AlertThreshold,
  CHANNEL_SECRETS,
  type ChannelKind,
  type ChannelSettings,
} from '../../domain/alerts.ts'
import type { Instant } from '../../domain/units.ts'
import type { AlertTables } from './alert-tables.ts'
import type { Tables } from './schema.ts'
import type { Secrets } from './secrets.ts'

/** What of a secret may be shown, of one that is long enough for the rest to stay one. */
const SHOWN = 4
const SHOWN_LEAST = 12

type Texts = Readonly<Record<string, string>>

/** Where the secrets of a channel stand. */
export function channelPlace(portfolio: string, name: string): string {
  return `alert_channel/${portfolio}/${name}`
}

export function sqlAlertLog(db: Kysely<Tables>, secrets: Secrets): AlertLog {
  const channelRows = (portfolio: string) =>
    db.selectFrom('alert_channel').selectAll().where('portfolio', '=', portfolio).orderBy('name').execute()
  const secretsIn = ({ portfolio, name, secrets: sealed }: AlertTables['alert_channel']): Texts =>
    JSON.parse(secrets.open(sealed, channelPlace(portfolio, name))) as Texts

  return {
    async channels(portfolio) {
      return (await channelRows(portfolio)).map((row) => channelOf(row, secretsIn(row)))
    },
    async shownChannels(portfolio) {
      return (await channelRows(portfolio)).map((row) => {
        const lastFour = Object.entries(secretsIn(row)).map(([name, secret]) => [name, endOf(secret)])
        return { channel: channelOf(row, {}), lastFour: Object.fromEntries(lastFour) as Texts }
      })
    },
    async putChannel(portfolio, { name, isEnabled, perMinute, settings }, at) {
      const { kind } = settings
      const given = settings as unknown as Texts
      await db.transaction().execute(async (step) => {
        const before = await step
          .selectFrom('alert_channel')
          .selectAll()
          .where('portfolio', '=', portfolio)
          .where('name', '=', name)
          .executeTakeFirst()
        const known: Texts = before?.kind === kind ? secretsIn(before) : {}
        const own = secretNames(kind).map((secret) => [secret, given[secret] || (known[secret] ?? '')])
        const kept = Object.fromEntries(own) as Texts
        const row = {
          kind,
          enabled: isEnabled ? 1 : 0,
          per_minute: perMinute,
          settings: JSON.stringify({ ...settings, ...blank(kind) }),
          secrets: secrets.seal(JSON.stringify(kept), channelPlace(portfolio, name)),
          changed_at: at,
        }
        await step
          .insertInto('alert_channel')
          .values({ portfolio, name, ...row })
          .onConflict((one) => one.columns(['portfolio', 'name']).doUpdateSet(row))
          .execute()
      })
    },
    async removeChannel(portfolio, name) {
      const { numDeletedRows } = await db
        .deleteFrom('alert_channel')
        .where('portfolio', '=', portfolio)
        .where('name', '=', name)
        .executeTakeFirst()
      return numDeletedRows > 0n
    },
    async rules(portfolio) {
      const rows = await db
        .selectFrom('alert_rule')
        .select('body')
        .where('portfolio', '=', portfolio)
        .orderBy('place')
        .execute()
      return rows.map(({ body }) => JSON.parse(body) as AlertRule)
    },
    async putRules(portfolio, rules, at) {
      const rows = rules.map((rule, place) => ({ portfolio, place, body: JSON.stringify(rule), changed_at: at }))
      await db.transaction().execute(async (step) => {
        await step.deleteFrom('alert_rule').where('portfolio', '=', portfolio).execute()
        if (rows.length > 0) await step.insertInto('alert_rule').values(rows).execute()
      })
    },
    async thresholds(portfolio) {
      const own = db.selectFrom('alert_threshold').select('body').where('portfolio', '=', portfolio)
      return (await own.orderBy('place').execute()).map(({ body }) => JSON.parse(body) as AlertThreshold)
    },
    async putThresholds(portfolio, thresholds, at) {
      const rows = thresholds.map((one, place) => ({ portfolio, place, body: JSON.stringify(one), changed_at: at }))
      await db.transaction().execute(async (step) => {
        await step.deleteFrom('alert_threshold').where('portfolio', '=', portfolio).execute()
        if (rows.length > 0) await step.insertInto('alert_threshold').values(rows).execute()
      })
    },
    async acknowledgements(portfolio) {
      const own = db.selectFrom('alert_acknowledgement').selectAll().where('portfolio', '=', portfolio)
      const rows = await own.orderBy('at').orderBy('incident').execute()
      return rows.map(({ incident, alert, actor, at, note }) => ({
        incident,
        alert,
        actor,
        at: Number(at) as Instant,
        note,
      }))
    },
    async acknowledge(portfolio, seen) {
      await db
        .insertInto('alert_acknowledgement')
        .values({ portfolio, ...seen })
        .onConflict((one) => one.columns(['portfolio', 'incident']).doUpdateSet(seen))
        .execute()
    },
    async memory(portfolio) {
      const row = await db
        .selectFrom('alert_memory')
        .select(['cursor', 'state'])
        .where('portfolio', '=', portfolio)
        .executeTakeFirst()
      return row === undefined ? null : { cursor: Number(row.cursor), state: row.state }
    },
    async keep(portfolio, { cursor, state, deliveries, over = [] }) {
      await db.transaction().execute(async (step) => {
        if (over.length > 0)
          await step
            .deleteFrom('alert_acknowledgement')
            .where('portfolio', '=', portfolio)
            .where('incident', 'in', [...over])
            .execute()
        await step
          .insertInto('alert_memory')
          .values({ portfolio, cursor, state })
          .onConflict((one) => one.column('portfolio').doUpdateSet({ cursor, state }))
          .execute()
        if (deliveries.length === 0) return
        const { last } = await step
          .selectFrom('alert_delivery')
          .select(({ fn }) => fn.max(sql<number>`number`).as('last'))
          .where('portfolio', '=', portfolio)
          .executeTakeFirstOrThrow()
        for (const [place, delivery] of deliveries.entries())
          await step
            .insertInto('alert_delivery')
            .values({ ...rowOf(delivery), portfolio, number: Number(last ?? 0) + 1 + place })
            .onConflict((one) => one.columns(['portfolio', 'id']).doNothing())
            .execute()
      })
    },
    async due(portfolio, now, limit) {
      const rows = await db
        .selectFrom('alert_delivery')
        .selectAll()
        .where('portfolio', '=', portfolio)
        .where('state', 'in', ['waiting', 'sending'])
        .where('due_at', '<=', now)
        .orderBy('number')
        .limit(limit)
        .execute()
      return rows.map(deliveryOf)
    },
    async mark(portfolio, { id, state, attempts, dueAt, answer, sentAt }) {
      await db
        .updateTable('alert_delivery')
        .set({ state, attempts, due_at: dueAt, answer, sent_at: sentAt })
        .where('portfolio', '=', portfolio)
        .where('id', '=', id)
        .execute()
    },
    async deliveries(portfolio, query) {
      const chosen = () => chosenOf(db, portfolio, query)
      const { total } = await chosen()
        .select(({ fn }) => fn.countAll().as('total'))
        .executeTakeFirstOrThrow()
      const before = query.before === undefined ? null : Number(query.before)
      if (before !== null && !Number.isSafeInteger(before)) throw new RangeError('the page before is unknown')
      const rows = await (before === null ? chosen() : chosen().where('number', '<', before))
        .selectAll()
        .orderBy('number', 'desc')
        .limit(query.limit + 1)
        .execute()
      const page = rows.slice(0, query.limit)
      const next = rows.length > page.length ? String(page.at(-1)!.number) : null
      return { rows: page.map(deliveryOf), total: Number(total), next }
    },
    async forgetDeliveries(portfolio, before) {
      const { numDeletedRows } = await db
        .deleteFrom('alert_delivery')
        .where('portfolio', '=', portfolio)
        .where('state', 'in', ['sent', 'failed'])
        .where('created_at', '<', before)
        .executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

function chosenOf(db: Kysely<Tables>, portfolio: string, { channel, state, from, to }: DeliveryQuery) {
  let chosen = db.selectFrom('alert_delivery').where('portfolio', '=', portfolio)
  if (channel !== undefined) chosen = chosen.where('channel', '=', channel)
  if (state !== undefined) chosen = chosen.where('state', '=', state)
  if (from !== undefined) chosen = chosen.where('created_at', '>=', from)
  return to === undefined ? chosen : chosen.where('created_at', '<=', to)
}

function secretNames(kind: ChannelKind): readonly string[] {
  return CHANNEL_SECRETS[kind]
}

function blank(kind: ChannelKind): Texts {
  return Object.fromEntries(secretNames(kind).map((name) => [name, '']))
}

function endOf(secret: string): string {
  return secret.length >= SHOWN_LEAST ? secret.slice(-SHOWN) : ''
}

function channelOf({ name, enabled, per_minute, settings }: AlertTables['alert_channel'], own: Texts): AlertChannel {
  return {
    name,
    isEnabled: enabled === 1,
    perMinute: Number(per_minute),
    settings: { ...(JSON.parse(settings) as ChannelSettings), ...own },
  }
}

function rowOf(delivery: AlertDelivery): Omit<AlertTables['alert_delivery'], 'portfolio' | 'number'> {
  const { id, channel, rule, purpose, severity, alerts, unsaid, attempts, state, answer } = delivery
  const { createdAt, dueAt, sentAt } = delivery
  return {
    id,
    channel,
    rule,
    purpose,
    severity,
    alerts: JSON.stringify(alerts),
    unsaid,
    created_at: createdAt,
    due_at: dueAt,
    attempts,
    state,
    answer,
    sent_at: sentAt,
  }
}

function deliveryOf(row: AlertTables['alert_delivery']): AlertDelivery {
  const { id, portfolio, channel, rule, answer } = row
  return {
    id,
    portfolio,
    channel,
    rule,
    purpose: row.purpose as AlertDelivery['purpose'],
    severity: row.severity as AlertDelivery['severity'],
    alerts: JSON.parse(row.alerts) as readonly Alert[],
    unsaid: Number(row.unsaid),
    createdAt: Number(row.created_at) as Instant,
    dueAt: Number(row.due_at) as Instant,
    attempts: Number(row.attempts),
    state: row.state as AlertDelivery['state'],
    answer,
    sentAt: row.sent_at === null ? null : (Number(row.sent_at) as Instant),
  }
}
