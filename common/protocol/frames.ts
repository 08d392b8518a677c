import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { fail, succeed, type Result } from '../domain/result.ts'

/** Largest WebSocket message either side accepts, in bytes. */
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
  private encoder: encoding.Encoder | undefined
  private readonly schedule: (flush: () => void) => void
  private readonly send: (message: Uint8Array) => void

  /** `schedule` calls back at the end of the tick; `send` gives one WebSocket message to the socket. */
  constructor(schedule: (flush: () => void) => void, send: (message: Uint8Array) => void) {
    this.schedule = schedule
    this.send = send
  }

  add(channel: number, payload: Uint8Array): void {
    if (this.encoder && encoding.length(this.encoder) + payload.length > batchBytes) this.flush()
    if (this.encoder === undefined) {
      this.encoder = encoding.createEncoder()
      this.schedule(() => this.flush())
    }
    encoding.writeVarUint(this.encoder, channel)
    encoding.writeVarUint8Array(this.encoder, payload)
  }

  flush(): void {
    const encoder = this.encoder
    if (encoder === undefined) return
    this.encoder = undefined
    this.send(encoding.toUint8Array(encoder))
  }
}
