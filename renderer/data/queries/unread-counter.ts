import type { RoomName, Seq, UserId } from '#common/domain/ids.ts'
import type { ProjectionStore } from '../store/ports.ts'

type Counted = { room: RoomName; lastSeq: Seq; readSeq: Seq; unread: number }

/** Unread messages of a chat whose read mark moved on this device before the server knows of it. */
export type UnreadCounter = {
  of(chat: Counted, pendingReadSeq: Seq): number
  /** Called when an estimate was replaced by the exact number. */
  subscribe(listener: () => void): () => void
  dispose(): void
}

export function createUnreadCounter(store: Pick<ProjectionStore, 'countUnread'>, ownId: UserId): UnreadCounter {
  const exact = new Map<RoomName, { question: string; count: number | null }>()
  const listeners = new Set<() => void>()
  let disposed = false

  async function ask(room: RoomName, question: string, after: Seq): Promise<void> {
    exact.set(room, { question, count: null })
    const count = await store.countUnread(room, after, ownId)
    if (disposed || exact.get(room)?.question !== question) return
    exact.set(room, { question, count })
    for (const listener of listeners) listener()
  }

  return {
    of({ room, lastSeq, readSeq, unread }, pendingReadSeq) {
      if (pendingReadSeq <= readSeq || unread === 0) return unread
      if (pendingReadSeq >= lastSeq) return 0
      const question = `${pendingReadSeq} ${lastSeq} ${unread}`
      const answer = exact.get(room)
      if (answer?.question === question && answer.count !== null) return answer.count
      // A read that fails leaves the estimate; the database reports its own trouble elsewhere.
      if (answer?.question !== question) void ask(room, question, pendingReadSeq).catch(() => undefined)
      return Math.min(unread, lastSeq - pendingReadSeq)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    dispose() {
      disposed = true
      listeners.clear()
    },
  }
}
