/** How the server is reached. */

export interface ServerOptions {
  /** That it listens on; anything but this machine's own needs TLS or a proxy that speaks it. */
  readonly address: string
  /** 0: any that is free. */
  readonly port: number
  readonly tls: { readonly key: string; readonly cert: string } | null
  /** Address of a proxy whose word on who asks is taken; null: nobody's. */
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
  /** Answers are held against their schemas before they leave: for tests, since it takes its time. */
  readonly checksAnswers?: boolean
}
