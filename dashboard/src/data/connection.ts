import { type Store, store } from '../state/store.ts'

/** How the push channel is. `lost` counts from the last thing that was heard. */
export interface Connection {
  readonly state: 'connecting' | 'live' | 'lost'
  /** Server's time of the last thing that was heard; null before the first. */
  readonly heardAt: number | null
}

export const connection: Store<Connection> = store<Connection>({ state: 'connecting', heardAt: null })
