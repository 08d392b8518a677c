import type { RxDatabase } from 'rxdb/plugins/core'
import type { WrittenCollections } from './databases.ts'
import type { OutboxStore } from './ports.ts'
import { erase } from './raw-table.ts'
import { outboxRowSchema, parseOutboxRow } from './row-parsing.ts'

export type WrittenDatabase = {
  store: OutboxStore
  /** Whether this database was there before; a new one is marked now. */
  wasThere(): Promise<boolean>
}

export function createOutboxStore(database: RxDatabase<WrittenCollections>): WrittenDatabase {
  const { outbox, drafts, marks } = database.collections

  /** One change after another: a removal must find what a writing before it has put there. */
  let tail: Promise<unknown> = Promise.resolve()
  function inTurn<Answer>(change: () => Promise<Answer>): Promise<Answer> {
    const turn = tail.then(change)
    tail = turn.catch(() => undefined)
    return turn
  }

  async function mark(id: 'journal' | 'created', generation: number, items: number): Promise<void> {
    await marks.upsert({ id, generation, items })
  }

  const store: OutboxStore = {
    async rows() {
      const documents = await outbox.find().exec()
      // A row that can't be read is left where it is: a newer version may have written it.
      const rows = documents.flatMap((document) => {
        const parsed = outboxRowSchema.safeParse(document.toMutableJSON())
        return parsed.success ? [parsed.data] : []
      })
      return rows.sort((one, other) => one.order - other.order)
    },
    put: (rows) =>
      inTurn(async () => {
        if (rows.length === 0) return
        const { error } = await outbox.bulkUpsert(rows.map(parseOutboxRow))
        if (error.length > 0) throw new Error(`outbox: ${error.length} rows were not stored`)
      }),
    remove: (ids) =>
      inTurn(async () => {
        if (ids.length === 0) return
        await outbox.bulkRemove([...ids])
        await erase(outbox, ids)
      }),
    async drafts() {
      return new Map((await drafts.find().exec()).map(({ room, text }) => [room, text]))
    },
    putDraft: (room, text) =>
      inTurn(async () => {
        if (text !== '') {
          await drafts.upsert({ room, text })
          return
        }
        await drafts.bulkRemove([room])
        await erase(drafts, [room])
      }),
    async journalMark() {
      const document = (await marks.findByIds(['journal']).exec()).get('journal')
      return document ? { generation: document.generation, items: document.items } : null
    },
    setJournalMark: ({ generation, items }) => inTurn(() => mark('journal', generation, items)),
  }
  return {
    store,
    async wasThere() {
      const found = await marks.findByIds(['created']).exec()
      if (found.size === 0) await mark('created', 0, 0)
      return found.size > 0
    },
  }
}
