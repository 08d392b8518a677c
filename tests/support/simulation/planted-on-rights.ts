import { parseRoom, type RoomName } from '#common/domain/ids.ts'
import type { JournalEntry } from '#common/ipc.ts'
import { decodeServerFrame, encodeServerFrame, type ServerFrame } from '#common/protocol/control-frames.ts'
import { controlChannel, decodeFrames, FrameBatch } from '#common/protocol/frames.ts'
import type { OutboxRow, OutboxStore } from '#renderer/data/store/ports.ts'
import type { Connection } from '#server/server-core.ts'
import type { Commit, LogStore } from '#server/storage/log-store.ts'
import { forward } from './client-watch.ts'
import type { PlantOnDevice } from './device-disk.ts'

/** Who received a room once goes on receiving it: nothing tells the live feed of a removal. */
export function feedAfterRemoval(): (connection: Connection) => Connection {
  const followers = new Map<RoomName, Set<Connection>>()
  return (connection) => {
    const sendFrame = (to: Connection, frame: ServerFrame): void => {
      const batch = new FrameBatch(() => undefined, to.send)
      batch.add(controlChannel, encodeServerFrame(frame))
      batch.flush()
    }
    const follow = (room: RoomName): Set<Connection> => {
      const known = followers.get(room) ?? new Set()
      followers.set(room, known)
      return known
    }
    const pass = (message: Uint8Array): void => {
      connection.send(message)
      for (const frame of changesIn(message)) {
        const receivers = follow(frame.room).add(connection)
        for (const other of receivers) if (other !== connection) sendFrame(other, frame)
      }
    }
    return { ...connection, send: pass }
  }
}

function changesIn(message: Uint8Array): Extract<ServerFrame, { type: 'CHANGES' }>[] {
  const frames = decodeFrames(message)
  if (!frames.ok) return []
  return frames.value.flatMap(({ channel, payload }) => {
    const frame = channel === controlChannel ? decodeServerFrame(payload) : undefined
    return frame?.ok && frame.value.type === 'CHANGES' ? [frame.value] : []
  })
}

/** Each copy of a cross-post is stored by itself; the command counts as done with the second. */
export function splitCrossPost(store: LogStore): LogStore {
  const partsOf = (commit: Commit): Commit[] => {
    const [first, second, ...others] = commit.appends
    const isCrossPost = first && second && others.length === 0 && [first, second].every(isChat)
    if (!isCrossPost) return [commit]
    return [
      { appends: [first], records: [], visibility: [] },
      { ...commit, appends: [second] },
    ]
  }
  return forward(store, {
    commit: async (commits) => {
      if (commits.every((commit) => partsOf(commit).length === 1)) return store.commit(commits)
      const positions = []
      for (const commit of commits) {
        const [whole, rest] = partsOf(commit)
        const results = await store.commit(whole ? [whole] : [])
        positions.push(...(rest ? await store.commit([rest]) : results))
      }
      return positions
    },
  })
}

function isChat({ room }: Commit['appends'][number]): boolean {
  return parseRoom(room)?.kind === 'chat'
}

/** A message that was taken back while it was held is not struck out of what the device keeps. */
export function cancelForgotten(): PlantOnDevice {
  const held = new Set<string>()
  const note = (id: string, isHeld: boolean): void => void (isHeld ? held.add(id) : held.delete(id))
  return {
    journal: (journal) =>
      forward(journal, {
        write: (account: string, entries: JournalEntry[]) => {
          for (const { id, value } of entries) if (value !== null) note(id, value.includes('"heldUntil"'))
          return journal.write(
            account,
            entries.filter(({ id, value }) => value !== null || !held.has(id)),
          )
        },
      }),
    outbox: (outbox: OutboxStore) =>
      forward(outbox, {
        put: (rows: readonly OutboxRow[]) => {
          for (const { id, heldUntil } of rows) note(id, heldUntil !== undefined)
          return outbox.put(rows)
        },
        remove: (ids) => outbox.remove(ids.filter((id) => !held.has(id))),
      }),
  }
}

/** After a restart the server believes that chats are split, whatever the organisation decided since. */
export function alwaysSplit(store: LogStore): LogStore {
  return forward(store, {
    records: async (kind) => {
      const records = await store.records(kind)
      if (kind !== 'organisation') return records
      return new Map([...records].map(([key, value]) => [key, { ...(value as object), splitChats: true }]))
    },
  })
}

/** After a restart nobody knows of the locks of assignee and requester. */
export function locksForgotten(store: LogStore): LogStore {
  return forward(store, {
    records: async (kind) => {
      const records = await store.records(kind)
      if (kind !== 'chat') return records
      return new Map([...records].map(([room, value]) => [room, withoutLocks(value as Record<string, object>)]))
    },
  })
}

function withoutLocks(participants: Record<string, object>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(participants).map(([userId, participant]) => [userId, { ...participant, lock: undefined }]),
  )
}
