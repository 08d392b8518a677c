import { commandMaxBytes } from '#common/domain/command.ts'
import { mediaLimits } from '#common/domain/media-type.ts'
import { frameMaxBytes } from '#common/protocol/frames.ts'

/** What one client may ask of the server. Start values from SPEC.md, section «Limits»; each can be set when the server starts. */
export type Limits = {
  frameBytes: number
  commandBytes: number
  helloTimeoutMs: number
  helloBytes: number
  /** Commands of a device: so many per second after a burst. What is above waits, it is never dropped. */
  commandsPerSecond: number
  commandBurst: number
  messagesPerMinute: number
  roomOpensPerSecond: number
  roomOpenBurst: number
  /** Refused rooms in a minute before the connection is closed with 4440. */
  refusedRoomsPerMinute: number
  /** Yjs documents of a client that were dropped, in a minute, before 4440. */
  violationsPerMinute: number
  connectionsPerUser: number
  connectionsPerAddress: number
  outboxDocumentBytes: number
  presenceBytes: number
  presencePerSecond: number
  /** Above this many waiting bytes nothing more is read for a client until they are gone. */
  coalesceBytes: number
  slowConsumerBytes: number
  slowConsumerMs: number
  pingMs: number
  loginFailures: number
  loginWindowMs: number
  accessTokenMs: number
  /** A device that did not refresh its session for so long signs in again. */
  refreshTokenMs: number
  /** A one-time link that sets a password. */
  invitationMs: number
  /** Largest body of an HTTP request. */
  requestBytes: number
  /** Largest body of an import: 5,000 tickets of 1,600 bytes. */
  importBytes: number
  /** Quota of the organisation: everything that is stored of photos and videos. */
  mediaBytes: number
  photoBytes: number
  photoPixels: number
  videoBytes: number
  /** Encoding one photo. */
  photoTimeoutMs: number
  /** For so long a deleted text stays in storage: a room with several is rewritten once. */
  erasureMs: number
  /** An unfinished upload that made no progress for so long is deleted. Finished ones never are. */
  uploadExpiryMs: number
  /** Unfinished uploads of one user. */
  uploadsPerUser: number
  /** An upload's connection over which nothing comes for so long is cut. */
  uploadIdleMs: number
  /** Space of the disk that files leave free for the log. */
  diskReserveBytes: number
}

export const startLimits: Limits = {
  frameBytes: frameMaxBytes,
  commandBytes: commandMaxBytes,
  helloTimeoutMs: 5_000,
  helloBytes: 8_192,
  commandsPerSecond: 20,
  commandBurst: 200,
  messagesPerMinute: 200,
  roomOpensPerSecond: 20,
  roomOpenBurst: 500,
  refusedRoomsPerMinute: 20,
  violationsPerMinute: 10,
  connectionsPerUser: 5,
  connectionsPerAddress: 50,
  outboxDocumentBytes: 4_194_304,
  presenceBytes: 2_048,
  presencePerSecond: 2,
  coalesceBytes: 1_048_576,
  slowConsumerBytes: 8_388_608,
  slowConsumerMs: 30_000,
  pingMs: 20_000,
  loginFailures: 5,
  loginWindowMs: 900_000,
  accessTokenMs: 600_000,
  refreshTokenMs: 30 * 24 * 3_600_000,
  invitationMs: 72 * 3_600_000,
  requestBytes: 65_536,
  importBytes: 8_388_608,
  mediaBytes: 50 * 1_073_741_824,
  photoBytes: mediaLimits.photoBytes,
  photoPixels: mediaLimits.photoPixels,
  videoBytes: mediaLimits.videoBytes,
  photoTimeoutMs: 30_000,
  erasureMs: 30_000,
  uploadExpiryMs: 7 * 24 * 3_600_000,
  uploadsPerUser: 200,
  uploadIdleMs: 30_000,
  diskReserveBytes: 268_435_456,
}
