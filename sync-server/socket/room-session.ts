import type { Clock } from '#common/domain/clock.ts'
import type { DeviceId, Room, RoomName, UserId } from '#common/domain/ids.ts'
import { encodeRoomMessage, type RoomMessage } from '#common/protocol/room-messages.ts'
import type { CommandService } from '../commands/command-service.ts'
import type { Limits } from '../limits.ts'
import type { CommitPipeline } from '../rooms/commit-pipeline.ts'
import type { RoomHub } from '../rooms/room-hub.ts'
import type { RoomReader } from '../rooms/room-reader.ts'
import type { ServerEvent } from '../server-core.ts'
import type { Conduct } from './conduct.ts'
import type { PresenceHub } from './presence.ts'

/** What sessions are made of: wired once, in create-server-core.ts. */
export type SessionParts = {
  pipeline: CommitPipeline
  commands: CommandService
  reader: RoomReader
  hub: RoomHub
  presence: PresenceHub
  conduct: Conduct
  outboxes: OutboxRegistry
  clock: Clock
  limits: Limits
  report(event: ServerEvent): void
}

/** The open outboxes: one for each device, the newest connection has it. */
export type OutboxRegistry = Map<DeviceId, { supersede(): void; groupEnded(): void }>

/** How an open room speaks to its client: a socket of its own, or a channel of the multiplexed one. */
export type RoomPort = {
  send(payload: Uint8Array): void
  /** Closes this room for the client; on a socket of its own, the socket. */
  close(code: number, reason: string): void
  /** Whether so much waits for the client that nothing should be added. */
  isFull(): boolean
  drained(): Promise<void>
}

export type RoomSession = {
  receive(message: RoomMessage): void
  /** The client is gone or closed the room; nothing is sent any more. */
  end(): void
}

export type RoomRequest = { room: RoomName; parsed: Room; userId: UserId }

export function sendTo(port: RoomPort, message: RoomMessage): void {
  port.send(encodeRoomMessage(message))
}
