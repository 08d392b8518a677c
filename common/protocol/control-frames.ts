import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import * as z from 'zod/mini'
import { fail, succeed, type Result } from '../domain/result.ts'
import type { RoomName, Seq } from '../domain/ids.ts'
import { standingSchema, type Standing } from './http-api.ts'
import { refusalCodes } from './refusals.ts'

/**
 * Frames of channel 0 of `GET /sync`: a varuint opcode, then the fields in the order written here. What is rare is JSON in
 * a varstring; what is frequent (CHANGES) is binary. Source: SPEC.md, section «Control frames».
 */

/** An opaque token of the server: where in its history a client stands. */
export type Cursor = string

/** `open`: not closed, or closed at most 30 days ago; `all`: everything visible. */
export const scopes = ['open', 'all'] as const
export type Scope = (typeof scopes)[number]

export const helloSchema = z.object({
  token: z.string(),
  deviceId: z.string().check(z.regex(/^[0-9A-Za-z-]{1,40}$/)),
  version: z.int(),
})
export const welcomeSchema = z.object({
  userId: z.string(),
  /** ms since 1970. */
  serverTime: z.number(),
  /** Epoch of the server's history; it rises when a backup was restored. */
  epoch: z.int(),
  limits: z.object({ frameBytes: z.int(), commandBytes: z.int() }),
})
export type Welcome = z.infer<typeof welcomeSchema>
const sinceSchema = z.object({ cursor: z.nullable(z.string()), scope: z.enum(scopes) })
const errorSchema = z.object({ code: z.enum(refusalCodes), message: z.string(), room: z.optional(z.string()) })

export type ClientFrame =
  | { type: 'HELLO'; token: string; deviceId: string; version: number }
  | { type: 'TOKEN'; token: string }
  | { type: 'OPEN'; channel: number; room: RoomName }
  | { type: 'CLOSE'; channel: number; code?: number | undefined; reason?: string | undefined }
  | { type: 'SINCE'; cursor: Cursor | null; scope: Scope }
  /** Asks for the changes of one room after `from`: the client found a gap or opened a room outside its scope. */
  | { type: 'FETCH'; room: RoomName; from: Seq }
  /** Everything up to `cursor` is stored on this device: messages up to there count as delivered. */
  | { type: 'APPLIED'; cursor: Cursor }
  /** A browser's WebSocket can not ping: this tells a living connection from a half-open one. */
  | { type: 'PING' }

export type ServerFrame =
  | { type: 'WELCOME'; welcome: Welcome }
  | { type: 'CLOSE'; channel: number; code: number; reason: string }
  /** Updates `from + 1 … to` of a room, each a Yjs update; one update may stand for several numbers when it comes from a snapshot. */
  | { type: 'CHANGES'; room: RoomName; epoch: number; from: Seq; to: Seq; updates: Uint8Array[] }
  /** The room became visible; its whole content follows. */
  | { type: 'GRANT'; room: RoomName }
  | { type: 'REVOKE'; room: RoomName }
  /** Keep this cursor: what came so far is complete up to it. During a first sync it tells where to go on. */
  | { type: 'CURSOR'; cursor: Cursor }
  /** As CURSOR, and nothing more is waiting; live frames follow, each batch with the next one of these. */
  | { type: 'CAUGHT_UP'; cursor: Cursor }
  | { type: 'ERROR'; code: z.infer<typeof errorSchema>['code']; message: string; room?: RoomName | undefined }
  /** Who the user is now and what the organisation has switched on: after WELCOME, and again before anything that a change of rights brings. */
  | { type: 'STANDING'; standing: Standing }
  | { type: 'SHUTDOWN' }
  | { type: 'PONG' }

const clientOpcodes = { HELLO: 1, TOKEN: 2, OPEN: 3, CLOSE: 4, SINCE: 5, FETCH: 6, APPLIED: 7, PING: 8 } as const
const serverOpcodes = {
  WELCOME: 16,
  CLOSE: 17,
  CHANGES: 18,
  GRANT: 19,
  REVOKE: 20,
  CURSOR: 21,
  CAUGHT_UP: 22,
  ERROR: 23,
  SHUTDOWN: 24,
  PONG: 25,
  STANDING: 26,
} as const

/** For the test that hashes the wire format. */
export const opcodes = { client: clientOpcodes, server: serverOpcodes }

export function encodeClientFrame(frame: ClientFrame): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, clientOpcodes[frame.type])
    switch (frame.type) {
      case 'HELLO':
        return encoding.writeVarString(
          encoder,
          JSON.stringify({ token: frame.token, deviceId: frame.deviceId, version: frame.version }),
        )
      case 'TOKEN':
        return encoding.writeVarString(encoder, frame.token)
      case 'OPEN':
        encoding.writeVarUint(encoder, frame.channel)
        return encoding.writeVarString(encoder, frame.room)
      case 'CLOSE':
        return writeClose(encoder, frame.channel, frame.code ?? 1000, frame.reason ?? '')
      case 'SINCE':
        return encoding.writeVarString(encoder, JSON.stringify({ cursor: frame.cursor, scope: frame.scope }))
      case 'FETCH':
        encoding.writeVarString(encoder, frame.room)
        return encoding.writeVarUint(encoder, frame.from)
      case 'APPLIED':
        return encoding.writeVarString(encoder, frame.cursor)
      case 'PING':
        return
    }
  })
}

export function decodeClientFrame(payload: Uint8Array): Result<ClientFrame, string> {
  return decodeWith(payload, (decoder, opcode): ClientFrame | undefined => {
    switch (opcode) {
      case clientOpcodes.HELLO:
        return { type: 'HELLO', ...helloSchema.parse(readJson(decoder)) }
      case clientOpcodes.TOKEN:
        return { type: 'TOKEN', token: decoding.readVarString(decoder) }
      case clientOpcodes.OPEN:
        return { type: 'OPEN', channel: decoding.readVarUint(decoder), room: decoding.readVarString(decoder) }
      case clientOpcodes.CLOSE:
        return { type: 'CLOSE', ...readClose(decoder) }
      case clientOpcodes.SINCE:
        return { type: 'SINCE', ...sinceSchema.parse(readJson(decoder)) }
      case clientOpcodes.FETCH:
        return { type: 'FETCH', room: decoding.readVarString(decoder), from: decoding.readVarUint(decoder) }
      case clientOpcodes.APPLIED:
        return { type: 'APPLIED', cursor: decoding.readVarString(decoder) }
      case clientOpcodes.PING:
        return { type: 'PING' }
      default:
        return undefined
    }
  })
}

export function encodeServerFrame(frame: ServerFrame): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, serverOpcodes[frame.type])
    switch (frame.type) {
      case 'WELCOME':
        return encoding.writeVarString(encoder, JSON.stringify(frame.welcome))
      case 'STANDING':
        return encoding.writeVarString(encoder, JSON.stringify(frame.standing))
      case 'CLOSE':
        return writeClose(encoder, frame.channel, frame.code, frame.reason)
      case 'CHANGES':
        encoding.writeVarString(encoder, frame.room)
        encoding.writeVarUint(encoder, frame.epoch)
        encoding.writeVarUint(encoder, frame.from)
        encoding.writeVarUint(encoder, frame.to)
        encoding.writeVarUint(encoder, frame.updates.length)
        for (const update of frame.updates) encoding.writeVarUint8Array(encoder, update)
        return
      case 'GRANT':
      case 'REVOKE':
        return encoding.writeVarString(encoder, frame.room)
      case 'CURSOR':
      case 'CAUGHT_UP':
        return encoding.writeVarString(encoder, frame.cursor)
      case 'ERROR':
        return encoding.writeVarString(
          encoder,
          JSON.stringify({ code: frame.code, message: frame.message, room: frame.room }),
        )
      case 'SHUTDOWN':
      case 'PONG':
        return
    }
  })
}

export function decodeServerFrame(payload: Uint8Array): Result<ServerFrame, string> {
  return decodeWith(payload, (decoder, opcode): ServerFrame | undefined => {
    switch (opcode) {
      case serverOpcodes.WELCOME:
        return { type: 'WELCOME', welcome: welcomeSchema.parse(readJson(decoder)) }
      case serverOpcodes.STANDING:
        return { type: 'STANDING', standing: standingSchema.parse(readJson(decoder)) }
      case serverOpcodes.CLOSE:
        return { type: 'CLOSE', ...readClose(decoder) }
      case serverOpcodes.CHANGES:
        return readChanges(decoder)
      case serverOpcodes.GRANT:
        return { type: 'GRANT', room: decoding.readVarString(decoder) }
      case serverOpcodes.REVOKE:
        return { type: 'REVOKE', room: decoding.readVarString(decoder) }
      case serverOpcodes.CURSOR:
        return { type: 'CURSOR', cursor: decoding.readVarString(decoder) }
      case serverOpcodes.CAUGHT_UP:
        return { type: 'CAUGHT_UP', cursor: decoding.readVarString(decoder) }
      case serverOpcodes.ERROR:
        return { type: 'ERROR', ...errorSchema.parse(readJson(decoder)) }
      case serverOpcodes.SHUTDOWN:
        return { type: 'SHUTDOWN' }
      case serverOpcodes.PONG:
        return { type: 'PONG' }
      default:
        return undefined
    }
  })
}

/** Decoders throw on torn input; this is the edge where that becomes a value. */
function decodeWith<Frame>(
  payload: Uint8Array,
  read: (decoder: decoding.Decoder, opcode: number) => Frame | undefined,
): Result<Frame, string> {
  try {
    const decoder = decoding.createDecoder(payload)
    const opcode = decoding.readVarUint(decoder)
    const frame = read(decoder, opcode)
    if (frame === undefined) return fail(`unknown opcode ${opcode}`)
    if (decoding.hasContent(decoder)) return fail('bytes after the frame')
    return succeed(frame)
  } catch {
    return fail('not a control frame')
  }
}

function readJson(decoder: decoding.Decoder): unknown {
  return JSON.parse(decoding.readVarString(decoder))
}

function writeClose(encoder: encoding.Encoder, channel: number, code: number, reason: string): void {
  encoding.writeVarUint(encoder, channel)
  encoding.writeVarUint(encoder, code)
  encoding.writeVarString(encoder, reason)
}

function readClose(decoder: decoding.Decoder): { channel: number; code: number; reason: string } {
  return {
    channel: decoding.readVarUint(decoder),
    code: decoding.readVarUint(decoder),
    reason: decoding.readVarString(decoder),
  }
}

function readChanges(decoder: decoding.Decoder): ServerFrame {
  const room = decoding.readVarString(decoder)
  const epoch = decoding.readVarUint(decoder)
  const from = decoding.readVarUint(decoder)
  const to = decoding.readVarUint(decoder)
  const updates: Uint8Array[] = []
  for (let rest = decoding.readVarUint(decoder); rest > 0; rest--) updates.push(decoding.readVarUint8Array(decoder))
  return { type: 'CHANGES', room, epoch, from, to, updates }
}
