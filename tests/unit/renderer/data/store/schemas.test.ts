import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { addRxPlugin, createRxDatabase, type RxCollection, type RxJsonSchema } from 'rxdb/plugins/core'
import { disableWarnings, RxDBDevModePlugin } from 'rxdb/plugins/dev-mode'
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie'
import { wrappedValidateAjvStorage } from 'rxdb/plugins/validate-ajv'
import { beforeAll, describe, expect, it } from 'vitest'
import { slotOf, slotRange } from '#renderer/data/store/inverted.ts'
import {
  chatDocuments,
  messageDocument,
  messageRow as rowOf,
  rowSchemas,
  storedTicket as ticketOf,
  ticketDocument,
  writtenSchemas,
} from '#renderer/data/store/schemas.ts'
import { chatRow, messageRow, outboxRow, storedTicket } from '#tests/support/client/rows.ts'

const root = resolve(import.meta.dirname, '../../../../..')

describe('schemas of the collections', () => {
  let collections: Record<string, RxCollection>

  beforeAll(async () => {
    addRxPlugin(RxDBDevModePlugin)
    disableWarnings()
    // The development mode checks the schemas themselves, ajv every document: what production does not do.
    const database = await createRxDatabase<Record<string, RxCollection>>({
      name: 'schemas',
      storage: wrappedValidateAjvStorage({
        storage: getRxStorageDexie({ indexedDB: new IDBFactory(), IDBKeyRange }),
      }),
      multiInstance: false,
    })
    const schemas = { ...rowSchemas, ...writtenSchemas } as unknown as Record<string, RxJsonSchema<object>>
    collections = await database.addCollections(
      Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, { schema: structuredClone(schema) }])),
    )
    return () => database.close()
  })

  it('take every kind of row', async () => {
    const stamp = { room: 'chat.T1.customer', at: 5 }
    const lines = [
      messageRow({ seq: 1, replyTo: 1, editedAt: 7, crossPost: { id: 'x', with: 'chat.T1.team' } }),
      messageRow({ seq: 2, attachments: [{ sha256: 'a'.repeat(64), name: 'a.jpg', mime: 'image/jpeg', size: 5 }] }),
      { ...stamp, seq: 3, id: 'J', type: 'joined', userId: 'u2', byId: 'u1' } as const,
      { ...stamp, seq: 4, id: 'S', type: 'system', key: 'split', values: { number: 1 } } as const,
    ]
    for (const line of lines) {
      const stored = await collections['messages']!.insert(messageDocument(line))
      expect(rowOf(stored.toMutableJSON())).toEqual(line)
    }
    const [chat, members] = chatDocuments(chatRow({}))
    await collections['chats']!.insert(chat)
    await collections['chats']!.insert({ ...chatDocuments(chatRow({ room: 'chat.T2.team', last: null }))[0] })
    await collections['members']!.insert(members)
    const ticket = storedTicket({ assigneeId: null, customerId: null })
    const stored = await collections['tickets']!.insert(ticketDocument(ticket))
    expect(ticketOf(stored.toMutableJSON())).toEqual(ticket)
    const user = {
      id: 'u1',
      login: 'a',
      name: 'A',
      kind: 'employee',
      roleId: 'r',
      active: true,
      company: 'c',
      position: 'p',
    }
    await collections['users']!.insert(user)
    await collections['outbox']!.insert(outboxRow({ order: 1 }))
    await collections['drafts']!.insert({ room: 'chat.T1.customer', text: 'x' })
    await collections['marks']!.insert({ id: 'journal', generation: 1, items: 2 })
  })

  it('refuse what is none', async () => {
    const document = messageDocument(messageRow({ seq: 9 }))
    await expect(collections['messages']!.insert({ ...document, at: 'yesterday' })).rejects.toThrow()
    await expect(collections['chats']!.insert({ room: 'chat.T9.team' })).rejects.toThrow()
  })

  it('let an index answer each query in its order', () => {
    const { first, last } = slotRange('chat.T1.customer')
    const queries = [
      collections['messages']!.find({
        selector: { slot: { $gte: first, $lte: last } },
        sort: [{ slot: 'asc' }],
        index: ['slot'],
        limit: 50,
      }),
      ...[{}, { stage: 'new' }, { assigneeId: 'u1' }, { stage: 'new', assigneeId: '' }].map((selector) =>
        collections['tickets']!.find({ selector, sort: [{ nlast: 'asc' }], limit: 50 }),
      ),
    ]
    for (const query of queries) {
      const { queryPlan } = query.getPreparedQuery()
      expect(queryPlan.sortSatisfiedByIndex, JSON.stringify(queryPlan.index)).toBe(true)
      expect(queryPlan.selectorSatisfiedByIndex, JSON.stringify(queryPlan.index)).toBe(true)
    }
  })
})

describe('slots', () => {
  it('fall as numbers rise, so that ascending is newest first', () => {
    const seqs = [1, 2, 9, 10, 11, 99, 100, 1_000_000]
    const slots = seqs.map((seq) => slotOf('chat.T1.team', seq))
    expect(slots.toSorted()).toEqual(slots.toReversed())
  })

  it('of one room lie within its range, those of rooms with a longer name do not', () => {
    const { first, last } = slotRange('chat.T1.team', 5)
    expect(
      [6, 7, 1_000].every((seq) => slotOf('chat.T1.team', seq) >= first && slotOf('chat.T1.team', seq) <= last),
    ).toBe(true)
    expect(slotOf('chat.T1.team', 5) <= last).toBe(false)
    expect(slotOf('chat.T1.teams', 6) >= first && slotOf('chat.T1.teams', 6) <= last).toBe(false)
  })
})

describe('the store’s rules', () => {
  const data = join(root, 'renderer/data')
  const sources = readdirSync(data, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(data, file), 'utf8'))

  it('no query sorts downwards: such a sort never uses an index', () => {
    expect(sources.length).toBeGreaterThan(20)
    for (const source of sources) expect(source).not.toMatch(/['"]desc['"]/)
  })

  it('the development mode, which loads a page of its maker, is not in the product', () => {
    for (const source of sources) expect(source).not.toMatch(/dev-mode|validate-ajv/)
  })

  it('there is one Dexie: RxDB refuses to work beside another one', () => {
    const packages = join(root, 'node_modules')
    const nested = readdirSync(packages).filter((name) => existsSync(join(packages, name, 'node_modules/dexie')))
    expect(nested).toEqual([])
    const version = (path: string): string => JSON.parse(readFileSync(join(root, path), 'utf8')).version as string
    const wanted = JSON.parse(readFileSync(join(root, 'node_modules/rxdb/package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    expect(version('node_modules/dexie/package.json')).toBe(wanted.dependencies['dexie'])
  })
})
