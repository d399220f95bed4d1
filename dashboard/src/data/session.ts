import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { RoleName, SessionView } from '../../../src/api/contract/session.ts'
import { ask, keepCsrf, onSignedOut } from './api.ts'
import { queries } from './client.ts'
import { heardServer } from './clock.ts'

const SESSION_KEY = ['session'] as const
const LINK = /^#link=(.+)$/

/** Takes up a session: its token goes with every change from now on. */
export function keepSession(session: SessionView): SessionView {
  keepCsrf(session.csrf)
  heardServer(Date.parse(session.serverTime), 500)
  queries.setQueryData(SESSION_KEY, session)
  return session
}

/** A one-time link carries its secret behind the #, which no server and no log ever sees; it is posted and forgotten. */
async function takeLink(): Promise<SessionView | null> {
  const secret = LINK.exec(window.location.hash)?.[1]
  if (secret === undefined) return null
  window.history.replaceState(null, '', `${window.location.pathname}${window.location.search}`)
  try {
    return await ask<SessionView>('POST', '/api/v1/session/link', { secret: decodeURIComponent(secret) })
  } catch {
    return null // used up or too old: the sign-in page follows
  }
}

async function readSession(): Promise<SessionView> {
  const session = (await takeLink()) ?? (await ask<SessionView>('GET', '/api/v1/session'))
  keepCsrf(session.csrf)
  heardServer(Date.parse(session.serverTime), 500)
  return session
}

const WAITING_MS = 2000

/** Somebody is signed in before the first engine has written anything: its portfolio is awaited. */
function isWaiting(session: SessionView | undefined): boolean {
  return session !== undefined && session.user !== null && session.portfolios.length === 0
}

export interface SessionReading {
  readonly session: SessionView | null
  readonly error: string | null
}

/** Who is signed in; null until it is known. */
export function useSession(): SessionReading {
  const cache = useQueryClient()
  const { data, error, failureReason } = useQuery({
    queryKey: SESSION_KEY,
    queryFn: readSession,
    refetchInterval: ({ state }) => (isWaiting(state.data) ? WAITING_MS : false),
  })
  useEffect(() => {
    onSignedOut(() => void cache.invalidateQueries({ queryKey: SESSION_KEY }))
  }, [cache])
  return { session: data ?? null, error: (error ?? failureReason)?.message ?? null }
}

const RANK: Readonly<Record<RoleName, number>> = { viewer: 0, operator: 1, admin: 2 }

/** Whether the role of the session is at least this one. */
export function useRole(least: RoleName): boolean {
  const { session } = useSession()
  return session?.role !== null && session !== null && RANK[session.role] >= RANK[least]
}

export async function signOut(): Promise<void> {
  await ask('DELETE', '/api/v1/session')
  keepCsrf(null)
  await queries.invalidateQueries({ queryKey: SESSION_KEY })
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] })
}
