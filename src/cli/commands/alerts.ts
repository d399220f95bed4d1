import { existsSync } from 'node:fs'
import { isServer } from '../../adapters/store/open.ts'
import type { DeliveryQuery } from '../../domain/alert-log.ts'
import type { AlertDelivery, DeliveryState } from '../../domain/alerts.ts'
import { FaultError, fault } from '../../domain/faults.ts'
import type { AlertSettings } from '../../live/alerts/teller.ts'
import { sendTest } from '../alerts/desk.ts'
import { NO_ALERTS, type PortfolioChannels, portfolioChannels } from '../alerts/settings.ts'
import type { AlertConfiguration } from '../config/alerts.ts'
import { loadPortfolio } from '../config/load.ts'
import { type StoreOptions, withPortfolio } from '../operate/portfolio-of.ts'
import { print, printJson } from '../output.ts'
import { textTable } from '../text-table.ts'

interface AlertOptions extends StoreOptions {
  readonly json?: boolean
}

interface LogOptions extends AlertOptions {
  readonly channel?: string
  readonly state?: DeliveryState
  readonly rows: number
}

interface Meant {
  readonly portfolio: string
  readonly settings: AlertSettings
  readonly channels: PortfolioChannels
  readonly file: AlertConfiguration
}

/** What the file says, the store, or both: a store that is not there yet is no reason to test nothing. */
async function withChannels<T>(config: string | undefined, options: StoreOptions, use: (meant: Meant) => Promise<T>) {
  const loaded = config === undefined ? null : await loadPortfolio(config)
  const file = loaded?.alerts ?? NO_ALERTS
  const meantBy = async (portfolio: string, log: Parameters<typeof portfolioChannels>[1]): Promise<T> => {
    const channels = portfolioChannels(file, log, portfolio)
    return use({ portfolio, channels, settings: await channels.settings(), file })
  }
  if (loaded !== null && !isServer(options.store) && !existsSync(options.store))
    return meantBy(loaded.config.name, null)
  const portfolio = options.portfolio ?? loaded?.config.name
  const named = portfolio === undefined ? options : { ...options, portfolio }
  try {
    return await withPortfolio(named, (found) => meantBy(found.portfolio, found.store.alertLog))
  } catch (error) {
    // The file is enough where the store has never seen its portfolio.
    const isUnknown = error instanceof FaultError && ['JOURNAL_EMPTY', 'STORE_EMPTY'].includes(error.fault.code)
    if (loaded === null || !isUnknown) throw error
    return meantBy(loaded.config.name, null)
  }
}

/** `polyfolio alerts list`: channels and rules as they stand. */
export async function alertsList(config: string | undefined, options: AlertOptions): Promise<void> {
  await withChannels(config, options, ({ portfolio, settings, channels, file }) => {
    const listed = settings.channels.map(({ name, isEnabled, perMinute }) => {
      const opened = channels.open(name)
      return { name, enabled: isEnabled, perMinute, problem: opened.ok ? '' : opened.reason }
    })
    const { rules } = settings
    if (options.json === true) {
      printJson({ portfolio, channels: listed, rules, dashboard: file.dashboard, heartbeat: file.heartbeat !== null })
      return Promise.resolve()
    }
    if (listed.length === 0) {
      print('No channel is set up.')
      return Promise.resolve()
    }
    const states = listed.map(({ name, enabled, problem }) => [
      name,
      enabled ? (problem === '' ? 'ready' : 'cannot be used') : 'off',
      problem,
    ])
    print(textTable(['Channel', 'State', 'Why'], states))
    const rows = rules.map(({ name, isEnabled, severity, rules: about, channels: to }) => [
      name,
      isEnabled ? 'on' : 'off',
      severity,
      about.length === 0 ? 'everything' : about.join(', '),
      to.join(', '),
    ])
    if (rows.length > 0) print(`\n${textTable(['Rule', 'State', 'From', 'About', 'To'], rows)}`)
    return Promise.resolve()
  })
}

/** `polyfolio alerts test`: one message now. Ends with 1 where it was not taken. */
export async function alertsTest(channel: string, config: string | undefined, options: AlertOptions): Promise<void> {
  await withChannels(config, options, async ({ portfolio, settings, channels }) => {
    const known = settings.channels.find(({ name }) => name === channel)
    if (known === undefined) {
      const names = settings.channels.map(({ name }) => name).join(', ')
      throw new FaultError(fault('CHANNEL_UNKNOWN', { channel, known: names === '' ? 'none' : names }))
    }
    const answer = await sendTest(channels.transportOf(channel), portfolio, settings.dashboard)
    const isTaken = answer.kind === 'taken'
    if (!isTaken) process.exitCode = 1
    if (options.json === true) printJson({ portfolio, channel, taken: isTaken, answer: answer.text })
    else print(`${channel}: ${isTaken ? 'taken' : 'not taken'}: ${answer.text}`)
    if (!known.isEnabled && options.json !== true) print('It is switched off: no alert is sent through it.')
  })
}

/** `polyfolio alerts log`: deliveries, newest first. */
export async function alertsLog(options: LogOptions): Promise<void> {
  await withPortfolio(options, async ({ store, portfolio }) => {
    const { channel, state, rows: limit } = options
    const query: DeliveryQuery = {
      ...(channel === undefined ? {} : { channel }),
      ...(state === undefined ? {} : { state }),
      limit,
    }
    const { rows, total } = await store.alertLog.deliveries(portfolio, query)
    if (options.json === true) {
      printJson({ portfolio, total, deliveries: rows.map(documentOf) })
      return
    }
    if (rows.length === 0) {
      print('Nothing was told yet.')
      return
    }
    const table = rows.map((delivery) => [
      momentOf(delivery.createdAt),
      delivery.channel,
      delivery.severity,
      delivery.purpose,
      delivery.alerts.length === 1 ? delivery.alerts[0]!.rule : `${delivery.alerts.length} alerts`,
      delivery.state,
      String(delivery.attempts),
      delivery.answer,
    ])
    print(textTable(['When', 'Channel', 'Severity', 'What', 'About', 'State', 'Tries', 'Answer'], table))
    if (total > rows.length) print(`\n${rows.length} of ${total}; --rows shows more.`)
  })
}

function documentOf({ createdAt, dueAt, sentAt, alerts, ...delivery }: AlertDelivery) {
  return {
    ...delivery,
    createdAt: new Date(createdAt).toISOString(),
    dueAt: new Date(dueAt).toISOString(),
    sentAt: sentAt === null ? null : new Date(sentAt).toISOString(),
    alerts: alerts.map((alert) => ({ ...alert, at: new Date(alert.at).toISOString() })),
  }
}

function momentOf(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 19)
}
