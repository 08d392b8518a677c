import { Awareness } from 'y-protocols/awareness'
import { WebsocketProvider } from 'y-websocket'
import {
  appendCommand,
  clearRefused,
  observeOutbox,
  readCommands,
  readRefused,
} from '#common/documents/outbox-document.ts'
import { commandIdOf, type Command } from '#common/domain/command.ts'
import { outboxRoom, type CommandId, type DeviceId, type FillRandom } from '#common/domain/ids.ts'
import type { Refusal } from '#common/protocol/refusals.ts'
import { createDocument } from './chance.ts'

/** What the server said about the commands in the document. */
export type Settled = { taken: CommandId[]; refused: Map<CommandId, Refusal> }

/** The outbox document of one connection, under an unmodified provider: begun empty, never stored, left with the connection. */
export type OutboxDocument = {
  /** Commands in the document that the server has not struck off, in their order. */
  ids(): readonly CommandId[]
  append(commands: readonly Command[]): void
  /** The refusals are kept elsewhere now. */
  forgetRefusals(ids: readonly CommandId[]): void
  close(): void
}

export type OutboxDocumentOptions = {
  deviceId: DeviceId
  fillRandom: FillRandom
  channelClass: typeof WebSocket
  settled(settled: Settled): void
  /** The server closed the room, not the whole connection. */
  closed(code: number, reason: string): void
}

/** Close code of channels whose physical socket is gone. */
const cut = 1006

export function openOutboxDocument(options: OutboxDocumentOptions): OutboxDocument {
  const document = createDocument(options.fillRandom)
  const awareness = new Awareness(document)
  // Nobody looks at a device's outbox: without a state of its own it is silent.
  awareness.setLocalState(null)
  const provider = new WebsocketProvider('channel:', outboxRoom(options.deviceId), document, {
    WebSocketPolyfill: options.channelClass,
    disableBc: true,
    awareness,
    shouldReconnect: () => false,
  })
  let waiting: CommandId[] = []

  function look(): void {
    const present = new Set(readCommands(document).map(commandIdOf))
    const gone = waiting.filter((id) => !present.has(id))
    const refused = new Map([...readRefused(document)])
    const known = new Set(gone)
    if (gone.length === 0) return
    waiting = waiting.filter((id) => present.has(id))
    options.settled({
      taken: gone.filter((id) => !refused.has(id)),
      refused: new Map([...refused].filter(([id]) => known.has(id))),
    })
  }

  const stopObserving = observeOutbox(document, look)
  provider.on('closed', ({ code, reason }) => {
    if (code !== cut) options.closed(code, reason)
  })
  return {
    ids: () => waiting,
    append(commands) {
      waiting = [...waiting, ...commands.map(({ id }) => id)]
      document.transact(() => {
        for (const command of commands) appendCommand(document, command)
      })
    },
    forgetRefusals: (ids) => clearRefused(document, ids),
    close() {
      stopObserving()
      provider.destroy()
      awareness.destroy()
      document.destroy()
    },
  }
}
