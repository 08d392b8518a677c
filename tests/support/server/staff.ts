/** People who work over HTTP while others sit at their desks: commands of a signed-in user, and what they may look up. */
import * as z from 'zod/mini'
import { readEntries, readParticipants } from '#common/documents/chat-document.ts'
import { chatRoom, type ChatKind, type CommandId, type TicketId } from '#common/domain/ids.ts'
import type { Entry } from '#common/domain/message.ts'
import { nextId, openDocument, signIn, whenSynced } from '../room-client/room-client.ts'
import { call, type ApiAnswer } from './api-client.ts'

const ticketSchema = z.object({
  id: z.string(),
  number: z.number(),
  stage: z.string(),
  assigneeId: z.nullable(z.string()),
  fields: z.object({ title: z.string() }),
})
type ListedTicket = z.infer<typeof ticketSchema>
type Body = { type: string; [member: string]: unknown }

export class Staff {
  readonly token: string
  private readonly url: string

  /** `url` is the server's, also after its restart on the same port. */
  static async signIn(url: string, login: string): Promise<Staff> {
    return new Staff(url, await signIn(url, login))
  }

  constructor(url: string, token: string) {
    this.url = url
    this.token = token
  }

  /** What the server answers to a command, be it accepted or refused. */
  ask(command: Body): Promise<ApiAnswer> {
    const body = { id: nextId(), writtenAt: new Date().toISOString(), ...command }
    return call(this.url, 'POST', '/api/commands', { token: this.token, body })
  }

  /** A command that must be accepted; resolves with its id. */
  async command(command: Body): Promise<CommandId> {
    const { status, body } = await this.ask(command)
    const accepted = z.safeParse(z.object({ ok: z.literal(true), id: z.string() }), body)
    if (!accepted.success) throw new Error(`${command.type} is refused: ${status} ${JSON.stringify(body)}`)
    return accepted.data.id
  }

  post(ticketId: TicketId, to: ChatKind[], text: string): Promise<CommandId> {
    return this.command({ type: 'message.post', ticketId, to, text, attachments: [] })
  }

  split(splitChats: boolean): Promise<CommandId> {
    return this.command({ type: 'organisation.update', splitChats })
  }

  /** A visible ticket of the demonstration by its title. */
  async ticket(title: string): Promise<ListedTicket> {
    const { body } = await call(this.url, 'GET', `/api/tickets?q=${encodeURIComponent(title)}`, { token: this.token })
    const [found] = z.object({ tickets: z.array(ticketSchema) }).parse(body).tickets
    if (!found) throw new Error(`there is no ticket «${title}»`)
    return found
  }

  /** A chat as the server has it: its entries in order, and the ids of those who take part. */
  async chat(ticketId: TicketId, chat: ChatKind): Promise<{ entries: Entry[]; texts: string[]; members: string[] }> {
    const { document, provider } = openDocument(this.url, this.token, chatRoom(ticketId, chat))
    const refused = new Promise<never>((_resolve, reject) =>
      provider.once('connection-close', () => reject(new Error(`the ${chat} chat is closed to this user`))),
    )
    await Promise.race([whenSynced(provider), refused]).finally(() => provider.destroy())
    const entries = readEntries(document)
    return {
      entries,
      texts: entries.flatMap((entry) => (entry.type === 'message' ? [entry.text] : [])),
      members: [...readParticipants(document).keys()],
    }
  }
}
