/** One thing that can be asked: what goes in, what comes out, and who may. The server, its document and its tests read it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Role } from '../../domain/access.ts'
import type { Caller } from '../access/callers.ts'
import type { RoomRules } from '../access/pace.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** `anyone`: nobody has to be signed in; `local`: so on this machine alone, elsewhere a viewer. */
export type Who = 'anyone' | 'local' | Role

export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** Null where nobody is signed in, and nobody has to be. */
  readonly caller: Caller | null
  readonly now: number
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

export interface Endpoint {
  readonly method: Method
  /** `/api/v1/p/:portfolio/figures` */
  readonly path: string
  /** Of the function that asks it. */
  readonly name: string
  readonly summary: string
  readonly tag: string
  readonly who: Who
  /** The passphrase must have been given again lately. */
  readonly isDangerous?: boolean
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  /** Null: what comes out is a file. */
  readonly answer: z.ZodType | null
  readonly status?: 200 | 201 | 202 | 204
  /** The same answer comes with 503 where something is not ready. */
  readonly mayBeUnready?: boolean
  /** The page or file that whoever asks this looks at; left out: nothing that is written down. */
  readonly seen?: string
  /** Bytes that a body may have; left out: as much as any. */
  readonly bodyMost?: number
  /** Takes long: so many at once; left out: as many as are asked for. */
  readonly rooms?: RoomRules
  /** Of a change: how what it is about stands before, for the audit log; nothing secret. Left out: nothing is said. */
  standing?(call: Call): Promise<unknown>
  run(call: Call): Promise<unknown>
}

type Of<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined

/** An endpoint whose function knows the types of what comes in, and is held to the type of what goes out. */
export function endpoint<
  Answer extends z.ZodType | null,
  Params extends z.ZodType | undefined = undefined,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(
  spec: Omit<Endpoint, 'params' | 'query' | 'body' | 'answer' | 'standing' | 'run'> & {
    readonly params?: Params
    readonly query?: Query
    readonly body?: Body
    readonly answer: Answer
    standing?(call: Call<Of<Params>, Of<Query>, Of<Body>>): Promise<unknown>
    run(
      call: Call<Of<Params>, Of<Query>, Of<Body>>,
    ): Promise<Answer extends z.ZodType ? ReadonlyDeep<z.output<Answer>> : unknown>
  },
): Endpoint {
  return spec as unknown as Endpoint
}

type ReadonlyDeep<T> = T extends readonly (infer Item)[]
  ? readonly ReadonlyDeep<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: ReadonlyDeep<T[Key]> }
    : T
