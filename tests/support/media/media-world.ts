import { chatRoom, type ChatKind, type TicketId } from '#common/domain/ids.ts'
import { mediaPath } from '#common/protocol/http-api.ts'
import type { MediaVariant } from '#common/domain/media-type.ts'
import { nextId, signIn } from '#tests/support/room-client/room-client.ts'
import { call } from '#tests/support/server/api-client.ts'
import { startServer, type StartServerOptions, type TestServer } from '#tests/support/server/start-server.ts'
import { sha256Of, TusClient } from './tus-client.ts'

type Posted = { ok: true; id: string } | { ok: false; code: string }
export type GotFile = { status: number; headers: Headers; bytes: Buffer }

/** A real server with the demonstration's people, and a ticket of theirs with both chats. */
export class MediaWorld {
  server: TestServer
  ticketId: TicketId = ''
  private readonly tokens = new Map<string, string>()

  static async start(options: StartServerOptions = {}): Promise<MediaWorld> {
    const world = new MediaWorld(await startServer({ seed: 'demo', ...options }))
    await world.run('admin', { type: 'organisation.update', splitChats: true })
    world.ticketId = await world.makeTicket()
    return world
  }

  private constructor(server: TestServer) {
    this.server = server
  }

  /** SIGKILL, and the same server again, in the same place. Its folder must have been given. */
  async killServer(): Promise<void> {
    const { dataDir, port } = this.server
    await this.server.kill()
    this.server = await startServer({ dataDir, port })
  }

  async token(login: string): Promise<string> {
    const known = this.tokens.get(login)
    if (known !== undefined) return known
    const token = await signIn(this.server.url, login)
    this.tokens.set(login, token)
    return token
  }

  async tus(login: string): Promise<TusClient> {
    return new TusClient(this.server.url, await this.token(login))
  }

  /** Uploads what must be taken; its sha256. */
  async upload(login: string, bytes: Uint8Array, poster?: string): Promise<string> {
    const answer = await (await this.tus(login)).upload(bytes, poster === undefined ? {} : { poster })
    if (answer.status !== 204) throw new Error(`the upload was answered with ${answer.status} ${answer.body}`)
    return sha256Of(bytes)
  }

  async execute(login: string, command: object): Promise<Posted> {
    const body = { id: nextId(), writtenAt: new Date().toISOString(), ...command }
    const answer = await call(this.server.url, 'POST', '/api/commands', { token: await this.token(login), body })
    // As `commandResponseSchema` has it, with the code of the refusal beside it.
    return answer.body as Posted
  }

  async run(login: string, command: object): Promise<string> {
    const answer = await this.execute(login, command)
    if (!answer.ok) throw new Error(JSON.stringify(answer))
    return answer.id
  }

  /** The customer's; the engineer works on it. */
  async makeTicket(): Promise<TicketId> {
    const fields = { title: 'Течёт насос', customerId: 'customer' }
    const ticketId = await this.run('dispatcher', { type: 'ticket.create', fields })
    await this.run('dispatcher', { type: 'ticket.assign', ticketId, assigneeId: 'engineer' })
    return ticketId
  }

  post(login: string, to: ChatKind[], sha256s: string[], more: object = {}): Promise<Posted> {
    const attachments = sha256s.map((sha256) => ({ sha256, name: 'насос.png', mime: 'image/png', size: 1, ...more }))
    return this.execute(login, { type: 'message.post', ticketId: this.ticketId, to, text: '', attachments })
  }

  room(chat: ChatKind): string {
    return chatRoom(this.ticketId, chat)
  }

  async get(
    login: string,
    sha256: string,
    room: string,
    { variant, headers, method }: { variant?: MediaVariant; headers?: Record<string, string>; method?: string } = {},
  ): Promise<GotFile> {
    const response = await fetch(this.server.url + mediaPath(sha256, room, variant), {
      method: method ?? 'GET',
      headers: { authorization: `Bearer ${await this.token(login)}`, ...headers },
    })
    return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) }
  }

  async statusOf(login: string, sha256: string, chat: ChatKind): Promise<number> {
    return (await this.get(login, sha256, this.room(chat))).status
  }
}
