import type { CommandBody, CommandRequest, CommandView } from '../../../src/api/contract/commands.ts'
import { dismiss, notify } from '../state/notices.ts'
import { portfolioShown } from '../state/portfolio.ts'
import { type Store, store } from '../state/store.ts'
import { ApiError, ask, ofPortfolio } from './api.ts'
import { queries } from './client.ts'
import { lastSeen } from './seen.ts'

/** A question to whoever is signed in: prove again who you are. Answered with whether it was proven. */
export interface ProofRequest {
  readonly what: string
  readonly answer: (isProven: boolean) => void
}

export const proofAsked: Store<ProofRequest | null> = store<ProofRequest | null>(null)

/** Asks for a new proof; resolves to whether it was given. */
function proveAgain(what: string): Promise<boolean> {
  return new Promise((resolve) => {
    proofAsked.set({
      what,
      answer(isProven) {
        proofAsked.set(null)
        resolve(isProven)
      },
    })
  })
}

/** Runs what may need a new proof; null: the proof was not given. */
export async function withProof<T>(what: string, run: () => Promise<T>): Promise<T | null> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'step_up_needed') throw error
    return (await proveAgain(what)) ? run() : null
  }
}

/** Names a command for ever, so that sending it twice carries it out once. */
export function newId(): string {
  return crypto.randomUUID()
}

const POLL_MS = 1000
const ENDED: readonly CommandView['state'][] = ['done', 'declined', 'withdrawn']

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Sends until the server has it: the same id each time, so that nothing is done twice. */
async function deliver(portfolio: string, request: CommandRequest, what: string): Promise<CommandView | null> {
  const notice = `command-${request.id}`
  for (;;) {
    try {
      const taken = await withProof(what, () => ask<CommandView>('POST', ofPortfolio(portfolio, 'commands'), request))
      dismiss(notice)
      return taken
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 0) throw error
      notify({
        id: notice,
        tone: 'warn',
        lasts: null,
        text: `${what}: sent, not confirmed.`,
        detail: `Checking id ${request.id.slice(0, 8)}`,
      })
      await wait(POLL_MS)
    }
  }
}

async function answered(portfolio: string, first: CommandView): Promise<CommandView> {
  let view = first
  while (!ENDED.includes(view.state)) {
    await wait(POLL_MS)
    view = await ask<CommandView>('GET', ofPortfolio(portfolio, `commands/${encodeURIComponent(view.id)}`)).catch(
      () => view,
    )
  }
  return view
}

export interface CommandOptions {
  /** Verb and object: `Pause Theta decay`. */
  readonly what: string
  /** What takes it back, offered for ten seconds. */
  readonly undo?: CommandBody
}

const UNDO_MS = 10_000

/** Carries out a command and tells its answer; resolves to whether it was done. */
export async function command(body: CommandBody, { what, undo }: CommandOptions): Promise<boolean> {
  const portfolio = portfolioShown.get()
  try {
    const taken = await deliver(portfolio, { id: newId(), seen: lastSeen(queries, portfolio), body }, what)
    if (taken === null) return false
    const view = await answered(portfolio, taken)
    const isDone = view.state === 'done'
    notify({
      tone: isDone ? 'good' : 'bad',
      text: isDone ? view.answer || `${what}: done.` : `${what}: ${view.answer || 'not carried out.'}`,
      detail: `Command ${view.id.slice(0, 8)}`,
      ...(isDone && undo !== undefined
        ? { lasts: UNDO_MS, action: { label: 'Undo', run: () => void command(undo, { what: `Undo: ${what}` }) } }
        : {}),
    })
    void queries.invalidateQueries({ queryKey: ['p', portfolio] })
    return isDone
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    notify({ tone: 'bad', text: `${what}: ${text}`, lasts: null })
    return false
  }
}
