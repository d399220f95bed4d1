/** Who is told of what, as a portfolio file says it. Secrets stay names until something is sent. */
import { readSettings } from '../../adapters/alerts/settings.ts'
import { type AlertRule, type AlertThreshold, type QuietHours, SLEEVE_FIGURES } from '../../domain/alerts.ts'
import type { Path } from './document.ts'
import type { Problems } from './problems.ts'
import { milliseconds } from './running.ts'
import type { RawAlertRule, RawAlerts, RawChannel, RawThreshold } from './schema/alerts.ts'
import { hint } from './suggest.ts'

/** A channel whose settings may be names of variables and files. */
export interface WrittenChannel {
  readonly name: string
  readonly isEnabled: boolean
  readonly perMinute: number
  readonly written: Readonly<Record<string, unknown>>
}

export interface AlertConfiguration {
  /** '' where nobody said it. */
  readonly dashboard: string
  readonly heartbeat: { readonly url: unknown; readonly everyMs: number } | null
  readonly channels: readonly WrittenChannel[]
  readonly rules: readonly AlertRule[]
  readonly thresholds: readonly AlertThreshold[]
}

const NOTHING: AlertConfiguration = { dashboard: '', heartbeat: null, channels: [], rules: [], thresholds: [] }
/** Whole names of the environment, and files. */
const NAME = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/
/** Settings that are a file's name in a portfolio file. */
const FILES: ReadonlySet<string> = new Set(['certificate'])

/** @param sleeves ids of all there are */
export function alertsOf(
  raw: RawAlerts | undefined,
  sleeves: readonly string[],
  problems: Problems,
): AlertConfiguration {
  if (raw === undefined) return NOTHING
  const channels = Object.entries(raw.channels).map(([name, channel]) => writtenChannel(name, channel, problems))
  const names = Object.keys(raw.channels)
  const rules = raw.rules.map((rule, place) => ruleOf(rule, ['alerts', 'rules', place], { names, sleeves, problems }))
  const seen = new Set<string>()
  for (const [place, { name }] of rules.entries()) {
    if (seen.has(name)) problems.at(['alerts', 'rules', place, 'name'], `"${name}" names another rule already`)
    seen.add(name)
  }
  const thresholds = raw.thresholds.flatMap((one, place) => thresholdOf(one, place, sleeves, problems))
  for (const [place, { name }] of raw.thresholds.entries())
    if (raw.thresholds.findIndex((one) => one.name === name) !== place)
      problems.at(['alerts', 'thresholds', place, 'name'], `"${name}" names another threshold already`)
  return {
    dashboard: raw.dashboard ?? '',
    heartbeat:
      raw.heartbeat === undefined ? null : { url: raw.heartbeat.url, everyMs: milliseconds(raw.heartbeat.every) },
    channels,
    rules,
    thresholds,
  }
}

function thresholdOf(
  raw: RawThreshold,
  place: number,
  sleeves: readonly string[],
  problems: Problems,
): readonly AlertThreshold[] {
  const { name, enabled, figure, sleeve = null, above, below, severity } = raw
  const path: Path = ['alerts', 'thresholds', place]
  if ((above === undefined) === (below === undefined)) {
    problems.at(path, 'say either above or below: the value beyond which somebody is told')
    return []
  }
  const side = above === undefined ? 'below' : 'above'
  const value = (above ?? below)!
  const threshold = { name, isEnabled: enabled, figure, sleeve, side, value, severity } as const
  const whole = { ...threshold, release: raw.release ?? releaseOf(threshold) }
  if (sleeve !== null && !sleeves.includes(sleeve))
    problems.at([...path, 'sleeve'], `no sleeve has the id "${sleeve}"${hint(sleeve, sleeves)}`)
  const problem = thresholdProblem(whole)
  if (problem !== '') problems.at(path, problem)
  return [whole]
}

/** A tenth of a value lies between what begins and what ends it, where nobody says otherwise. */
const BAND = 0.1

function releaseOf({ side, value }: Pick<AlertThreshold, 'side' | 'value'>): number {
  const band = Math.abs(value) * BAND
  return side === 'above' ? value - band : value + band
}

/** Why a threshold cannot be; '' where it can. */
export function thresholdProblem({ figure, sleeve, side, value, release }: AlertThreshold): string {
  if (sleeve !== null && !SLEEVE_FIGURES.includes(figure))
    return `${figure} is of the whole portfolio: leave out the sleeve`
  if (side === 'above' ? release > value : release < value)
    return `release lies beyond the value: write at ${side === 'above' ? 'most' : 'least'} ${value}`
  return ''
}

function writtenChannel(name: string, channel: RawChannel, problems: Problems): WrittenChannel {
  const { enabled, per_minute: perMinute, ...given } = channel
  const written: Readonly<Record<string, unknown>> = given
  const read = readSettings(written)
  for (const { path, reason } of read.ok ? [] : read.problems) {
    // What stands elsewhere is judged where it is read.
    if (!isElsewhere(valueAt(written, path)) && !FILES.has(String(path[0])))
      problems.at(['alerts', 'channels', name, ...path], reason)
  }
  return { name, isEnabled: enabled, perMinute, written }
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string | number, unknown> | undefined)?.[step], root)
}

function isElsewhere(value: unknown): boolean {
  return (typeof value === 'string' && NAME.test(value)) || isFile(value)
}

function isFile(value: unknown): value is { readonly file: string } {
  return typeof value === 'object' && value !== null && 'file' in value
}

interface Named {
  readonly names: readonly string[]
  readonly sleeves: readonly string[]
  readonly problems: Problems
}

function ruleOf(raw: RawAlertRule, path: Path, { names, sleeves, problems }: Named): AlertRule {
  const { quiet, escalate } = raw
  const check = (key: Path, given: readonly string[], known: readonly string[], what: string): void => {
    for (const [place, one] of given.entries())
      if (!known.includes(one)) problems.at([...path, ...key, place], `no ${what} "${one}"${hint(one, known)}`)
  }
  check(['to'], raw.to, names, 'channel is called')
  check(['sleeves'], raw.sleeves, sleeves, 'sleeve has the id')
  if (escalate !== undefined) check(['escalate', 'to'], escalate.to, names, 'channel is called')
  if (quiet !== undefined && quiet.from === quiet.to)
    problems.at([...path, 'quiet'], 'begin and end at the same time; leave them out, or say another end')
  if (quiet !== undefined && !isZone(quiet.zone))
    problems.at([...path, 'quiet', 'zone'], `no time zone is called "${quiet.zone}"; write one such as Europe/Berlin`)
  return {
    name: raw.name,
    isEnabled: raw.enabled,
    severity: raw.severity,
    rules: raw.about,
    sleeves: raw.sleeves,
    channels: raw.to,
    isResolutionTold: raw.resolved,
    sameWithin: milliseconds(raw.same_within),
    digestEvery: raw.digest === undefined ? null : milliseconds(raw.digest),
    quiet: quiet === undefined ? null : quietOf(quiet),
    escalation: escalate === undefined ? null : { after: milliseconds(escalate.after), channels: escalate.to },
  }
}

function quietOf({ from, to, zone, except }: NonNullable<RawAlertRule['quiet']>): QuietHours {
  return { from: minutesOf(from), to: minutesOf(to), zone, except }
}

/** Of "22:30", since midnight. */
export function minutesOf(clock: string): number {
  const [hours, minutes] = clock.split(':').map(Number)
  return hours! * 60 + minutes!
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** Where a value is found that a file only names. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** @throws where it cannot be read */
  readFile(path: string): string
}

/** Settings with what they name, or why they cannot be had. */
export type Found = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string }

/** Puts values of the environment and of files in the place of their names, at any depth. */
export function foundIn(surroundings: Surroundings, written: unknown): Found {
  const missing: string[] = []
  const fileOf = (path: string): string => {
    try {
      return surroundings.readFile(path).trim()
    } catch {
      missing.push(`the file "${path}" cannot be read`)
      return ''
    }
  }
  const look = (value: unknown, key: string): unknown => {
    const name = typeof value === 'string' ? NAME.exec(value)?.[1] : undefined
    if (name !== undefined) {
      const found = surroundings.environment[name]
      if (found === undefined || found === '') missing.push(`${name} is not set in the environment`)
      return found ?? ''
    }
    if (isFile(value)) return fileOf(value.file)
    if (typeof value === 'string' && FILES.has(key)) return fileOf(value)
    return Array.isArray(value) ? value.map((item) => look(item, '')) : value
  }
  if (typeof written !== 'object' || written === null || isFile(written)) {
    const value = look(written, '')
    return missing.length === 0 ? { ok: true, value } : { ok: false, reason: missing.join('; ') }
  }
  const value = Object.fromEntries(Object.entries(written).map(([key, inner]) => [key, look(inner, key)]))
  return missing.length === 0 ? { ok: true, value } : { ok: false, reason: missing.join('; ') }
}
