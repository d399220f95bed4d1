/** How an engine is started: what stands on its command line, which everybody may list, and what does not. */
import { formatDate } from '../../domain/sessions.ts'
import type { TradeDate } from '../../domain/units.ts'

/** What an engine is told of what `serve` was told. */
export interface EngineOptions {
  readonly store: string
  readonly bus?: string
  readonly data?: string
  readonly seed?: number
  readonly from?: string
  readonly to?: string
  readonly speed?: number
  readonly speedFrom?: TradeDate
  readonly follow?: boolean
  readonly every?: number
}

export interface EngineStart {
  readonly args: readonly string[]
  /** Variables beside those of this process. */
  readonly environment: Readonly<Record<string, string>>
}

export function engineStart(config: string, options: EngineOptions): EngineStart {
  const { data, seed, from, to, speed, speedFrom, every } = options
  const store = withoutPassword(options.store)
  const bus = options.bus === undefined ? null : withoutPassword(options.bus)
  const given = {
    store: store.address,
    bus: bus?.address,
    data,
    seed,
    from,
    to,
    speed,
    'speed-from': speedFrom === undefined ? undefined : formatDate(speedFrom),
    every,
  }
  const args = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  )
  const follow = options.follow === true ? ['--follow'] : []
  return {
    args: ['paper', config, ...args, ...follow, '--standby', '--json'],
    environment: {
      ...(store.password === '' ? {} : { PGPASSWORD: store.password }),
      ...(bus === null || bus.password === '' ? {} : { REDIS_PASSWORD: bus.password }),
    },
  }
}

/** An address, and the password that stood in it; '' where none did. A file has none. */
export function withoutPassword(address: string): { readonly address: string; readonly password: string } {
  if (!/^(postgres(ql)?|rediss?):\/\//.test(address) || !URL.canParse(address)) return { address, password: '' }
  const url = new URL(address)
  const password = url.searchParams.get('password') ?? decodeURIComponent(url.password)
  if (password === '') return { address, password }
  url.password = ''
  url.searchParams.delete('password')
  return { address: url.toString(), password }
}
