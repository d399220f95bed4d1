import { describe, expect, it } from 'vitest'
import type { FailedAttempts, Throttle } from '../../domain/access.ts'
import { newCodes, stepOfCode } from './codes.ts'
import { networkOf, proxiesOf } from './networks.ts'
import { hostsOf, isOwnHost, isOwnPage, originsOf, type Site } from './origins.ts'
import { paceOf, roomsOf } from './pace.ts'
import { isPassphrase, passphraseHash, passphraseProblem } from './passphrases.ts'
import { csrfOf, hashOf, isSameText, newSecret } from './secrets.ts'
import { loginThrottle } from './throttle.ts'

describe('passphrases', () => {
  it('are long, and not what is guessed first', () => {
    expect(passphraseProblem('violet harbour ladder 27', 'ada')).toBe('')
    expect(passphraseProblem('лиловая гавань лестница', 'ada')).toBe('')
    for (const weak of [
      'short',
      'a'.repeat(20),
      'passwordpassword',
      'PolyfolioAdmin123456',
      'ada-ada-ada-ada-1',
      'qwertyuiop12345',
      'summer 2026 summer 2026',
      'abcdefgh abcdefgh 1',
      '3141592653589793238',
      'x'.repeat(300),
    ]) {
      expect(passphraseProblem(weak, 'ada'), weak).not.toBe('')
    }
  })

  it('are compared with their hash, and nobody has none', async () => {
    const kept = await passphraseHash('violet harbour ladder 27')
    expect(kept).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await isPassphrase(kept, 'violet harbour ladder 27')).toBe(true)
    expect(await isPassphrase(kept, 'violet harbour ladder 28')).toBe(false)
    expect(await isPassphrase(null, 'nobody has this passphrase')).toBe(false)
    expect(await isPassphrase('no hash', 'violet harbour ladder 27')).toBe(false)
  })
})

describe('codes', () => {
  it('are of now, give or take half a minute', () => {
    const { secret, uri } = newCodes('ada')
    expect(uri).toContain('Polyfolio')
    expect(stepOfCode(secret, '000000', 0) === null || stepOfCode(secret, '000000', 0) === 0).toBe(true)
    expect(stepOfCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', '287082', 59_000)).toBe(1)
    expect(stepOfCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', '287082', 89_000)).toBe(1)
    expect(stepOfCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', '287082', 120_000)).toBeNull()
  })
})

describe('secrets', () => {
  it('are long, hashed, and bound to their session', () => {
    const [one, other] = [newSecret(), newSecret()]
    expect(Buffer.from(one, 'base64url')).toHaveLength(32)
    expect(hashOf(one)).toMatch(/^[0-9a-f]{64}$/)
    expect(csrfOf(one)).not.toBe(csrfOf(other))
    expect([isSameText('abc', 'abc'), isSameText('abc', 'abd'), isSameText('abc', 'ab')]).toEqual([true, false, false])
  })
})

describe('a site', () => {
  const site: Site = {
    port: 8_420,
    address: '192.168.1.10',
    isTls: true,
    names: ['desk.example.org'],
    isProxied: false,
  }
  it('answers to its own names and pages alone', () => {
    const [hosts, origins] = [hostsOf(site), originsOf(site)]
    for (const host of ['127.0.0.1:8420', 'LOCALHOST:8420', '[::1]:8420', '192.168.1.10:8420', 'desk.example.org']) {
      expect(isOwnHost({ host }, hosts), host).toBe(true)
    }
    for (const host of ['127.0.0.1', 'desk.example.org.evil', 'evil.example:8420', undefined]) {
      expect(isOwnHost(host === undefined ? {} : { host }, hosts), host).toBe(false)
    }
    expect(isOwnPage({ origin: 'https://desk.example.org' }, origins)).toBe(true)
    expect(isOwnPage({ origin: 'http://desk.example.org' }, origins)).toBe(false)
    expect(isOwnPage({}, origins)).toBe(true)
    expect(isOwnPage({ 'sec-fetch-site': 'none' }, origins)).toBe(true)
    expect(isOwnPage({ 'sec-fetch-site': 'cross-site' }, origins)).toBe(false)
  })
})

describe('whoever guesses', () => {
  const ADA = { name: 'ada', address: '10.0.0.1', device: null }
  it('many times at once is heard one after another, elsewhere meanwhile', async () => {
    const throttle = loginThrottle({} as Throttle)
    const heard: string[] = []
    const told = (what: string, fails = false) =>
      throttle.inTurn(
        { name: 'ada', address: what.startsWith('b') ? '10.0.0.2' : '10.0.0.1', device: null },
        async () => {
          heard.push(`${what} begins`)
          await Promise.resolve()
          heard.push(`${what} ends`)
          if (fails) throw new Error(what)
        },
      )
    const all = await Promise.allSettled([told('a', true), told('a again'), told('b')])
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect(heard.indexOf('a again begins')).toBeGreaterThan(heard.indexOf('a ends'))
    expect(heard.indexOf('b begins')).toBeLessThan(heard.indexOf('a again begins'))
  })
  it('waits after three, twice as long each time, and nobody else does', async () => {
    const counts = new Map<string, FailedAttempts>()
    const counters = countersIn(counts)
    const throttle = loginThrottle(counters)
    expect([await throttle.failed({ ...ADA, name: 'Ada' }, 0), await throttle.failed(ADA, 0)]).toEqual([2, 1])
    expect(await throttle.wait(ADA, 0)).toBe(0)
    expect(await throttle.failed(ADA, 0)).toBe(0)
    expect(await throttle.wait(ADA, 1_000)).toBe(29_000)
    await throttle.failed(ADA, 30_000)
    expect(await throttle.wait(ADA, 30_000)).toBe(60_000)
    for (let more = 0; more < 20; more += 1) await throttle.failed(ADA, 0)
    expect(await throttle.wait(ADA, 0)).toBe(15 * 60_000)
    expect(await throttle.wait({ ...ADA, address: '10.0.0.2' }, 0)).toBe(0)
    await throttle.passed(ADA)
    expect(counts.has('account ada from 10.0.0.1')).toBe(false)
  })
  it('beside the owner, behind the same address, does not keep a browser out that is known', async () => {
    const counts = new Map<string, FailedAttempts>()
    const throttle = loginThrottle(countersIn(counts))
    for (let guess = 0; guess < 30; guess += 1) await throttle.failed(ADA, 0)
    expect(await throttle.wait(ADA, 0)).toBe(15 * 60_000)
    const known = { ...ADA, device: hashOf('held by the browser') }
    expect(await throttle.wait(known, 0)).toBe(0)
    for (let mistyped = 0; mistyped < 3; mistyped += 1) await throttle.failed(known, 0)
    expect(await throttle.wait(known, 0)).toBe(30_000)
  })
  it('from many addresses of one network of IPv6 is one', () => {
    const one = networkOf('2001:db8:1:2:aaaa::1')
    expect(one).toBe('2001:db8:1:2::/64')
    expect(networkOf('2001:db8:1:2:ffff:1:2:3')).toBe(one)
    expect(networkOf('2001:DB8:1:3::')).not.toBe(one)
    expect([networkOf('::1'), networkOf('::ffff:10.0.0.1'), networkOf('10.0.0.1')]).toEqual([
      '0:0:0:0::/64',
      '10.0.0.1',
      '10.0.0.1',
    ])
  })
})

describe('proxies', () => {
  it('are addresses and networks, and nothing that only looks like one', () => {
    const isProxy = proxiesOf('10.1.0.0/16, 192.168.1.2,fd00::/8')
    expect(['10.1.255.3', '192.168.1.2', '::ffff:192.168.1.2', 'fd12::5'].map(isProxy)).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(['10.2.0.1', '192.168.1.3', '::1', '', 'fe80::1'].map(isProxy)).toEqual([false, false, false, false, false])
    for (const wrong of ['', 'proxy', '10.0.0.0/33', '10.0.0.1/8/8', 'true', '10.0.0']) {
      expect(() => proxiesOf(wrong), wrong).toThrow('--trusted-proxy')
    }
  })
})

describe('pace', () => {
  it('lets so much through within a minute, for each by itself', () => {
    const pace = paceOf(2)
    pace.demand('ada', 0)
    pace.demand('ada', 10_000)
    expect(() => pace.demand('ada', 20_000)).toThrow('More than 2')
    pace.demand('bob', 20_000)
    pace.demand('ada', 60_000)
    try {
      pace.demand('ada', 61_000)
      pace.demand('ada', 62_000)
    } catch (error) {
      expect(error).toMatchObject({ code: 'throttled', more: { retryAfter: 58 } })
    }
  })
  it('has so many rooms at once, of all and of one, and gives each back once', () => {
    const rooms = roomsOf()
    const rules = { name: 'exports', most: 3, ofOneMost: 2, againAfter: 10 }
    const leave = rooms.enter(rules, 'ada')
    rooms.enter(rules, 'ada')
    expect(() => rooms.enter(rules, 'ada')).toThrow('2 of yours are under way')
    rooms.enter(rules, 'bob')
    expect(() => rooms.enter(rules, 'eve')).toThrow('3 are under way')
    leave()
    leave()
    rooms.enter(rules, 'eve')
    expect(() => rooms.enter(rules, 'eve')).toThrow('3 are under way')
    rooms.enter({ ...rules, name: 'others' }, 'eve')
  })
})

function countersIn(counts: Map<string, FailedAttempts>): Throttle {
  return {
    attempts: (keys) => Promise.resolve(keys.flatMap((key) => counts.get(key) ?? [])),
    countFailure(key, at, _, blocked) {
      const count = (counts.get(key)?.count ?? 0) + 1
      const failed = { key, count, lastAt: at, blockedUntil: blocked(count) }
      counts.set(key, failed)
      return Promise.resolve(failed)
    },
    forgive(keys) {
      for (const key of keys) counts.delete(key)
      return Promise.resolve()
    },
  }
}
