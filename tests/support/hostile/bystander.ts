import type * as Y from 'yjs'
import type { WebsocketProvider } from 'y-websocket'
import { readEntries } from '#common/documents/chat-document.ts'
import { chatRoom, type TicketId } from '#common/domain/ids.ts'
import type { Entry } from '#common/domain/message.ts'
import type { TestServer } from '#tests/support/server/start-server.ts'
import { messageTo, openDocument, Outbox, signIn, whenSynced } from '#tests/support/room-client/room-client.ts'

/** An honest dispatcher with unmodified y-websocket clients, who must notice nothing of the attacks. */
export class Bystander {
  private readonly outbox: Outbox
  private readonly document: Y.Doc
  private readonly provider: WebsocketProvider
  private readonly ticketId: TicketId
  private seen = ''

  private constructor(outbox: Outbox, document: Y.Doc, provider: WebsocketProvider, ticketId: TicketId) {
    this.outbox = outbox
    this.document = document
    this.provider = provider
    this.ticketId = ticketId
  }

  static async arrive(url: string, ticketId: TicketId): Promise<Bystander> {
    const token = await signIn(url, 'dispatcher2')
    const { document, provider } = openDocument(url, token, chatRoom(ticketId, 'customer'))
    const outbox = new Outbox(url, token)
    await Promise.all([whenSynced(provider), outbox.synced])
    const bystander = new Bystander(outbox, document, provider, ticketId)
    bystander.remember()
    return bystander
  }

  get entries(): Entry[] {
    return readEntries(this.document)
  }

  /** Posts a message and waits until it is in the chat; returns how long that took, ms. */
  async post(text: string): Promise<number> {
    const startedAt = performance.now()
    const [id] = this.outbox.push([messageTo(this.ticketId, text)])
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!this.entries.slice(-3).some((entry) => entry.id === id)) return
        this.document.off('update', look)
        resolve()
      }
      this.document.on('update', look)
      look()
    })
    return performance.now() - startedAt
  }

  /** The chat is as it was at the last call, and takes the next honest message. */
  async checkUnharmed(): Promise<void> {
    const before = this.seen
    await this.post('всё в порядке')
    this.seen = JSON.stringify(this.entries)
    const now = JSON.stringify(this.entries.slice(0, -1))
    if (now !== before) throw new Error(`the chat is no longer what it was:\n${before}\n${now}`)
  }

  /** What is in the chat now is as it should be. */
  remember(): void {
    this.seen = JSON.stringify(this.entries)
  }

  leave(): void {
    this.outbox.close()
    this.provider.destroy()
    this.document.destroy()
  }
}

/** Ends a server that was attacked: it must have survived and end as it should. */
export async function stopWhole(server: TestServer): Promise<void> {
  const code = await server.stop()
  if (code !== 0 || /uncaught|unhandled/i.test(server.log())) throw new Error(`ended with ${code}:\n${server.log()}`)
}
