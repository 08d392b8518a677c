import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeClientFrame,
  decodeServerFrame,
  encodeClientFrame,
  encodeServerFrame,
  type ClientFrame,
  type ServerFrame,
} from '#common/protocol/control-frames.ts'
import { decodeFrames, FrameBatch, type Frame } from '#common/protocol/frames.ts'
import { decodeRoomMessage, encodeRoomMessage, type RoomMessage } from '#common/protocol/room-messages.ts'

const bytes = fc.uint8Array({ maxLength: 300 })
const number = fc.nat()
const text = fc.string({ unit: 'grapheme', maxLength: 50 })
const id = fc.stringMatching(/^[0-9A-Za-z-]{1,40}$/)

const clientFrame: fc.Arbitrary<ClientFrame> = fc.oneof(
  fc.record({ type: fc.constant('HELLO' as const), token: text, deviceId: id, version: fc.nat() }),
  fc.record({ type: fc.constant('TOKEN' as const), token: text }),
  fc.record({ type: fc.constant('OPEN' as const), channel: number, room: text }),
  fc.record({ type: fc.constant('CLOSE' as const), channel: number, code: fc.nat(5000), reason: text }),
  fc.record({
    type: fc.constant('SINCE' as const),
    cursor: fc.option(text),
    scope: fc.constantFrom('open' as const, 'all' as const),
  }),
  fc.record({ type: fc.constant('FETCH' as const), room: text, from: number }),
  fc.record({ type: fc.constant('APPLIED' as const), cursor: text }),
  fc.record({ type: fc.constant('PING' as const) }),
)

const serverFrame: fc.Arbitrary<ServerFrame> = fc.oneof(
  fc.record({
    type: fc.constant('WELCOME' as const),
    welcome: fc.record({
      userId: text,
      serverTime: fc.nat(),
      epoch: fc.nat(),
      limits: fc.record({ frameBytes: fc.nat(), commandBytes: fc.nat() }),
    }),
  }),
  fc.record({ type: fc.constant('CLOSE' as const), channel: number, code: fc.nat(5000), reason: text }),
  fc.record({
    type: fc.constant('CHANGES' as const),
    room: text,
    epoch: number,
    from: number,
    to: number,
    updates: fc.array(bytes),
  }),
  fc.record({ type: fc.constantFrom('GRANT' as const, 'REVOKE' as const), room: text }),
  fc.record({ type: fc.constantFrom('CURSOR' as const, 'CAUGHT_UP' as const), cursor: text }),
  fc.record({
    type: fc.constant('ERROR' as const),
    code: fc.constantFrom('E_EPOCH' as const, 'E_RATE' as const),
    message: text,
    room: text,
  }),
  fc.record({ type: fc.constantFrom('SHUTDOWN' as const, 'PONG' as const) }),
)

const roomMessage: fc.Arbitrary<RoomMessage> = fc.oneof(
  fc.record({ type: fc.constant('sync-step-1' as const), stateVector: bytes }),
  fc.record({ type: fc.constantFrom('sync-step-2' as const, 'update' as const, 'awareness' as const), update: bytes }),
  fc.record({ type: fc.constant('query-awareness' as const) }),
)

describe('control frames', () => {
  it('of the client come back as they were written', () => {
    fc.assert(
      fc.property(clientFrame, (frame) => {
        expect(decodeClientFrame(encodeClientFrame(frame))).toEqual({ ok: true, value: frame })
      }),
    )
  })

  it('of the server come back as they were written', () => {
    fc.assert(
      fc.property(serverFrame, (frame) => {
        expect(decodeServerFrame(encodeServerFrame(frame))).toEqual({ ok: true, value: frame })
      }),
    )
  })

  it('from a hostile sender are refused as a value, never thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (payload) => {
        expect(typeof decodeClientFrame(payload).ok).toBe('boolean')
        expect(typeof decodeServerFrame(payload).ok).toBe('boolean')
        expect(typeof decodeRoomMessage(payload).ok).toBe('boolean')
      }),
      { numRuns: 5000 },
    )
  })

  it('are refused when cut short or followed by more bytes', () => {
    fc.assert(
      fc.property(clientFrame, (frame) => {
        const whole = encodeClientFrame(frame)
        expect(decodeClientFrame(new Uint8Array([...whole, 0])).ok).toBe(false)
        for (let length = 0; length < whole.length; length++)
          expect(decodeClientFrame(whole.subarray(0, length)).ok).toBe(false)
      }),
    )
  })
})

describe('room messages', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(roomMessage, (message) => {
        expect(decodeRoomMessage(encodeRoomMessage(message))).toEqual({ ok: true, value: message })
      }),
    )
  })
})

describe('frame batches', () => {
  it('S1: carry all frames in order, in messages that stay small', () => {
    const frames = fc.array(fc.record({ channel: fc.nat(), payload: fc.uint8Array({ maxLength: 30_000 }) }), {
      maxLength: 30,
    })
    fc.assert(
      fc.property(frames, (input) => {
        const sent: Uint8Array[] = []
        const endOfTick: (() => void)[] = []
        const batch = new FrameBatch(
          (flush) => endOfTick.push(flush),
          (message) => sent.push(message),
        )
        for (const frame of input) batch.add(frame.channel, frame.payload)
        for (const flush of endOfTick) flush()
        const received = sent.flatMap((message): Frame[] => {
          expect(message.length).toBeLessThan(100_000)
          const decoded = decodeFrames(message)
          return decoded.ok ? decoded.value : []
        })
        expect(received).toEqual(input)
      }),
      { numRuns: 50 },
    )
  })

  it('refuse a torn or empty message', () => {
    expect(decodeFrames(new Uint8Array()).ok).toBe(false)
    expect(decodeFrames(new Uint8Array([0, 5, 1])).ok).toBe(false)
    expect(decodeFrames(new Uint8Array([255, 255, 255, 255, 255, 255, 255, 255, 255, 255])).ok).toBe(false)
  })
})
