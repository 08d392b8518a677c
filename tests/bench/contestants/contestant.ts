import type { ServerProcess } from '../server-process.ts'

/** One sync server with its own best client, behind the same few verbs. */
export type Contestant = {
  name: string
  start(folder: string): Promise<ServerProcess>
  /** Makes ready what a measurement needs (a signed-in user, `rooms` empty rooms); the names are used for `open`. */
  prepare(server: ServerProcess, rooms: number): Promise<string[]>
  /** Posts `perRoom` messages to each room and waits until they are confirmed. */
  fill(server: ServerProcess, rooms: string[], perRoom: number): Promise<void>
  connect(server: ServerProcess): Promise<Client>
  readRaw(server: ServerProcess, room: string): Promise<RawReader>
}

export type Client = {
  /** Opens a room with a provider: live updates both ways. */
  open(room: string): OpenRoom
  /**
   * Brings all rooms to this client in the server's best way: every room opened, or a feed. Resolves when `isComplete` holds
   * for the counts of messages. With `from`, what an earlier client had is brought up to date.
   */
  follow(rooms: string[], isComplete: (count: (room: string) => number) => boolean, from?: unknown): Promise<Followed>
  close(): void
}

export type OpenRoom = {
  synced: Promise<unknown>
  count(): number
  post(id: string): void
  /** Called with the id of each message as it arrives, own ones too. */
  onChange(listener: (id: string) => void): void
  /** Resolves when the server has confirmed all own posts, as far as its protocol tells. */
  confirmed(): Promise<unknown>
  destroy(): void
}

export type Followed = {
  /** What a later client of the same device continues from. */
  memory: unknown
  close(): void
}

export type RawReader = { received(): number; close(): void }
