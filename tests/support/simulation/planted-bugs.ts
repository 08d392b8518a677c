import type { JournalEntry } from '#common/ipc.ts'
import { chatRoom, parseRoom } from '#common/domain/ids.ts'
import type { Connection } from '#server/server-core.ts'
import type { Commit, CommitResult, LogStore } from '#server/storage/log-store.ts'
import { forward } from './client-watch.ts'
import { lateProjection } from './device-disk.ts'
import type { Plants } from './simulation.ts'

/**
 * Defects of the kind the simulation is there for, each put between a core and one of its ports. That they are found is
 * the proof that a clean run means something.
 */
export type PlantedBug = {
  name: string
  /** Promises of which one must be reported broken. */
  breaks: readonly string[]
  plants: Plants
}

/** «Stored», says the store, while the disk is still at it: a crash loses what was promised. */
function acknowledgeBeforeSync(store: LogStore): LogStore {
  let position = 0
  return forward(store, {
    commit: async (commits) => {
      position = Math.max(position, await store.position())
      void store.commit(commits).catch(() => undefined)
      return commits.map((commit): CommitResult => ({ position: (position += sizeOf(commit)) }))
    },
  })
}

/** «Stored», says the store, though the disk was full. */
function acknowledgeFailure(store: LogStore): LogStore {
  return forward(store, {
    commit: async (commits) => {
      try {
        return await store.commit(commits)
      } catch {
        const position = await store.position()
        return commits.map(() => ({ position }))
      }
    },
  })
}

/** The memory against doing things twice is gone. */
function skipDedupe(store: LogStore): LogStore {
  return forward(store, {
    outcome: () => Promise.resolve(undefined),
    commit: (commits) => store.commit(commits.map(({ outcome: _outcome, ...commit }) => commit)),
  })
}

/** What was said to the team lands in the customer's chat. */
function wrongRoom(store: LogStore): LogStore {
  const customerChatOf = (room: string): string => {
    const parsed = parseRoom(room)
    return parsed?.kind === 'chat' ? chatRoom(parsed.ticketId, 'customer') : room
  }
  return forward(store, {
    load: async (room) => store.load(customerChatOf(room)),
    heads: async (rooms) => {
      const heads = await store.heads(rooms.map(customerChatOf))
      return new Map(rooms.map((room) => [room, heads.get(customerChatOf(room)) ?? 0]))
    },
    commit: (commits) =>
      store.commit(
        commits.map((commit) => ({
          ...commit,
          appends: commit.appends.map((append) => ({ ...append, room: customerChatOf(append.room) })),
        })),
      ),
  })
}

/** After a restart rights are read as they were first written, whatever changed since. */
function staleRights(): (store: LogStore) => LogStore {
  const first = new Map<string, unknown>()
  return (store) =>
    forward(store, {
      commit: (commits) => {
        for (const { records } of commits)
          for (const { kind, key, value } of records)
            if ((kind === 'role' || kind === 'ticket' || kind === 'chat') && !first.has(`${kind} ${key}`))
              first.set(`${kind} ${key}`, value)
        return store.commit(commits)
      },
      records: async (kind) => {
        const now = await store.records(kind)
        return new Map([...now].map(([key, value]) => [key, first.get(`${kind} ${key}`) ?? value]))
      },
    })
}

/** What is meant for one connection goes to the one opened last as well. */
function wrongRecipient(): (connection: Connection) => Connection {
  let last: Connection | undefined
  return (connection) => {
    const { send } = connection
    last = connection
    return {
      ...connection,
      send: (message) => {
        send(message)
        if (last !== connection) last?.send(message)
      },
    }
  }
}

function sizeOf({ appends, visibility }: Commit): number {
  return appends.reduce((sum, { updates }) => sum + updates.length, 0) + visibility.length
}

export function plantedBugs(): PlantedBug[] {
  return [
    {
      name: 'acknowledged before it was synced',
      breaks: ['P2', 'P4', 'C4', 'P3', 'P5'],
      plants: { store: acknowledgeBeforeSync },
    },
    {
      name: 'acknowledged though the disk was full',
      breaks: ['P2', 'P4', 'C4', 'P5'],
      plants: { store: acknowledgeFailure },
    },
    { name: 'dedupe skipped', breaks: ['P3'], plants: { store: skipDedupe } },
    {
      name: 'team message in the customer chat',
      breaks: ['P3', 'P4', 'P5', 'P7', 'P10'],
      plants: { store: wrongRoom },
    },
    { name: 'sent to another connection too', breaks: ['P7', 'C4'], plants: { connection: wrongRecipient() } },
    { name: 'stale rights after a restart', breaks: ['P7'], plants: { store: staleRights() } },
    {
      name: 'outbox write lost',
      breaks: ['P1'],
      plants: {
        device: {
          journal: (journal) =>
            forward(journal, {
              write: (_account: string, _entries: JournalEntry[]) =>
                Promise.resolve({ ok: true as const, generation: 1 }),
            }),
          outbox: (outbox) => forward(outbox, { put: () => Promise.resolve() }),
        },
      },
    },
    {
      name: 'cursor saved before the projection',
      breaks: ['P5', 'P9'],
      plants: { device: { projection: lateProjection } },
    },
  ]
}
