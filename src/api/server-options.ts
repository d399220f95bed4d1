/** How the server is reached. */

export interface ServerOptions {
  /** That it listens on; anything but this machine's own needs TLS or a proxy that speaks it. */
  readonly address: string
  /** 0: any that is free. */
  readonly port: number
  readonly tls: { readonly key: string; readonly cert: string } | null
  /**
   * Addresses or networks of proxies, with commas between them: nobody else is answered but this machine, and their word
   * on who asks is taken; null: there is none, and nobody's word is.
   */
  readonly trustedProxy: string | null
  /** Names by which it is asked for, beside its address: `portfolio.example.org`. */
  readonly names: readonly string[]
  /** One-time links are not taken, and nothing of a portfolio is shown to whoever is not signed in. */
  readonly isAuthRequired: boolean
  /** False: the process shows how it is, and nothing of its portfolios. */
  readonly isApi: boolean
  /** Folder of the built dashboard; null: there is none. */
  readonly dashboard: string | null
  readonly version: string
  /** As the user named it, without a password. */
  readonly storeName: string
  /** Requests of one address within a minute; left out: 30,000, as many as the pages of an office behind one ask. */
  readonly requestsPerMinute?: number
  /** Changes that one user asks for within a minute; left out: 300. A kill is never too many. */
  readonly changesPerMinute?: number
  /** Answers are held against their schemas before they leave: for tests, since it takes its time. */
  readonly checksAnswers?: boolean
}
