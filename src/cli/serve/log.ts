/** Structured logs: one JSON line each, without secrets, and never a reason to wait. */
import { destination, pino } from 'pino'
import { redactor, secretsOf } from './redact.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
type Fields = Readonly<Record<string, unknown>>

export interface Log {
  debug(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, fields?: Fields): void
  /** The same with fields that every line has. */
  with(fields: Fields): Log
  /** Lines that were lost because whoever reads them was slower than whoever writes. */
  readonly dropped: number
  /** Writes what is still in memory, for as long as that may take. */
  close(): void
}

/** Bytes that wait for a slow reader; what comes beyond is lost, and counted. */
const WAITING_MOST = 1 << 20

export interface LogOptions {
  readonly level: LogLevel
  /** A file, or stderr where left out. */
  readonly file?: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

export function openLog({ level, file, environment }: LogOptions): Log {
  const { text, value } = redactor(secretsOf(environment))
  const sink = destination({ dest: file ?? 2, sync: false, append: true, mkdir: true, maxLength: WAITING_MOST })
  let dropped = 0
  sink.on('drop', () => {
    dropped += 1
  })
  // A reader that is gone is no reason to stop trading.
  sink.on('error', () => {
    dropped += 1
  })
  const root = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, sink)
  const logOf = (bound: Fields): Log => {
    const write =
      (at: 'debug' | 'info' | 'warn' | 'error') =>
      (message: string, fields: Fields = {}) =>
        root[at](value({ ...bound, ...fields }) as object, text(message))
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      with: (fields) => logOf({ ...bound, ...fields }),
      get dropped() {
        return dropped
      },
      close() {
        try {
          sink.flushSync()
        } catch {
          // nothing is left that could be told, and nobody whom it could be told
        }
      },
    }
  }
  return logOf({})
}
