/**
 * A process that commits without end, for tests that kill it: `node log-writer.js FILE WORKER_URL`. Each writer appends to two
 * rooms, writes a record and an outcome in one commit, and says `WRITER COUNT` on stdout once the store answered.
 */
import { openSqliteLogStore } from '#server/storage/sqlite-log-store.ts'
import { roomsOfWriter, userOfWriters, writers } from './log-writer-layout.ts'

const [file = '', workerUrl = ''] = process.argv.slice(2)
const store = await openSqliteLogStore({ file, restored: false, workerUrl: new URL(workerUrl) })

async function write(writer: number): Promise<never> {
  const [first, second] = roomsOfWriter(writer)
  let count = (await store.heads([first])).get(first) ?? 0
  for (;;) {
    const next = count + 1
    const bytes = crypto.getRandomValues(new Uint8Array(100 + ((next * 37) % 4_000)))
    bytes[0] = next % 256
    await store.commit([
      {
        appends: [
          { room: first, expectedHead: count, updates: [bytes] },
          { room: second, expectedHead: count, updates: [bytes] },
        ],
        records: [{ kind: 'count', key: String(writer), value: next }],
        visibility: [],
        outcome: { userId: userOfWriters, commandId: `${writer}-${next}`, contentHash: 'x' },
        audit: [
          {
            at: next,
            writtenAt: null,
            byId: userOfWriters,
            byName: '',
            action: 'count',
            subject: 'ticket',
            subjectId: String(writer),
            subjectName: '',
            changes: [],
          },
        ],
      },
    ])
    count = next
    process.stdout.write(`${writer} ${count}\n`)
  }
}

await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
