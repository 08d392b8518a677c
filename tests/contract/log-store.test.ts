import { join } from 'node:path'
import { MemoryLogStore } from '#server/storage/memory-log-store.ts'
import type { LogStore } from '#server/storage/log-store.ts'
import { openSqliteLogStore } from '#server/storage/sqlite-log-store.ts'
import { builtWorkerUrl } from '#tests/support/server/built-worker.ts'
import { makeTemporaryFolder } from '#tests/support/server/temporary-folder.ts'
import { describeLogStore } from './log-store.ts'

describeLogStore('SQLite file in a worker', async () => {
  const folder = await makeTemporaryFolder()
  let open: LogStore
  const start = async (): Promise<LogStore> => {
    const file = join(folder.path, 'log.sqlite')
    open = await openSqliteLogStore({ file, restored: false, workerUrl: builtWorkerUrl })
    return open
  }
  return {
    store: await start(),
    reopen: async () => {
      await open.close()
      return start()
    },
    dispose: async () => {
      await open.close()
      await folder.remove()
    },
  }
})

describeLogStore('memory', async () => {
  let store = new MemoryLogStore()
  return {
    store,
    reopen: async () => (store = store.crash()),
    dispose: async () => {},
  }
})
