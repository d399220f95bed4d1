import { describe, expect, it } from 'vitest'
import { engineStart, withoutPassword } from './engine-start.ts'

describe('an engine', () => {
  it('is started with no password on its command line', () => {
    const options = {
      store: 'postgres://desk:p%40ss%20word@db.example.org:5433/live?sslmode=require',
      bus: 'redis://:geheim@127.0.0.1:6379/2',
      seed: 26,
      follow: true,
    }
    const { args, environment } = engineStart('p.yaml', options)
    expect(args).toEqual([
      'paper',
      'p.yaml',
      '--store',
      'postgres://desk@db.example.org:5433/live?sslmode=require',
      '--bus',
      'redis://127.0.0.1:6379/2',
      '--seed',
      '26',
      '--follow',
      '--standby',
      '--json',
    ])
    expect(environment).toEqual({ PGPASSWORD: 'p@ss word', REDIS_PASSWORD: 'geheim' })
  })
  it('is told of files as they are, and of no password where there is none', () => {
    expect(engineStart('p.yaml', { store: '/data/a:b@c.db' })).toEqual({
      args: ['paper', 'p.yaml', '--store', '/data/a:b@c.db', '--standby', '--json'],
      environment: {},
    })
    expect(withoutPassword('postgresql://db/x?password=a%26b&user=me')).toEqual({
      address: 'postgresql://db/x?user=me',
      password: 'a&b',
    })
    expect(withoutPassword('postgres://me@db/x')).toEqual({ address: 'postgres://me@db/x', password: '' })
  })
})
