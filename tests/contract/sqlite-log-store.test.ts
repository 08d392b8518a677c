import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import Database from 'libsql'
import { build } from 'vite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  StoreConflict,
  StoreUnavailable,
  type AuditDraft,
  type Commit,
  type LogStore,
  type RoomContent,
} from '#server/storage/log-store.ts'
import { openSqliteLogStore } from '#server/storage/sqlite-log-store.ts'
import { builtWorkerUrl } from '#tests/support/server/built-worker.ts'
import { roomsOfWriter, userOfWriters, writers } from '#tests/support/server/log-writer-layout.ts'
import { makeSmallDisk } from '#tests/support/server/small-disk.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '#tests/support/server/temporary-folder.ts'

/** What only the SQLite store can be asked: kill -9, a full disk, files of other versions. */
let folder: TemporaryFolder

beforeEach(async () => {
  folder = await makeTemporaryFolder()
})
afterEach(() => folder.remove())

const openStore = (file: string, restored = false): Promise<LogStore> =>
  openSqliteLogStore({ file, restored, workerUrl: builtWorkerUrl })

const append = (room: string, expectedHead: number, update: Uint8Array): Commit => ({
  appends: [{ room, expectedHead, updates: [update] }],
  records: [],
  visibility: [],
})

const signedIn: AuditDraft = {
  at: 1,
  writtenAt: null,
  byId: 'anna',
  byName: 'Анна',
  action: 'session.start',
  subject: 'session',
  subjectId: 's1',
  subjectName: 'Компьютер',
  changes: [],
}

describe('a process that is killed while it commits', () => {
  const rounds = 10

  it('keeps every commit that was answered, and no half of another', { timeout: 120_000 }, async () => {
    const file = join(folder.path, 'log.sqlite')
    const script = await buildLogWriter(folder.path)
    let total = 0
    for (let round = 0; round < rounds; round++) {
      const answered = await writeUntilKilled(script, file, 20 + ((round * 53) % 400))
      const store = await openStore(file)
      const counts = await store.records('count')
      for (let writer = 0; writer < writers; writer++) {
        const [first, second] = roomsOfWriter(writer)
        const contents = await store.loadMany([first, second])
        const [one, other] = [contents.get(first), contents.get(second)]
        const head = one?.head ?? 0
        // At most the one commit whose answer never left the process came on top.
        expect(head).toBeGreaterThanOrEqual(answered.get(writer) ?? 0)
        expect(other?.head).toBe(head)
        expect(counts.get(String(writer)) ?? 0).toBe(head)
        expect(one?.updates.map(({ seq, update }) => [seq, update[0]])).toEqual(
          Array.from({ length: head }, (_, index) => [index + 1, (index + 1) % 256]),
        )
        expect(bytesOf(other).equals(bytesOf(one))).toBe(true)
        expect(await store.outcome(userOfWriters, `${writer}-${head + 1}`)).toBeUndefined()
        if (head > 0) expect(await store.outcome(userOfWriters, `${writer}-${head}`)).toBeDefined()
      }
      const position = await store.position()
      expect(position).toBe([...counts.values()].reduce<number>((sum, count) => sum + Number(count) * 2, 0))
      expect((await store.readAudit({ limit: 100_000 })).length).toBe(position / 2)
      expect(position).toBeGreaterThan(total)
      total = position
      await store.close()
    }
  })
})

// Only Linux lets a test make a disk small.
describe.each(process.platform === 'linux' ? ['Linux'] : [])('a full disk (%s)', () => {
  it('takes nothing in halves, reads on, and works again when there is room', { timeout: 60_000 }, async () => {
    const disk = await makeSmallDisk(4_194_304)
    try {
      const file = join(disk.path, 'log.sqlite')
      const store = await openStore(file)
      const heads = { a: 0, b: 0 }
      const fill = async (): Promise<never> => {
        for (;;) {
          const update = crypto.getRandomValues(new Uint8Array(60_000))
          await store.commit([append('a', heads.a, update), append('b', heads.b, update)])
          heads.a++
          heads.b++
        }
      }
      await expect(fill()).rejects.toBeInstanceOf(StoreUnavailable)
      expect(heads.a).toBeGreaterThan(5)
      expect(await store.heads(['a', 'b'])).toEqual(new Map(Object.entries(heads)))
      expect((await store.load('a')).updates).toHaveLength(heads.a)

      // Too big for what is left, beside some that may fit: each is whole or not there at all.
      const big = store.commit([append('big', 0, new Uint8Array(2_000_000).fill(1))])
      const small = Array.from({ length: 20 }, (_, index) => store.commit([append(`s${index}`, 0, Uint8Array.of(1))]))
      await expect(big).rejects.toBeInstanceOf(StoreUnavailable)
      const answers = await Promise.allSettled(small)
      const smallHeads = await store.heads(answers.map((_, index) => `s${index}`))
      expect(answers.map(({ status }) => (status === 'fulfilled' ? 1 : 0))).toEqual([...smallHeads.values()])
      expect((await store.heads(['big'])).get('big')).toBe(0)

      await disk.makeRoom()
      await store.commit([append('a', heads.a, Uint8Array.of(1))])
      await store.close()
      const again = await openStore(file)
      expect(await again.heads(['a', 'b', 'big'])).toEqual(
        new Map([['a', heads.a + 1], ['b', heads.b], ['big', 0]]), // prettier-ignore
      )
      await again.close()
    } finally {
      await disk.remove()
    }
  })
})

describe('files of other times', () => {
  it('a restored backup gets a new epoch when it is said to be one', async () => {
    const file = join(folder.path, 'log.sqlite')
    const backup = join(folder.path, 'backup.sqlite')
    const first = await openStore(file)
    await first.commit([append('a', 0, Uint8Array.of(1))])
    await first.close()
    await copyFile(file, backup)
    const restored = await openStore(backup, true)
    expect(await restored.epoch()).toBe(2)
    expect((await restored.load('a')).head).toBe(1)
    await restored.close()
    const next = await openStore(backup)
    expect(await next.epoch()).toBe(2)
    await next.close()
  })

  it('one of a newer server is left alone', async () => {
    const file = join(folder.path, 'log.sqlite')
    await (await openStore(file)).close()
    const database = new Database(file)
    database.exec('PRAGMA user_version = 999')
    database.close()
    await expect(openStore(file)).rejects.toThrow(/version 999/)
  })

  it('one of the first version is brought up to date and keeps what it holds', async () => {
    const file = join(folder.path, 'log.sqlite')
    const first = await openStore(file)
    await first.commit([append('a', 0, Uint8Array.of(1))])
    await first.close()
    // What the first version did not have.
    const database = new Database(file)
    database.exec('DROP TABLE audit; PRAGMA user_version = 1')
    database.close()
    const store = await openStore(file)
    expect((await store.load('a')).head).toBe(1)
    expect(await store.readAudit({ limit: 10 })).toEqual([])
    await store.commit([{ ...append('a', 1, Uint8Array.of(2)), audit: [signedIn] }])
    expect(await store.readAudit({ limit: 10 })).toEqual([{ id: 1, ...signedIn }])
    await store.close()
  })

  it('one that is no database is named', async () => {
    const file = fileURLToPath(import.meta.url)
    await expect(openStore(file)).rejects.toBeInstanceOf(StoreUnavailable)
    await expect(openStore(join(folder.path, 'absent', 'log.sqlite'))).rejects.toThrow(/log\.sqlite/)
  })
})

describe('deleted text', () => {
  const secret = 'НАСТОЯЩАЯ ТАЙНА'
  const written = append('a', 0, new TextEncoder().encode(secret.repeat(3)))
  const rewriting = { room: 'a', expectedHead: 1, updates: [Uint8Array.of(1)], rewritten: Uint8Array.of(0) }
  const rewritten: Commit = { appends: [rewriting], records: [], visibility: [] }

  async function isKept(path = folder.path): Promise<boolean> {
    const names = (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isFile())
    const files = await Promise.all(names.map(({ name }) => readFile(join(path, name))))
    return files.some((bytes) => bytes.includes(secret))
  }

  it('is gone from every file when its room is rewritten, also while the store is open', async () => {
    const store = await openStore(join(folder.path, 'log.sqlite'))
    await store.commit([written])
    expect(await isKept()).toBe(true)
    await store.commit([rewritten])
    expect(await isKept()).toBe(false)
    await store.close()
    expect(await isKept()).toBe(false)
  })

  it('that a backup under way, or a crash, kept in the write-ahead log is gone with the next commit or start', async () => {
    const file = join(folder.path, 'log.sqlite')
    const store = await openStore(file)
    await store.commit([written])
    const backup = new Database(file)
    backup.exec('BEGIN')
    backup.prepare('SELECT count(*) FROM log').all()
    await store.commit([rewritten])
    const crashed = join(folder.path, 'crashed')
    await mkdir(crashed)
    for (const name of ['log.sqlite', 'log.sqlite-wal']) await copyFile(join(folder.path, name), join(crashed, name))
    expect([await isKept(), await isKept(crashed)]).toEqual([true, true])

    const restarted = await openStore(join(crashed, 'log.sqlite'))
    expect(await isKept(crashed)).toBe(false)
    await restarted.close()
    backup.exec('COMMIT')
    backup.close()
    await store.commit([append('b', 0, Uint8Array.of(1))])
    expect(await isKept()).toBe(false)
    await store.close()
  })
})

it('a conflict names the room and leaves the next commit alone', async () => {
  const store = await openStore(join(folder.path, 'log.sqlite'))
  await store.commit([append('a', 0, Uint8Array.of(1))])
  const conflict = store.commit([append('a', 0, Uint8Array.of(2))])
  await expect(conflict).rejects.toThrow(StoreConflict)
  await expect(conflict).rejects.toThrow(/a is at 1, not at 0/)
  await store.commit([append('a', 1, Uint8Array.of(2))])
  await store.close()
})

/** All updates in one: comparing them element by element takes minutes. */
const bytesOf = (content: RoomContent | undefined): Buffer =>
  Buffer.concat(content?.updates.map(({ update }) => update) ?? [])

/** Node 20 runs no TypeScript: the script and the store it uses become one file. */
async function buildLogWriter(outDir: string): Promise<string> {
  await build({
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    build: {
      ssr: fileURLToPath(new URL('../support/server/log-writer.ts', import.meta.url)),
      outDir,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'log-writer.mjs' } },
    },
  })
  return join(outDir, 'log-writer.mjs')
}

/** Resolves with the last answered count of each writer. */
async function writeUntilKilled(script: string, file: string, killAfter: number): Promise<Map<number, number>> {
  const child = spawn(process.execPath, [script, file, builtWorkerUrl.href], { stdio: ['ignore', 'pipe', 'inherit'] })
  const answered = new Map<number, number>()
  let lines = 0
  const reader = createInterface(child.stdout)
  const ended = once(reader, 'close')
  reader.on('line', (line) => {
    const [writer, count] = line.split(' ').map(Number)
    if (writer !== undefined && count !== undefined) answered.set(writer, count)
    if (++lines === killAfter) child.kill('SIGKILL')
  })
  await ended
  return answered
}
