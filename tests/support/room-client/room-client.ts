/** A client of another maker: nothing but an unmodified y-websocket provider, a token and the rules of SPEC.md. */
import { WebSocket } from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { appendCommand, countCommands, observeOutbox, readRefused } from '#common/documents/outbox-document.ts'
import { createUlidSource, outboxRoom, type CommandId } from '#common/domain/ids.ts'
import { sessionResponseSchema } from '#common/protocol/http-api.ts'
import type { Refusal } from '#common/protocol/refusals.ts'
import { bearerSubprotocolPrefix, roomSubprotocol } from '#common/protocol/version.ts'

export const nextId = createUlidSource(Date.now, (bytes) => crypto.getRandomValues(bytes))

export class UncompressedSocket extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols, { perMessageDeflate: false })
  }
}

export const roomProtocols = (token: string): string[] => [roomSubprotocol, bearerSubprotocolPrefix + token]

/** Signs in with a demonstration user; returns the access token. `url` is the server's `http://HOST:PORT`. */
export async function signIn(url: string, login = 'dispatcher', deviceId: string = nextId()): Promise<string> {
  const response = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password: 'demo', device: { id: deviceId, name: 'test' } }),
  })
  return sessionResponseSchema.parse(await response.json()).accessToken
}

/** A room under an unmodified provider, one socket a room. It reconnects by itself until it is destroyed. */
export function openDocument(
  url: string,
  token: string,
  room: string,
): { document: Y.Doc; provider: WebsocketProvider } {
  const document = new Y.Doc()
  const provider = new WebsocketProvider(`${url.replace('http', 'ws')}/rooms`, room, document, {
    // The provider only ever calls it with a URL and its `protocols`; the option's type asks for the browser's whole class.
    WebSocketPolyfill: UncompressedSocket as unknown as typeof globalThis.WebSocket,
    protocols: roomProtocols(token),
    disableBc: true,
    maxBackoffTime: 500,
  })
  return { document, provider }
}

export const whenSynced = (provider: WebsocketProvider): Promise<void> =>
  new Promise((resolve) => (provider.synced ? resolve() : provider.once('sync', () => resolve())))

/** One device's outbox: a document for commands to any room. */
export class Outbox {
  readonly synced: Promise<void>
  private readonly document: Y.Doc
  private readonly provider: WebsocketProvider

  constructor(url: string, token: string, deviceId: string = nextId()) {
    const { document, provider } = openDocument(url, token, outboxRoom(deviceId))
    this.document = document
    this.provider = provider
    this.synced = whenSynced(provider)
  }

  /** Appends commands, giving each an id unless it has one; returns the ids. */
  push(commands: object[]): CommandId[] {
    const complete = commands.map((command) => ({ id: nextId(), writtenAt: new Date().toISOString(), ...command }))
    this.document.transact(() => {
      for (const command of complete) appendCommand(this.document, command)
    })
    return complete.map(({ id }) => id)
  }

  get waiting(): number {
    return countCommands(this.document)
  }

  get refused(): Map<CommandId, Refusal> {
    return readRefused(this.document)
  }

  /** Resolves when the server has struck everything off. */
  async struckOff(): Promise<void> {
    if (this.waiting === 0) return
    await new Promise<void>((resolve) => {
      const dispose = observeOutbox(this.document, () => {
        if (this.waiting > 0) return
        dispose()
        resolve()
      })
    })
  }

  close(): void {
    this.provider.destroy()
    this.document.destroy()
  }
}

export const messageTo = (ticketId: string, text: string): object => ({
  type: 'message.post',
  ticketId,
  to: ['customer'],
  text,
  attachments: [],
})
