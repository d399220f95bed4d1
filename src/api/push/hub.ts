/**
 * Tells all who look at a portfolio what has changed: one reading of the store for all of them, one text for each frame.
 * Frames are numbered; who was away goes on where it stopped, or is told to read everything anew.
 */
import type { PushData, PushKind } from '../contract/push.ts'
import type { ApiPorts } from '../ports.ts'
import type { Readings } from '../readings.ts'
import { attention } from '../views/activity.ts'
import { engineView } from '../views/figures.ts'
import { moment } from '../views/moments.ts'
import { changesOf, type Told } from './changes.ts'

/** One frame of each kind in this time at most. */
const PACE_MS = 1_000
const BEAT_MS = 5_000
/** Frames that are kept for who comes back. */
const KEPT_FRAMES = 400
const KEPT_BYTES = 2 << 20
/** A client that has not taken so much yet is given nothing more until it has. */
const OWED_MOST = 256 << 10
/** A portfolio that nobody has looked at for so long is not read any more. */
const REST_MS = 60_000

export interface Socket {
  send(text: string): void
  close(code: number, reason: string): void
  readonly bufferedAmount: number
}

export interface Client {
  readonly socket: Socket
  readonly user: string
  /** Of the session: closed with it. */
  readonly session: string | null
  /** Whether it may still look. */
  isWelcome(): Promise<boolean>
}

export interface Push {
  /** @param from number of the last frame that the client has; null: it comes for the first time */
  join(portfolio: string, client: Client, from: number | null): Promise<void>
  drop(portfolio: string, client: Client): void
  tell<Kind extends PushKind>(portfolio: string, kind: Kind, data: PushData[Kind]): void
  /** The session has ended: its sockets close. */
  leave(session: string): void
  seats(user: string, session: string | null): Seats
  close(): void
}

/** How many listen. */
export interface Seats {
  readonly all: number
  readonly ofUser: number
  /** 0 where there is none. */
  readonly ofSession: number
}

interface Frame {
  readonly n: number
  readonly text: string
}

interface Seat extends Client {
  isGapped: boolean
}

interface Room {
  readonly portfolio: string
  readonly seats: Set<Seat>
  n: number
  frames: Frame[]
  bytes: number
  told: Told | null
  seq: number
  beatAt: number
  emptySince: number
  isBusy: boolean
}

export function pushHub(ports: ApiPorts, readings: Readings, version: string): Push {
  const rooms = new Map<string, Room>()
  const timer = setInterval(() => {
    for (const room of rooms.values()) void look(room)
  }, PACE_MS)
  timer.unref()

  function roomOf(portfolio: string): Room {
    const found = rooms.get(portfolio)
    if (found !== undefined) return found
    // A server that starts again goes on above all numbers of the one before.
    const fresh = { n: ports.now(), frames: [], bytes: 0, told: null, seq: -1, beatAt: 0, emptySince: 0, isBusy: false }
    const room: Room = { portfolio, seats: new Set(), ...fresh }
    rooms.set(portfolio, room)
    return room
  }

  function textOf(room: Room, kind: PushKind, data: unknown): string {
    return JSON.stringify({ n: room.n, seq: room.seq, at: moment(ports.now()), kind, data })
  }

  /** Numbers it, keeps it, and gives it to all who can take it. */
  function publish(room: Room, kind: PushKind, data: unknown): void {
    room.n += 1
    const text = textOf(room, kind, data)
    room.frames.push({ n: room.n, text })
    room.bytes += text.length
    while (room.frames.length > KEPT_FRAMES || (room.bytes > KEPT_BYTES && room.frames.length > 1)) {
      room.bytes -= room.frames.shift()!.text.length
    }
    for (const seat of room.seats) give(room, seat, text)
  }

  function give(room: Room, seat: Seat, text: string): void {
    const { socket } = seat
    if (socket.bufferedAmount > OWED_MOST) {
      seat.isGapped = true
      return
    }
    if (seat.isGapped) {
      seat.isGapped = false
      socket.send(textOf(room, 'gap', { reason: 'slow' }))
    }
    socket.send(text)
  }

  async function look(room: Room): Promise<void> {
    const now = ports.now()
    if (room.seats.size === 0) {
      if (now - room.emptySince > REST_MS) rooms.delete(room.portfolio)
      return
    }
    if (room.isBusy) return
    room.isBusy = true
    try {
      await read(room)
      if (now - room.beatAt >= BEAT_MS) await beat(room, now)
    } catch (error) {
      ports.log.warn('what has changed could not be told', { portfolio: room.portfolio, error })
    } finally {
      room.isBusy = false
    }
  }

  async function read(room: Room): Promise<void> {
    const basis = await readings.basis(room.portfolio)
    if (basis === null) return
    room.seq = basis.seq
    const { told, frames } = await changesOf(ports.store, basis, room.told)
    room.told = told
    for (const { kind, data } of frames) publish(room, kind, data)
  }

  async function beat(room: Room, now: number): Promise<void> {
    room.beatAt = now
    for (const seat of room.seats) {
      if (await seat.isWelcome()) continue
      room.seats.delete(seat)
      seat.socket.close(4401, 'the session has ended')
    }
    const basis = await readings.basis(room.portfolio)
    if (basis === null) return
    publish(room, 'beat', { engine: engineView(basis), attention: attention(basis) })
  }

  return {
    async join(portfolio, client, from) {
      const room = roomOf(portfolio)
      // Nobody sits in it yet: it must not be taken away before somebody does.
      room.emptySince = ports.now()
      if (room.told === null) await read(room)
      const basis = await readings.basis(portfolio)
      const engine = basis === null ? null : engineView(basis)
      // Nothing is waited for from here on: a frame that came meanwhile would be told to nobody.
      const seat: Seat = Object.assign(client, { isGapped: false })
      const missed = from === null ? [] : room.frames.filter(({ n }) => n > from)
      const first = room.frames[0]?.n ?? room.n + 1
      const resumed = from !== null && from <= room.n && from + 1 >= first
      seat.socket.send(textOf(room, 'hello', { resumed, version, engine }))
      if (resumed) for (const { text } of missed) seat.socket.send(text)
      else if (from !== null) seat.socket.send(textOf(room, 'gap', { reason: 'forgotten' }))
      room.seats.add(seat)
    },
    drop(portfolio, client) {
      const room = rooms.get(portfolio)
      room?.seats.delete(client as Seat)
      if (room?.seats.size === 0) room.emptySince = ports.now()
    },
    tell(portfolio, kind, data) {
      const room = rooms.get(portfolio)
      if (room !== undefined) publish(room, kind, data)
    },
    leave(session) {
      for (const room of rooms.values())
        for (const seat of room.seats) {
          if (seat.session !== session) continue
          room.seats.delete(seat)
          seat.socket.close(4401, 'the session has ended')
        }
    },
    seats(user, session) {
      const all = [...rooms.values()].flatMap(({ seats }) => [...seats])
      return {
        all: all.length,
        ofUser: all.filter((seat) => seat.user === user).length,
        ofSession: session === null ? 0 : all.filter((seat) => seat.session === session).length,
      }
    },
    close() {
      clearInterval(timer)
      for (const { seats } of rooms.values()) for (const { socket } of seats) socket.close(1001, 'the server stops')
      rooms.clear()
    },
  }
}
