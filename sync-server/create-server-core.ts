import { fail } from '#common/domain/result.ts'
import { closeCodes } from '#common/protocol/close-codes.ts'
import { refusal } from '#common/protocol/refusals.ts'
import { CommandService, readCommand, type Executed } from './commands/command-service.ts'
import { TicketImport } from './commands/ticket-import.ts'
import { listTickets, readTicket } from './commands/ticket-queries.ts'
import { writeDirectoryChanges } from './commands/write-directory.ts'
import { DeliveryReceipts } from './feed/delivery-receipts.ts'
import type { FeedSession } from './feed/feed-session.ts'
import { GroupFrames } from './feed/group-frames.ts'
import { createMediaRegister } from './media/media-register.ts'
import { accountOf } from './policy/standing.ts'
import { CommitPipeline } from './rooms/commit-pipeline.ts'
import { loadFacts } from './rooms/load-facts.ts'
import { Compactor } from './rooms/compactor.ts'
import { Eraser } from './rooms/eraser.ts'
import { RoomHub } from './rooms/room-hub.ts'
import { RoomReader } from './rooms/room-reader.ts'
import type { ServerCore, ServerCoreOptions } from './server-core.ts'
import { Conduct } from './socket/conduct.ts'
import { ConnectionRegistry } from './socket/connection-registry.ts'
import type { OutboxRegistry } from './socket/room-session.ts'
import { PresenceHub } from './socket/presence.ts'
import { RoomConnection } from './socket/room-connection.ts'
import { SyncConnection, type SyncParts } from './socket/sync-connection.ts'
import { StoreUnavailable } from './storage/log-store.ts'

/** Wires the server's core. Resolves when the facts are in memory; everything after that runs on the given clock and store only. */
export async function createServerCore({
  store,
  clock,
  limits,
  verifyToken,
  hasPassword = () => true,
  report,
}: ServerCoreOptions): Promise<ServerCore> {
  const [facts, epoch, position] = await Promise.all([loadFacts(store), store.epoch(), store.position()])
  const nowMs = (): number => clock.nowMs()
  const pipeline = new CommitPipeline(store, clock, facts, position, report)
  const commands = new CommandService(pipeline, nowMs, report, hasPassword)
  const ticketImport = new TicketImport(pipeline, store, limits.commandBytes)
  const reader = new RoomReader(store, pipeline)
  const receipts = new DeliveryReceipts(pipeline, clock)
  const compactor = new Compactor(store, reader, clock, (room, loose) => pipeline.compacted(room, loose), report)
  const eraser = new Eraser(pipeline, clock, limits.erasureMs)
  const hub = new RoomHub()
  const registry = new ConnectionRegistry()
  const outboxes: OutboxRegistry = new Map()
  const feeds = new Set<FeedSession>()
  const parts: SyncParts = {
    pipeline,
    commands,
    reader,
    hub,
    presence: new PresenceHub(clock, limits),
    conduct: new Conduct(clock, limits),
    outboxes,
    clock,
    limits,
    report,
    feed: { store, epoch, pipeline, reader, receipts, nowMs, report },
    registry,
    verifyToken,
    feeds,
  }
  let draining = false

  pipeline.onDurable((group) => {
    for (const { room, loose, seq } of group.updates) compactor.grown(room, loose, seq)
    if (group.rights.everybody) tellRights(registry, pipeline)
    hub.deliver(group)
    if (feeds.size === 0) return
    const frames = new GroupFrames(group, epoch)
    for (const feed of feeds) feed.deliver(frames, group.position)
  })
  pipeline.onGroupEnd(() => {
    for (const outbox of outboxes.values()) outbox.groupEnded()
    eraser.look()
  })
  eraser.look()

  return {
    execute: (userId, command) => {
      const parsed = draining ? unavailable : readCommand(command, limits.commandBytes)
      if (!parsed.ok) return Promise.resolve(fail(parsed.reason))
      return new Promise<Executed>((resolve) => commands.submit(userId, parsed, resolve))
    },
    listTickets: (userId, query) => Promise.resolve(listTickets(pipeline.durable, userId, query)),
    readTicket: (userId, ticketId) => readTicket(pipeline.durable, reader, userId, ticketId),
    account: (userId) => accountOf(pipeline.durable, userId),
    findUser: (login) => pipeline.durable.findUser(login),
    viewer: (userId) => pipeline.durable.viewer(userId),
    directory: () => ({ users: pipeline.durable.users, roles: pipeline.durable.roles }),
    writeDirectory: (changes, alongside = {}) => writeDirectory(pipeline, changes, alongside),
    importTickets: (userId, items, dryRun) =>
      draining ? Promise.resolve(fail(unavailable.reason)) : ticketImport.run(userId, items, dryRun),
    media: createMediaRegister(pipeline),
    acceptSync: (connection) => {
      const session = new SyncConnection(connection, parts)
      if (draining) session.close(closeCodes.restart, 'restart')
      return session
    },
    acceptRoom: (connection, room, token) => {
      const session = new RoomConnection(connection, room, token, parts, registry)
      if (draining) session.close(closeCodes.restart, 'restart')
      return session
    },
    endSession: (sessionId) => {
      for (const connection of registry.all())
        if (connection.sessionId === sessionId) connection.close(closeCodes.forbidden, 'session ended')
    },
    ready: () => pipeline.available && !draining,
    drain: async () => {
      draining = true
      await pipeline.idle()
      for (const connection of registry.all()) {
        connection.shutDown()
        connection.close(closeCodes.restart, 'restart')
      }
      await pipeline.idle()
    },
    connections: () => registry.counts(),
  }
}

const unavailable = { ok: false, id: undefined, reason: refusal('E_UNAVAILABLE') } as const

function writeDirectory(
  pipeline: CommitPipeline,
  ...[changes, { records = [], audit = [] }]: Required<Parameters<ServerCore['writeDirectory']>>
): Promise<void> {
  return new Promise((resolve, reject) => {
    pipeline.submit({
      rooms: ['directory'],
      decide: (transaction) => {
        writeDirectoryChanges(transaction, changes)
        transaction.commit.records.push(...records)
        transaction.audit(audit)
      },
      settled: (durable) => {
        if (durable.ok) resolve()
        else reject(new StoreUnavailable('the directory was not written'))
      },
    })
  })
}

/** Rights of anybody may have changed: an account that was switched off loses its connections at once, others learn what they may do now. */
function tellRights(registry: ConnectionRegistry, { durable }: CommitPipeline): void {
  for (const connection of registry.all()) {
    if (durable.viewer(connection.userId)) connection.rightsChanged()
    else connection.close(closeCodes.forbidden, 'account switched off')
  }
}
