import { describe, expect, it } from 'vitest'
import type { FailedAttempts, Throttle } from '../../domain/access.ts'
import { newCodes, stepOfCode } from './codes.ts'
import { hostsOf, isOwnHost, isOwnPage, originsOf, type Site } from './origins.ts'
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
  it('many times at once is heard one after another, elsewhere meanwhile', async () => {
    const throttle = loginThrottle({} as Throttle)
    const heard: string[] = []
    const told = (what: string, fails = false) =>
      throttle.inTurn(what.startsWith('b') ? '10.0.0.2' : '10.0.0.1', async () => {
        heard.push(`${what} begins`)
        await Promise.resolve()
        heard.push(`${what} ends`)
        if (fails) throw new Error(what)
      })
    const all = await Promise.allSettled([told('a', true), told('a again'), told('b')])
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect(heard.indexOf('a again begins')).toBeGreaterThan(heard.indexOf('a ends'))
    expect(heard.indexOf('b begins')).toBeLessThan(heard.indexOf('a again begins'))
  })
  it('waits after three, twice as long each time, and nobody else does', async () => {
    const counts = new Map<string, FailedAttempts>()
    const counters: Throttle = {
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
    const throttle = loginThrottle(counters)
    expect([await throttle.failed('Ada', '10.0.0.1', 0), await throttle.failed('ada', '10.0.0.1', 0)]).toEqual([2, 1])
    expect(await throttle.wait('ada', '10.0.0.1', 0)).toBe(0)
    expect(await throttle.failed('ada', '10.0.0.1', 0)).toBe(0)
    expect(await throttle.wait('ada', '10.0.0.1', 1_000)).toBe(29_000)
    await throttle.failed('ada', '10.0.0.1', 30_000)
    expect(await throttle.wait('ada', '10.0.0.1', 30_000)).toBe(60_000)
    for (let more = 0; more < 20; more += 1) await throttle.failed('ada', '10.0.0.1', 0)
    expect(await throttle.wait('ada', '10.0.0.1', 0)).toBe(15 * 60_000)
    expect(await throttle.wait('ada', '10.0.0.2', 0)).toBe(0)
    await throttle.passed('ada', '10.0.0.1')
    expect(counts.has('account ada from 10.0.0.1')).toBe(false)
  })
})
