import type { Clock } from '#common/domain/clock.ts'
import type { LogStore } from '#server/storage/log-store.ts'

/**
 * A store whose every call waits before it is carried out and once more before its answer arrives, as a disk and a thread do:
 * what is stored and what the server has heard of are two things. Commits keep the order of their calls.
 */
export function slowStore(store: LogStore, clock: Clock, delayMs: () => number): LogStore {
  const wait = (): Promise<void> | undefined => {
    const ms = delayMs()
    return ms > 0 ? new Promise((resolve) => clock.after(ms, resolve)) : undefined
  }
  const slowly = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    await wait()
    const answer = await call()
    await wait()
    return answer
  }
  let lastCommit: Promise<unknown> = Promise.resolve()
  return {
    epoch: () => slowly(() => store.epoch()),
    position: () => slowly(() => store.position()),
    heads: (rooms) => slowly(() => store.heads(rooms)),
    load: (room) => slowly(() => store.load(room)),
    loadMany: (rooms) => slowly(() => store.loadMany(rooms)),
    readFeed: (...args) => slowly(() => store.readFeed(...args)),
    records: (kind) => slowly(() => store.records(kind)),
    readAudit: (query) => slowly(() => store.readAudit(query)),
    outcome: (...args) => slowly(() => store.outcome(...args)),
    greatestCommandId: (userId) => slowly(() => store.greatestCommandId(userId)),
    commit: (commits) => {
      const before = lastCommit
      const committed = slowly(async () => {
        await before
        return store.commit(commits)
      })
      lastCommit = Promise.allSettled([committed])
      return committed
    },
    compact: (...args) => slowly(() => store.compact(...args)),
    close: () => store.close(),
  }
}
