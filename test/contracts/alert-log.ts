import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OpenedStore } from '../../src/adapters/store/sql-store.ts'
import type { Alert, AlertChannel, AlertDelivery, AlertRule, AlertThreshold } from '../../src/domain/alerts.ts'
import type { Instant } from '../../src/domain/units.ts'

const AT = 1_700_000_000_000 as Instant
const later = (ms: number): Instant => (AT + ms) as Instant

const ALERT: Alert = {
  id: 'one message 5',
  portfolio: 'one',
  at: AT,
  severity: 'high',
  rule: 'portfolio_leverage',
  subject: 'it "quotes"',
  sleeve: null,
  text: 'ümlaut',
  value: 2.5,
  limit: 2,
  link: '/risk',
  incident: 'violation 4',
  state: 'raised',
}

const delivery = (id: string, values: Partial<AlertDelivery> = {}): AlertDelivery => ({
  id,
  portfolio: 'one',
  channel: 'ops',
  rule: 'all',
  purpose: 'alert',
  severity: 'high',
  alerts: [ALERT],
  unsaid: 2,
  createdAt: AT,
  dueAt: AT,
  attempts: 0,
  state: 'waiting',
  answer: '',
  sentAt: null,
  ...values,
})

const MAIL: AlertChannel = {
  name: 'mail',
  isEnabled: true,
  perMinute: 5,
  settings: {
    kind: 'email',
    host: 'smtp.example.com',
    port: 587,
    security: 'starttls',
    user: 'me',
    password: 'correct horse battery',
    from: 'a@example.com',
    to: ['b@example.com'],
    certificate: '',
  },
}

const RULE: AlertRule = {
  name: 'all',
  isEnabled: true,
  severity: 'low',
  rules: ['strategy_*'],
  sleeves: [],
  channels: ['ops'],
  isResolutionTold: true,
  sameWithin: 900_000,
  digestEvery: null,
  quiet: { from: 1320, to: 420, zone: 'Europe/Berlin', except: 'critical' },
  escalation: { after: 900_000, channels: ['phone'] },
}

/** What every store keeps of alerts. @param raw all text that its tables hold */
export function alertLogContract(
  name: string,
  made: () => Promise<{ open(): Promise<OpenedStore>; raw(table: string): Promise<string> }>,
): void {
  describe(`the log of alerts in ${name}`, () => {
    let place: Awaited<ReturnType<typeof made>>
    let store: OpenedStore
    const reopen = async (): Promise<void> => {
      await store.close()
      store = await place.open()
    }
    beforeEach(async () => {
      place = await made()
      store = await place.open()
    })
    afterEach(() => store.close())

    it('keeps channels with their secrets sealed, and shows four characters of them', async () => {
      await store.alertLog.putChannel('one', MAIL, AT)
      await reopen()
      expect(await store.alertLog.channels('one')).toEqual([MAIL])
      expect(await store.alertLog.shownChannels('one')).toEqual([
        { channel: { ...MAIL, settings: { ...MAIL.settings, password: '' } }, lastFour: { password: 'tery' } },
      ])
      expect(await place.raw('alert_channel')).not.toContain('correct horse')
      expect(await store.alertLog.channels('two')).toEqual([])
    })
    it('a secret that is left out stays, but not over another kind; one that is short is not shown', async () => {
      await store.alertLog.putChannel('one', MAIL, AT)
      const changed = { ...MAIL, isEnabled: false, settings: { ...MAIL.settings, password: '', host: 'other' } }
      await store.alertLog.putChannel('one', changed as AlertChannel, later(1))
      expect(await store.alertLog.channels('one')).toEqual([
        { ...changed, settings: { ...changed.settings, password: 'correct horse battery' } },
      ])
      const pager = { kind: 'pagerduty', address: 'https://x.example.com', key: '' } as const
      await store.alertLog.putChannel('one', { ...MAIL, settings: pager }, later(2))
      expect((await store.alertLog.channels('one'))[0]!.settings).toEqual(pager)
      await store.alertLog.putChannel('one', { ...MAIL, settings: { ...pager, key: 'short' } }, later(3))
      expect((await store.alertLog.shownChannels('one'))[0]!.lastFour).toEqual({ key: '' })
      expect([
        await store.alertLog.removeChannel('one', 'mail'),
        await store.alertLog.removeChannel('one', 'mail'),
      ]).toEqual([true, false])
    })
    it('keeps thresholds in their order, and what was seen until that is over', async () => {
      const { alertLog } = store
      const threshold: AlertThreshold = {
        name: 'deep',
        isEnabled: true,
        figure: 'drawdown',
        sleeve: null,
        side: 'above',
        value: 0.08,
        release: 0.06,
        severity: 'high',
      }
      await alertLog.putThresholds('one', [{ ...threshold, name: 'b' }, threshold], AT)
      expect(await alertLog.thresholds('one')).toEqual([{ ...threshold, name: 'b' }, threshold])
      await alertLog.putThresholds('one', [threshold], AT)
      expect([await alertLog.thresholds('one'), await alertLog.thresholds('two')]).toEqual([[threshold], []])
      const seen = { incident: 'violation 1', alert: 'a', actor: 'ada', at: AT, note: '' }
      await alertLog.acknowledge('one', seen)
      await alertLog.acknowledge('one', { ...seen, incident: 'gate', actor: 'bob' })
      await alertLog.acknowledge('one', { ...seen, alert: 'b', note: 'worse' })
      const kept = { cursor: 1, state: '{}', deliveries: [] }
      await alertLog.keep('one', { ...kept, over: ['gate'] })
      await alertLog.keep('two', { ...kept, over: ['violation 1'] })
      expect(await alertLog.acknowledgements('one')).toEqual([{ ...seen, alert: 'b', note: 'worse' }])
    })

    it('keeps rules in the order in which they were put, in the place of those before', async () => {
      await store.alertLog.putRules('one', [RULE, { ...RULE, name: 'a second' }], AT)
      await store.alertLog.putRules('one', [{ ...RULE, name: 'b' }, RULE, { ...RULE, name: 'a' }], later(1))
      await reopen()
      expect((await store.alertLog.rules('one')).map((rule) => rule.name)).toEqual(['b', 'all', 'a'])
      expect((await store.alertLog.rules('one'))[1]).toEqual(RULE)
      await store.alertLog.putRules('one', [], later(2))
      expect(await store.alertLog.rules('one')).toEqual([])
    })
    it('keeps what was looked at with what follows from it; a delivery that is known stays as it is', async () => {
      expect(await store.alertLog.memory('one')).toBeNull()
      await store.alertLog.keep('one', { cursor: 7, state: '{"a":1}', deliveries: [delivery('d1'), delivery('d2')] })
      await store.alertLog.mark('one', {
        ...delivery('d1'),
        state: 'sent',
        attempts: 1,
        answer: 'ok',
        sentAt: later(5),
      })
      const again = [delivery('d1', { channel: 'other' }), delivery('d3', { dueAt: later(1_000) })]
      await store.alertLog.keep('one', { cursor: 9, state: '{"a":2}', deliveries: again })
      await reopen()
      expect(await store.alertLog.memory('one')).toEqual({ cursor: 9, state: '{"a":2}' })
      const { rows, total, next } = await store.alertLog.deliveries('one', { limit: 10 })
      expect({ ids: rows.map(({ id }) => id), total, next }).toEqual({ ids: ['d3', 'd2', 'd1'], total: 3, next: null })
      expect(rows[2]).toEqual(delivery('d1', { state: 'sent', attempts: 1, answer: 'ok', sentAt: later(5) }))
    })
    it('gives what is due, also what was being sent when somebody died', async () => {
      const all = [
        delivery('later', { dueAt: later(10) }),
        delivery('sending', { state: 'sending' }),
        delivery('sent', { state: 'sent' }),
        delivery('failed', { state: 'failed' }),
        delivery('waiting'),
      ]
      await store.alertLog.keep('one', { cursor: 1, state: '{}', deliveries: all })
      const due = async (ms: number, limit = 10): Promise<readonly string[]> =>
        (await store.alertLog.due('one', later(ms), limit)).map(({ id }) => id)
      expect(await due(0)).toEqual(['sending', 'waiting'])
      expect(await due(10)).toEqual(['later', 'sending', 'waiting'])
      expect(await due(10, 1)).toEqual(['later'])
    })
    it('gives deliveries page by page, newest first, chosen by channel, state and time', async () => {
      const all = Array.from({ length: 7 }, (_, index) =>
        delivery(`d${index}`, { createdAt: later(index), channel: index % 2 === 0 ? 'ops' : 'mail' }),
      )
      await store.alertLog.keep('one', { cursor: 1, state: '{}', deliveries: all })
      const first = await store.alertLog.deliveries('one', { channel: 'ops', limit: 3 })
      expect(first.rows.map(({ id }) => id)).toEqual(['d6', 'd4', 'd2'])
      // What comes meanwhile moves nothing.
      await store.alertLog.keep('one', { cursor: 2, state: '{}', deliveries: [delivery('new')] })
      const second = await store.alertLog.deliveries('one', { channel: 'ops', limit: 3, before: first.next! })
      expect({ ids: second.rows.map(({ id }) => id), next: second.next }).toEqual({ ids: ['d0'], next: null })
      const within = await store.alertLog.deliveries('one', { from: later(2), to: later(3), limit: 9 })
      expect(within.rows.map(({ id }) => id)).toEqual(['d3', 'd2'])
      expect((await store.alertLog.deliveries('one', { state: 'failed', limit: 9 })).total).toBe(0)
    })
    it('lets go of what ended before a moment, and of nothing that is owed', async () => {
      const all = [
        delivery('old', { state: 'sent' }),
        delivery('owed'),
        delivery('new', { state: 'sent', createdAt: later(9) }),
      ]
      await store.alertLog.keep('one', { cursor: 1, state: '{}', deliveries: all })
      expect(await store.alertLog.forgetDeliveries('one', later(5))).toBe(1)
      expect((await store.alertLog.deliveries('one', { limit: 9 })).rows.map(({ id }) => id)).toEqual(['new', 'owed'])
    })
  })
}
