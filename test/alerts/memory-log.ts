import type { AlertLog, AlertMemory } from '../../src/domain/alert-log.ts'
import type {
  Acknowledgement,
  AlertChannel,
  AlertDelivery,
  AlertRule,
  AlertThreshold,
} from '../../src/domain/alerts.ts'

/** A log in memory, which can be taken away; what was not kept when a process died is not in it. */
export interface MemoryLog extends AlertLog {
  readonly all: readonly AlertDelivery[]
  isAway: boolean
}

export function memoryLog(): MemoryLog {
  const deliveries = new Map<string, AlertDelivery>()
  const channels = new Map<string, AlertChannel>()
  let rules: readonly AlertRule[] = []
  let thresholds: readonly AlertThreshold[] = []
  const seen = new Map<string, Acknowledgement>()
  let memory: AlertMemory | null = null
  const there = (): Promise<void> =>
    log.isAway ? Promise.reject(new Error('the disk is full')) : Promise.resolve(undefined)
  const log: MemoryLog = {
    isAway: false,
    get all() {
      return [...deliveries.values()]
    },
    channels: () => there().then(() => [...channels.values()]),
    shownChannels: () => there().then(() => [...channels.values()].map((channel) => ({ channel, lastFour: {} }))),
    putChannel: (_, channel) => there().then(() => void channels.set(channel.name, channel)),
    removeChannel: (_, name) => there().then(() => channels.delete(name)),
    rules: () => there().then(() => rules),
    putRules: (_, given) =>
      there().then(() => {
        rules = given
      }),
    thresholds: () => there().then(() => thresholds),
    putThresholds: (_, given) =>
      there().then(() => {
        thresholds = given
      }),
    acknowledgements: () => there().then(() => [...seen.values()]),
    acknowledge: (_, one) => there().then(() => void seen.set(one.incident, one)),
    memory: () => there().then(() => memory),
    async keep(_, { cursor, state, deliveries: given, over = [] }) {
      await there()
      for (const incident of over) seen.delete(incident)
      memory = { cursor, state }
      for (const one of given) if (!deliveries.has(one.id)) deliveries.set(one.id, one)
    },
    due: (_, now, limit) =>
      there().then(() =>
        [...deliveries.values()]
          .filter(({ state, dueAt }) => (state === 'waiting' || state === 'sending') && dueAt <= now)
          .slice(0, limit),
      ),
    mark: (_, delivery) => there().then(() => void deliveries.set(delivery.id, delivery)),
    deliveries: () => there().then(() => ({ rows: [...deliveries.values()], total: deliveries.size, next: null })),
    forgetDeliveries: () => Promise.resolve(0),
  }
  return log
}
