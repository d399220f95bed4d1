import { type Store, store } from './store.ts'

/** Name of the portfolio that the pages show; empty until somebody is signed in. */
export const portfolioShown: Store<string> = store('')
