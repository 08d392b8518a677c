import { chatRoom, type RoomName, type TicketId } from '#common/domain/ids.ts'
import type { Attachment } from '#common/domain/message.ts'
import { readEntries } from '#common/documents/chat-document.ts'
import { CoreWorld } from '#tests/support/server-core/core-world.ts'
import { ClientDevice } from './client-device.ts'
import { MediaServer } from './media-server.ts'

export type PostedMessage = { id: string; text: string; attachments: Attachment[] }

/** A server with files, a ticket in it, and devices of a dispatcher. */
export class MediaWorld {
  readonly world: CoreWorld
  readonly media: MediaServer
  readonly ticketId: TicketId
  readonly room: RoomName
  private readonly devices: ClientDevice[] = []

  private constructor(world: CoreWorld, media: MediaServer, ticketId: TicketId) {
    this.world = world
    this.media = media
    this.ticketId = ticketId
    this.room = chatRoom(ticketId, 'customer')
  }

  static async start(): Promise<MediaWorld> {
    const world = await CoreWorld.start()
    const media = new MediaServer({
      finished: (owner, { sha256, size, poster }) =>
        poster === undefined
          ? world.core.media.addUpload(owner, sha256, stored(sha256, size))
          : world.core.media.addPoster(owner, poster, { thumb: `${sha256}.thumb`, bytes: size }),
    })
    return new MediaWorld(world, media, await world.createTicket())
  }

  async device(deviceId = 'device-1'): Promise<ClientDevice> {
    const device = await ClientDevice.signedIn(this.world, 'dispatcher', { deviceId, media: this.media })
    this.devices.push(device)
    return device
  }

  /** Attaches files to the draft of the chat and waits until they are prepared; answers with their ids. */
  async attach(device: ClientDevice, files: File[]): Promise<string[]> {
    await device.core.act.attachFiles({ room: this.room, files })
    await device.until(
      () => this.draft(device).every(({ sent, failure }) => sent !== null || failure !== null),
      'ready',
    )
    return this.draft(device).map(({ id }) => id)
  }

  draft(device: ClientDevice) {
    return device.core.drafts.get().get(this.room)?.files ?? []
  }

  post(device: ClientDevice, text: string, files: string[] = [], holdMs?: number) {
    return device.core.act.postMessage({ ticketId: this.ticketId, to: ['customer'], text, files, holdMs })
  }

  /** Messages of the chat as the server's log holds them. */
  async posted(): Promise<PostedMessage[]> {
    const reader = await this.world.sync('admin', `reader-${Math.random().toString(36).slice(2)}`)
    await reader.follow(null, 'all')
    const entries = readEntries(reader.document(this.room))
    reader.cut()
    return entries.flatMap((entry) =>
      entry.type === 'message' ? [{ id: entry.id, text: entry.text, attachments: entry.attachments ?? [] }] : [],
    )
  }

  async stop(): Promise<void> {
    for (const device of this.devices.splice(0)) await device.core.stop()
  }
}

function stored(sha256: string, size: number) {
  return {
    kind: 'photo' as const,
    mime: 'image/jpeg',
    size,
    full: `${sha256}.full`,
    thumb: `${sha256}.thumb`,
    bytes: size,
  }
}
