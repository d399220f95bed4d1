import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OpenedStore } from '../../src/adapters/store/sql-store.ts'
import type { NewAccess, NewApiToken, NewSession, NewUser } from '../../src/domain/access.ts'
import type { Instant } from '../../src/domain/units.ts'

const AT = 1_700_000_000_000 as Instant
const later = (ms: number): Instant => (AT + ms) as Instant
const HOUR = 3_600_000
const SECRET = 'JBSWY3DPEHPK3PXP'

const user = (name: string, role: NewUser['role'] = 'admin'): NewUser => ({
  name,
  role,
  passphraseHash: `$argon2id$${name}`,
  totpSecret: SECRET,
})

const session = (hash: string, of: string, values: Partial<NewSession> = {}): NewSession => ({
  hash,
  id: `id-${hash}`,
  user: of,
  linkRole: null,
  at: AT,
  idleUntil: later(HOUR),
  until: later(12 * HOUR),
  stepUpUntil: null,
  agent: 'browser',
  address: '127.0.0.1',
  ...values,
})

const token = (hash: string, of: string, values: Partial<NewApiToken> = {}): NewApiToken => ({
  id: `id-${hash}`,
  name: 'notebook',
  hash,
  lastFour: 'wxyz',
  role: 'operator',
  user: of,
  at: AT,
  expiresAt: null,
  ...values,
})

const seen = (place: number, values: Partial<NewAccess> = {}): NewAccess => ({
  at: later(place),
  user: 'anna',
  kind: 'saw',
  action: 'page',
  portfolio: 'one',
  subject: `risk ${place}`,
  before: null,
  after: null,
  requestId: `r${place}`,
  outcome: 'done',
  address: '10.0.0.1',
  ...values,
})

/** What every store keeps of who may look and act. */
export function accessContract(
  name: string,
  prepare: () => Promise<{
    readonly open: () => Promise<OpenedStore>
    /** Runs a statement behind the store's back; its rows as one text. */
    readonly run: (statement: string) => Promise<string>
  }>,
): void {
  describe(`${name}: who may look and act`, () => {
    let under: Awaited<ReturnType<typeof prepare>>
    let store: OpenedStore
    let other: OpenedStore
    beforeEach(async () => {
      under = await prepare()
      store = await under.open()
      other = await under.open()
    })
    afterEach(async () => {
      await store.close()
      await other.close()
    })

    it('makes the first user once, by a secret that is offered, is not too old and was not used', async () => {
      const { access } = store
      expect(await access.needsSetUp()).toBe(true)
      const offer = { kind: 'setup' as const, user: '', role: 'admin' as const, at: AT, expiresAt: later(HOUR) }
      await access.offerSecret({ ...offer, hash: 'old' })
      await access.offerSecret({ ...offer, hash: 'new' })
      expect(await access.setUp('old', user('Anna'), AT)).toBe(false)
      expect(await access.setUp('new', user('Anna'), later(HOUR))).toBe(false)
      const both = [store, other].map((one, place) => one.access.setUp('new', user(`Anna ${place}`), AT))
      expect((await Promise.all(both)).filter(Boolean)).toHaveLength(1)
      expect(await access.users()).toHaveLength(1)
      expect(await access.needsSetUp()).toBe(false)
      await access.offerSecret({ ...offer, hash: 'late' })
      expect(await access.setUp('late', user('Berta'), AT)).toBe(false)
      // What it was refused with is not used up.
      expect(await access.takeSecret('setup', 'late', AT)).toMatchObject({ hash: 'late' })
      expect(await access.takeSecret('setup', 'late', AT)).toBeUndefined()
    })

    it('lets a link in once, of whichever process', async () => {
      const offer = { kind: 'link' as const, user: 'demo', role: 'admin' as const, at: AT, expiresAt: later(HOUR) }
      await store.access.offerSecret({ ...offer, hash: 'l' })
      expect(await store.access.takeSecret('setup', 'l', AT)).toBeUndefined()
      const taken = await Promise.all([store, other].map(({ access }) => access.takeSecret('link', 'l', AT)))
      expect(taken.filter((one) => one !== undefined)).toEqual([{ ...offer, hash: 'l' }])
    })

    it('keeps what people prove themselves by, with their codes sealed and each taken once', async () => {
      const { access } = store
      expect(await access.addUser(user('Änne'), AT)).toBe(true)
      expect(await access.addUser(user('äNNE'), AT)).toBe(false)
      expect(await other.access.credentials('ÄNNE')).toEqual({
        passphraseHash: '$argon2id$Änne',
        totpSecret: SECRET,
        totpStep: 0,
      })
      expect(await under.run('SELECT * FROM account')).not.toContain(SECRET)
      expect([await access.takeCode('änne', 7), await access.takeCode('änne', 7)]).toEqual([true, false])
      expect([await access.takeCode('änne', 6), await access.takeCode('änne', 8)]).toEqual([false, true])
      expect(await access.users()).toEqual([
        expect.objectContaining({ name: 'Änne', role: 'admin', hasTotp: true, signedInAt: null, disabledAt: null }),
      ])
    })

    it('never leaves nobody who manages users, also where two take it from each other', async () => {
      const { access } = store
      await access.addUser(user('anna'), AT)
      await access.addUser(user('berta'), AT)
      await access.addUser(user('carl', 'viewer'), AT)
      const changes = await Promise.all([
        store.access.changeUser('anna', { role: 'viewer' }, later(1)),
        other.access.changeUser('berta', { disabled: true }, later(1)),
      ])
      expect([...changes].sort()).toEqual(['changed', 'last-admin'])
      expect(await access.changeUser('carl', { disabled: true }, later(2))).toBe('changed')
      expect(await access.credentials('carl')).toBeUndefined()
      expect(await access.changeUser('nobody', { role: 'admin' }, AT)).toBe('unknown')
      expect(await access.changeUser('carl', { disabled: false, totpSecret: null }, later(3))).toBe('changed')
      expect(await access.credentials('carl')).toMatchObject({ totpSecret: null })
    })

    it('opens sessions with the role of now, and ends them in time, by hand, and with the account', async () => {
      const { access } = store
      await access.addUser(user('Anna'), AT)
      await access.addUser(user('Berta'), AT)
      for (const hash of ['a', 'b', 'c'])
        await access.openSession(session(hash, 'anna', { at: later(hash.charCodeAt(0)) }))
      await access.openSession(session('l', 'demo', { linkRole: 'operator' }))
      expect(await other.access.findSession('a', later(1))).toMatchObject({
        id: 'id-a',
        user: 'Anna',
        role: 'admin',
        isLink: false,
        stepUpUntil: null,
      })
      expect(await access.findSession('l', AT)).toMatchObject({ user: 'demo', role: 'operator', isLink: true })
      expect((await access.users())[0]).toMatchObject({ signedInAt: AT + 'c'.charCodeAt(0) })
      expect(await access.findSession('a', later(HOUR))).toBeUndefined()
      await access.touchSession('a', later(9), later(20 * HOUR))
      expect(await access.findSession('a', later(11 * HOUR))).toMatchObject({ seenAt: later(9) })
      expect(await access.findSession('a', later(12 * HOUR))).toBeUndefined()
      await access.stepUp('a', later(5 * HOUR))
      expect(await access.rotateSession('a', 'z', later(10))).toBe(true)
      expect(await access.rotateSession('a', 'y', later(10))).toBe(false)
      expect([await access.findSession('a', AT), (await access.findSession('z', AT))?.stepUpUntil]).toEqual([
        undefined,
        later(5 * HOUR),
      ])
      expect((await access.sessions(AT, 'ANNA')).map(({ id }) => id)).toEqual(['id-c', 'id-b', 'id-a'])
      expect(await access.sessions(AT)).toHaveLength(4)
      expect([await access.revokeSession('id-b', AT), await access.revokeSession('id-b', AT)]).toEqual([true, false])
      expect(await access.changeUser('anna', { role: 'viewer' }, later(20), 'z')).toBe('changed')
      expect((await access.sessions(AT, 'anna')).map(({ id, role }) => [id, role])).toEqual([['id-a', 'viewer']])
      await access.openSession(session('d', 'Berta'))
      await access.changeUser('anna', { role: 'admin' }, later(31))
      await access.changeUser('berta', { disabled: true }, later(32))
      expect(await access.findSession('d', AT)).toBeUndefined()
    })

    it('lets programs in by their keys, never as more than their user may', async () => {
      const { access } = store
      await access.addUser(user('anna'), AT)
      await access.addUser(user('carl', 'viewer'), AT)
      await access.addToken(token('a', 'anna'))
      await access.addToken(token('c', 'carl', { at: later(1), expiresAt: later(HOUR) }))
      expect(await other.access.useToken('a', later(2))).toMatchObject({
        role: 'operator',
        user: 'anna',
        usedAt: later(2),
      })
      expect(await access.useToken('c', later(2))).toMatchObject({ role: 'viewer' })
      expect([await access.useToken('c', later(HOUR)), await access.useToken('x', AT)]).toEqual([undefined, undefined])
      await access.useToken('a', later(30_000))
      expect((await access.tokens()).map(({ id, usedAt }) => [id, usedAt])).toEqual([
        ['id-c', later(2)],
        ['id-a', later(2)],
      ])
      await access.useToken('a', later(70_000))
      expect((await access.tokens())[1]).toMatchObject({ usedAt: later(70_000), lastFour: 'wxyz' })
      await access.addUser(user('berta'), AT)
      await access.changeUser('anna', { disabled: true }, later(3))
      expect(await access.useToken('a', later(4))).toBeUndefined()
      expect([await access.revokeToken('id-c', later(5)), await access.revokeToken('id-c', later(6))]).toEqual([
        true,
        false,
      ])
      expect(await access.useToken('c', later(7))).toBeUndefined()
    })

    it('knows browsers of a user again, until the passphrase is another one or a year has passed', async () => {
      const { access } = store
      await access.addUser(user('Anna'), AT)
      await access.rememberDevice('d1', 'Anna', AT)
      await access.rememberDevice('d1', 'anna', later(HOUR))
      await access.rememberDevice('d2', 'berta', AT)
      const known = () =>
        Promise.all([
          other.access.isKnownDevice('d1', 'ANNA'),
          other.access.isKnownDevice('d1', 'berta'),
          other.access.isKnownDevice('d2', 'berta'),
        ])
      expect(await known()).toEqual([true, false, true])
      await access.changeUser('anna', { role: 'viewer' }, AT).catch(() => {})
      expect(await known()).toEqual([true, false, true])
      await access.changeUser('anna', { passphraseHash: 'other' }, AT)
      expect(await known()).toEqual([false, false, true])
      await access.forget(later(364 * 24 * HOUR))
      expect(await known()).toEqual([false, false, true])
      await access.forget(later(366 * 24 * HOUR))
      expect(await known()).toEqual([false, false, false])
    })

    it('counts failures by account and address, also over a restart, and forgets them in time', async () => {
      const keys = ['user anna', 'address 10.0.0.1']
      const blocked = (count: number): Instant | null => (count >= 3 ? later(30_000) : null)
      const counted = await Promise.all(
        Array.from({ length: 4 }, (_, place) =>
          [store, other][place % 2]!.access.countFailure(keys[0]!, later(place), HOUR, blocked),
        ),
      )
      expect(new Set(counted.map(({ count }) => count))).toEqual(new Set([1, 2, 3, 4]))
      const again = await under.open()
      expect(await again.access.attempts(keys)).toEqual([
        expect.objectContaining({ key: keys[0], count: 4, blockedUntil: later(30_000) }),
      ])
      expect(await again.access.countFailure(keys[0]!, later(2 * HOUR), HOUR, blocked)).toMatchObject({
        count: 1,
        blockedUntil: null,
      })
      await again.access.forgive(keys)
      expect(await again.access.attempts(keys)).toEqual([])
      await again.close()
    })

    it('lets go of what has ended', async () => {
      const { access } = store
      await access.addUser(user('anna'), AT)
      await access.openSession(session('a', 'anna'))
      await access.openSession(session('b', 'anna', { idleUntil: later(9 * HOUR) }))
      await access.countFailure('x', AT, HOUR, () => later(9 * HOUR))
      await access.countFailure('y', AT, HOUR, () => null)
      await access.forget(later(2 * HOUR))
      expect((await access.sessions(AT)).map(({ id }) => id)).toEqual(['id-b'])
      expect((await access.attempts(['x', 'y'])).map(({ key }) => key)).toEqual(['x'])
    })

    it('links who saw and did what by hashes, and finds it by user, kind, portfolio and time, newest first', async () => {
      const { access } = store
      await Promise.all([
        access.logAccess([seen(1), seen(2, { kind: 'did', action: 'kill', after: { state: 'done' } })]),
        other.access.logAccess([seen(3, { user: 'berta', outcome: 'refused' }), seen(4, { portfolio: '' })]),
      ])
      const lease = (await store.lease('one'))!
      await store.audit.record({
        portfolio: 'one',
        at: later(3),
        actor: 'anna',
        action: 'arm',
        subject: '',
        before: null,
        after: { state: 'declined' },
        requestId: '',
      })
      await lease.release()
      const all = await access.accessLog({ limit: 10 })
      expect(all.rows.map(({ at, portfolio, chain }) => [at - AT, portfolio, chain])).toEqual([
        [4, '', ''],
        [3, 'one', 'one'],
        [3, 'one', ''],
        [2, 'one', ''],
        [1, 'one', ''],
      ])
      expect(all.next).toBeNull()
      expect(all.rows[1]).toMatchObject({ user: 'anna', kind: 'did', outcome: 'refused', address: '' })
      expect(all.rows[3]).toMatchObject(seen(2, { kind: 'did', action: 'kill', after: { state: 'done' } }))
      const places: number[] = []
      for (let before: string | null | undefined; before !== null; ) {
        const page = await access.accessLog({ limit: 2, ...(before === undefined ? {} : { before }) })
        places.push(...page.rows.map(({ at }) => at - AT))
        before = page.next
      }
      expect(places).toEqual([4, 3, 3, 2, 1])
      const count = async (query: object): Promise<number> =>
        (await access.accessLog({ limit: 9, ...query })).rows.length
      expect(await count({ user: 'anna' })).toBe(4)
      expect(await count({ kind: 'did' })).toBe(2)
      expect(await count({ portfolio: 'one' })).toBe(4)
      expect(await count({ action: 'kill' })).toBe(1)
      expect(await count({ since: later(2), until: later(3) })).toBe(3)
      await expect(access.accessLog({ limit: 2, before: 'nonsense' })).rejects.toThrow('the page before is unknown')
      expect((await store.check()).problems).toEqual([])
      // More than are looked at at a time.
      await access.logAccess(Array.from({ length: 2_001 }, (_, place) => seen(10 + place)))
      expect((await store.check()).problems).toEqual([])
      await under.run(`UPDATE audit SET address = '' WHERE portfolio = '' AND number = 2004`)
      expect((await store.check()).problems).toEqual(['entry 2004 of the log of access was changed'])
      await under.run(`UPDATE audit SET address = '' WHERE portfolio = '' AND number = 2`)
      expect((await store.check()).problems).toEqual(['entry 2 of the log of access was changed'])
    })
  })
}
