import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { messageYjsSyncStep1, messageYjsSyncStep2, messageYjsUpdate } from 'y-protocols/sync'
import { fail, succeed, type Result } from '../domain/result.ts'

/**
 * The y-websocket messages of one room. Parsed here without applying anything: y-protocols' own reader applies first and
 * looks later, which a server with rules can not afford.
 */
export type RoomMessage =
  | { type: 'sync-step-1'; stateVector: Uint8Array }
  | { type: 'sync-step-2'; update: Uint8Array }
  | { type: 'update'; update: Uint8Array }
  | { type: 'awareness'; update: Uint8Array }
  | { type: 'query-awareness' }

// Numbers of y-websocket's message types; the package exports them only together with its provider.
const messageSync = 0
const messageAwareness = 1
const messageQueryAwareness = 3

export function decodeRoomMessage(payload: Uint8Array): Result<RoomMessage, string> {
  try {
    const decoder = decoding.createDecoder(payload)
    const message = readRoomMessage(decoder)
    if (message === undefined) return fail('unknown message type')
    return decoding.hasContent(decoder) ? fail('bytes after the message') : succeed(message)
  } catch {
    return fail('torn message')
  }
}

function readRoomMessage(decoder: decoding.Decoder): RoomMessage | undefined {
  const type = decoding.readVarUint(decoder)
  if (type === messageQueryAwareness) return { type: 'query-awareness' }
  if (type === messageAwareness) return { type: 'awareness', update: decoding.readVarUint8Array(decoder) }
  if (type !== messageSync) return undefined
  switch (decoding.readVarUint(decoder)) {
    case messageYjsSyncStep1:
      return { type: 'sync-step-1', stateVector: decoding.readVarUint8Array(decoder) }
    case messageYjsSyncStep2:
      return { type: 'sync-step-2', update: decoding.readVarUint8Array(decoder) }
    case messageYjsUpdate:
      return { type: 'update', update: decoding.readVarUint8Array(decoder) }
    default:
      return undefined
  }
}

export function encodeRoomMessage(message: RoomMessage): Uint8Array {
  return encoding.encode((encoder) => {
    switch (message.type) {
      case 'sync-step-1':
        return writeSync(encoder, messageYjsSyncStep1, message.stateVector)
      case 'sync-step-2':
        return writeSync(encoder, messageYjsSyncStep2, message.update)
      case 'update':
        return writeSync(encoder, messageYjsUpdate, message.update)
      case 'awareness':
        encoding.writeVarUint(encoder, messageAwareness)
        return encoding.writeVarUint8Array(encoder, message.update)
      case 'query-awareness':
        return encoding.writeVarUint(encoder, messageQueryAwareness)
    }
  })
}

function writeSync(encoder: encoding.Encoder, step: number, body: Uint8Array): void {
  encoding.writeVarUint(encoder, messageSync)
  encoding.writeVarUint(encoder, step)
  encoding.writeVarUint8Array(encoder, body)
}
