import { WebSocket } from 'ws'
import * as Y from 'yjs'
import { lastSeqOf } from '#common/documents/chat-document.ts'
import { parseRoom } from '#common/domain/ids.ts'
import {
  decodeServerFrame,
  encodeClientFrame,
  type ClientFrame,
  type ServerFrame,
} from '#common/protocol/control-frames.ts'
import { controlChannel, decodeFrames, FrameBatch } from '#common/protocol/frames.ts'
import { protocolVersion, syncSubprotocol } from '#common/protocol/version.ts'
import type { ServerProcess } from '../server-process.ts'
import type { Followed } from './contestant.ts'

export type FeedMemory = { cursor: string; documents: Map<string, Y.Doc> }

/** Follows all rooms by the feed and applies every change to a document, as the peers' clients do. */
export async function followFeed(
  server: ServerProcess,
  token: string,
  rooms: string[],
  isComplete: (count: (room: string) => number) => boolean,
  from: FeedMemory | undefined,
): Promise<Followed> {
  const wanted = new Set(rooms)
  const documents = from?.documents ?? new Map<string, Y.Doc>()
  const memory: FeedMemory = { cursor: from?.cursor ?? '', documents }
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/sync`, [syncSubprotocol], {
    perMessageDeflate: false,
  })
  const batch = new FrameBatch(queueMicrotask, (message) => socket.send(message))
  const send = (frame: ClientFrame): void => batch.add(controlChannel, encodeClientFrame(frame))
  const count = (room: string): number => lastSeqOf(documents.get(room) ?? new Y.Doc())

  await new Promise<void>((resolve, reject) => {
    const take = (frame: ServerFrame): void => {
      if (frame.type === 'WELCOME') send({ type: 'SINCE', cursor: from?.cursor ?? null, scope: 'open' })
      if (frame.type === 'ERROR') reject(new Error(frame.message))
      if (frame.type === 'CHANGES' && wanted.has(frame.room) && parseRoom(frame.room)?.kind === 'chat') {
        const document = documents.get(frame.room) ?? new Y.Doc({ guid: frame.room })
        documents.set(frame.room, document)
        document.transact(() => {
          for (const update of frame.updates) Y.applyUpdate(document, update)
        })
      }
      if (frame.type === 'CAUGHT_UP') {
        memory.cursor = frame.cursor
        if (isComplete(count)) resolve()
        else reject(new Error('the feed said «caught up» while messages were missing'))
      }
    }
    socket.on('open', () => send({ type: 'HELLO', token, deviceId: crypto.randomUUID(), version: protocolVersion }))
    socket.on('error', reject)
    socket.on('close', (code) => reject(new Error(`closed with ${code}`)))
    socket.on('message', (message: Buffer) => {
      const frames = decodeFrames(message)
      for (const { payload } of frames.ok ? frames.value : []) {
        const frame = decodeServerFrame(payload)
        if (frame.ok) take(frame.value)
      }
    })
  })
  return { memory, close: () => socket.terminate() }
}
