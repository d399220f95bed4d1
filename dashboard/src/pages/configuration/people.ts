import { type UseQueryResult, useMutation, useQuery } from '@tanstack/react-query'
import type {
  NewToken,
  NewUser,
  OpenSession,
  OwnChange,
  SessionView,
  TokenCreated,
  TokenView,
  TotpView,
  UserChange,
  UserCreated,
  UserView,
} from '../../../../src/api/contract/session.ts'
import { ask, type Method } from '../../data/api.ts'
import { queries } from '../../data/client.ts'
import { withProof } from '../../data/commands.ts'
import { notify } from '../../state/notices.ts'

const EVERY_MS = 30_000

function useList<T>(what: string, enabled = true): UseQueryResult<readonly T[]> {
  return useQuery({
    queryKey: ['people', what],
    queryFn: ({ signal }) => ask<readonly T[]>('GET', `/api/v1/${what}`, undefined, signal),
    refetchInterval: EVERY_MS,
    enabled,
  })
}

export const useUsers = (enabled: boolean): UseQueryResult<readonly UserView[]> => useList<UserView>('users', enabled)
export const useSessions = (): UseQueryResult<readonly OpenSession[]> => useList<OpenSession>('sessions')
export const useTokens = (): UseQueryResult<readonly TokenView[]> => useList<TokenView>('tokens')

/** A change of people and keys: a new proof where one is asked for, then everything is read anew. */
function useChange<B, T>(method: Method, path: string, what: string) {
  return useMutation({
    mutationFn: (body: B) => withProof(what, () => ask<T>(method, path, body)),
    onError: (error) => void notify({ tone: 'bad', text: `${what}: ${error.message}`, lasts: null }),
    onSuccess(result) {
      if (result === null) return
      notify({ tone: 'good', text: `${what}: done.` })
      void queries.invalidateQueries({ queryKey: ['people'] })
    },
  })
}

export const useAddUser = () => useChange<NewUser, UserCreated>('POST', '/api/v1/users', 'Adding a user')
export const useChangeUser = () => useChange<UserChange, UserCreated>('PATCH', '/api/v1/users', 'Changing a user')
export const useRemoveUser = () =>
  useChange<{ readonly name: string }, unknown>('DELETE', '/api/v1/users', 'Removing a user')
export const useEndSession = () =>
  useChange<{ readonly id: string }, unknown>('DELETE', '/api/v1/sessions', 'Ending a session')
export const useAddToken = () => useChange<NewToken, TokenCreated>('POST', '/api/v1/tokens', 'Making a key')
export const useRemoveToken = () =>
  useChange<{ readonly id: string }, unknown>('DELETE', '/api/v1/tokens', 'Revoking a key')

/** Each carries its own proof. */
export function useChangeOwn() {
  return useMutation({
    mutationFn: (body: OwnChange) => ask<SessionView>('PATCH', '/api/v1/session', body),
    onError: (error) => void notify({ tone: 'bad', text: `Your account: ${error.message}`, lasts: null }),
    onSuccess() {
      notify({ tone: 'good', text: 'Your account: changed; your other sessions have ended.' })
      void queries.invalidateQueries({ queryKey: ['people'] })
    },
  })
}

export function useNewOwnCodes() {
  return useMutation({
    mutationFn: () => ask<TotpView>('POST', '/api/v1/session/codes', {}),
    onError: (error) => void notify({ tone: 'bad', text: `Your codes: ${error.message}`, lasts: null }),
  })
}
