import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { concatBytes } from '../domain/bytes.ts'
import { fail, succeed, type Result } from '../domain/result.ts'

/** Largest WebSocket message that a server takes, in bytes. A client takes larger ones: a room may come in one piece. */
export const frameMaxBytes = 1_048_576

/** A batch is sent once it holds this many bytes, without waiting for the end of the tick. */
const batchBytes = 60_000

export const controlChannel = 0

/** One frame of `GET /sync`: channel 0 carries control frames, any other the y-websocket messages of an opened room. */
export type Frame = { channel: number; payload: Uint8Array }

/** Reads all frames of one WebSocket message: `[varuint channel][varuint length][payload]` again and again. */
export function decodeFrames(message: Uint8Array): Result<Frame[], string> {
  const frames: Frame[] = []
  try {
    const decoder = decoding.createDecoder(message)
    while (decoding.hasContent(decoder)) {
      const channel = decoding.readVarUint(decoder)
      frames.push({ channel, payload: decoding.readVarUint8Array(decoder) })
    }
  } catch {
    return fail('torn frame')
  }
  return frames.length === 0 ? fail('empty message') : succeed(frames)
}

/** Collects the frames of one tick into as few WebSocket messages as possible. */
export class FrameBatch {
  private parts: Uint8Array[] = []
  private bytes = 0
  private readonly schedule: (flush: () => void) => void
  private readonly send: (message: Uint8Array) => void

  /** `schedule` calls back at the end of the tick; `send` gives one WebSocket message to the socket. */
  constructor(schedule: (flush: () => void) => void, send: (message: Uint8Array) => void) {
    this.schedule = schedule
    this.send = send
  }

  add(channel: number, payload: Uint8Array): void {
    if (this.parts.length > 0 && this.bytes + payload.length > batchBytes) this.flush()
    if (this.parts.length === 0) this.schedule(() => this.flush())
    const head = encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, channel)
      encoding.writeVarUint(encoder, payload.length)
    })
    this.parts.push(head, payload)
    this.bytes += head.length + payload.length
  }

  flush(): void {
    if (this.parts.length === 0) return
    const message = concatBytes(this.parts)
    this.parts = []
    this.bytes = 0
    this.send(message)
  }
}
