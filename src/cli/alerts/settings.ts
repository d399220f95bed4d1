/** Who is told of what, as the portfolio's file and the store say together. */
import { readFileSync } from 'node:fs'
import { readSettings } from '../../adapters/alerts/settings.ts'
import { openTransport } from '../../adapters/alerts/transport.ts'
import type { AlertLog } from '../../domain/alert-log.ts'
import type { AlertChannel, AlertTransport } from '../../domain/alerts.ts'
import type { AlertSettings, UsedChannel } from '../../live/alerts/teller.ts'
import { type AlertConfiguration, foundIn, type Surroundings, type WrittenChannel } from '../config/alerts.ts'

/** This machine's environment and files. */
export const SURROUNDINGS: Surroundings = {
  environment: process.env,
  readFile: (path) => readFileSync(path, 'utf8'),
}

export const NO_ALERTS: AlertConfiguration = { dashboard: '', heartbeat: null, channels: [], rules: [], thresholds: [] }

/** A channel that can be used, or why not. */
export type OpenedChannel =
  | { readonly ok: true; readonly transport: AlertTransport }
  | { readonly ok: false; readonly reason: string }

export interface PortfolioChannels {
  /** As it stands now: read anew each time. */
  settings(): Promise<AlertSettings>
  /** Of the last settings. */
  open(name: string): OpenedChannel
  /** Takes messages always: one that cannot be used refuses them, with the reason. */
  transportOf(name: string): AlertTransport
}

/** A rule or channel in the store takes the place of the file's: what operators change on a page outlives a restart. */
export function portfolioChannels(
  file: AlertConfiguration,
  stored: Pick<AlertLog, 'channels' | 'rules' | 'thresholds'> | null,
  portfolio: string,
  surroundings: Surroundings = SURROUNDINGS,
): PortfolioChannels {
  let kept: readonly AlertChannel[] = []
  const opened = new Map<string, { readonly as: string; readonly channel: OpenedChannel }>()

  function open(name: string): OpenedChannel {
    const own = kept.find((channel) => channel.name === name)
    const given = own?.settings ?? file.channels.find((channel) => channel.name === name)?.written
    if (given === undefined) return { ok: false, reason: `no channel is called "${name}"` }
    const as = JSON.stringify(given)
    const known = opened.get(name)
    if (known?.as === as && known.channel.ok) return known.channel
    const channel = openedWith(given, surroundings)
    opened.set(name, { as, channel })
    return channel
  }

  return {
    async settings() {
      kept = (await stored?.channels(portfolio)) ?? []
      const rules = (await stored?.rules(portfolio)) ?? []
      const thresholds = (await stored?.thresholds(portfolio)) ?? []
      return {
        rules: rules.length > 0 ? rules : file.rules,
        thresholds: thresholds.length > 0 ? thresholds : file.thresholds,
        channels: mergedChannels(file.channels, kept),
        dashboard: file.dashboard,
      }
    },
    open,
    transportOf(name) {
      const channel = open(name)
      if (channel.ok) return channel.transport
      const { reason } = channel
      return { send: () => Promise.resolve({ kind: 'refused', text: reason }) }
    },
  }
}

function mergedChannels(written: readonly WrittenChannel[], kept: readonly AlertChannel[]): readonly UsedChannel[] {
  const own = new Set(kept.map(({ name }) => name))
  return [...written.filter(({ name }) => !own.has(name)), ...kept].map(({ name, isEnabled, perMinute }) => ({
    name,
    isEnabled,
    perMinute,
  }))
}

function openedWith(given: unknown, surroundings: Surroundings): OpenedChannel {
  const found = foundIn(surroundings, given)
  if (!found.ok) return found
  const read = readSettings(found.value)
  if (read.ok) return { ok: true, transport: openTransport(read.settings) }
  return { ok: false, reason: read.problems.map(({ path, reason }) => `${path.join('.')} ${reason}`).join('; ') }
}
