import { userInfo } from 'node:os'
import type { Instant } from '../../domain/units.ts'
import { loadPortfolio } from '../config/load.ts'
import { changedParts, hashesOf } from '../operate/approved.ts'
import { audited } from '../operate/audited.ts'
import { withPortfolio } from '../operate/portfolio-of.ts'
import { print, printJson } from '../output.ts'

interface ApproveOptions {
  readonly store: string
  readonly actor?: string
  readonly note: string
  readonly json?: boolean
}

/** `polyfolio config approve`: what live trading may run with, kept as hashes beside who said so and when. */
export async function configApprove(file: string, options: ApproveOptions): Promise<void> {
  const loaded = await loadPortfolio(file)
  const hashes = hashesOf(loaded)
  await withPortfolio(
    { store: options.store, portfolio: loaded.config.name, mayBeNew: true },
    async ({ store, portfolio }) => {
      const before = (await store.control.approvals(portfolio)).at(-1)
      const approval = {
        ...hashes,
        by: options.actor ?? userInfo().username,
        at: Date.now() as Instant,
        note: options.note,
      }
      await store.control.approveConfiguration(portfolio, approval)
      await audited(store.audit, portfolio, {
        action: 'approveConfiguration',
        actor: approval.by,
        before: before === undefined ? null : { ...before, parts: { ...before.parts } },
        after: { ...approval, parts: { ...approval.parts } },
      })
      const changed = before === undefined ? [] : changedParts(hashes, before)
      if (options.json === true) {
        printJson({ portfolio, ...approval, at: new Date(approval.at).toISOString(), changed })
        return
      }
      const since =
        before === undefined ? 'the first' : changed.length === 0 ? 'nothing changed' : `changed: ${changed.join(', ')}`
      print(`${portfolio}: approved by ${approval.by}; ${since}`)
      for (const [part, hash] of Object.entries({ ...hashes.parts, all: hashes.hash })) {
        print(`  ${part.padEnd(10)} ${hash}`)
      }
    },
  )
}
