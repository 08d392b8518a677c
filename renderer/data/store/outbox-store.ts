import type { RxDatabase } from 'rxdb/plugins/core'
import type { RoomName } from '#common/domain/ids.ts'
import { isEmptyDraft, type Draft } from '../media/kept-file.ts'
import type { WrittenCollections } from './databases.ts'
import type { OutboxStore } from './ports.ts'
import { erase } from './raw-table.ts'
import { draftRowSchema, outboxRowSchema, parseOutboxRow } from './row-parsing.ts'

export type WrittenDatabase = {
  store: OutboxStore
  /** Whether this database was there before; a new one is marked now. */
  wasThere(): Promise<boolean>
}

export function createOutboxStore(database: RxDatabase<WrittenCollections>): WrittenDatabase {
  const { outbox, drafts, uploads, marks } = database.collections

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
      const documents = await drafts.find().exec()
      return new Map(
        documents.flatMap((document): [RoomName, Draft][] => {
          const parsed = draftRowSchema.safeParse(document.toMutableJSON())
          return parsed.success ? [[document.room, parsed.data]] : []
        }),
      )
    },
    putDraft: (room, draft) =>
      inTurn(async () => {
        if (!isEmptyDraft(draft)) {
          await drafts.upsert({ room, ...draftRowSchema.parse(draft) })
          return
        }
        await drafts.bulkRemove([room])
        await erase(drafts, [room])
      }),
    async begunUploads() {
      return (await uploads.find().exec()).map(({ key, url, size, at }) => ({ key, url, size, at }))
    },
    putBegunUpload: (upload) => inTurn(async () => void (await uploads.upsert(upload))),
    removeBegunUpload: (key) =>
      inTurn(async () => {
        await uploads.bulkRemove([key])
        await erase(uploads, [key])
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
