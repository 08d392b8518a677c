import { expect, it } from 'vitest'
import * as Y from 'yjs'
import { readEntries } from '#common/documents/chat-document.ts'
import { readMarksOf } from '#common/documents/personal-document.ts'
import { chatRoom, personalRoom } from '#common/domain/ids.ts'
import { ticketSchema } from '#common/domain/ticket.ts'
import { seedLarge } from '#server/seed/large/seed-large.ts'
import { MemoryLogStore } from '#server/storage/memory-log-store.ts'

const nowMs = Date.UTC(2026, 10, 22, 14, 30)
const monthMs = 30 * 24 * 3_600_000
const tickets = 500

it('the large demonstration: twenty messages a ticket, a month of work, most of it closed and read', async () => {
  const store = new MemoryLogStore()
  await seedLarge(store, nowMs, tickets)
  const documentOf = async (room: string): Promise<Y.Doc> => {
    const document = new Y.Doc()
    const { snapshot, updates } = await store.load(room)
    for (const { update } of snapshot ? [snapshot, ...updates] : updates) Y.applyUpdate(document, update)
    return document
  }
  const stored = [...(await store.records('ticket')).values()].map((value) => ticketSchema.parse(value))
  expect(stored).toHaveLength(tickets)
  expect(stored.filter(({ stage }) => stage === 'closed')).toHaveLength(tickets * 0.7)
  expect(stored.every(({ assigneeId, stageAt }) => assigneeId !== null && stageAt <= nowMs)).toBe(true)

  const read = readMarksOf(await documentOf(personalRoom('dispatcher')))
  let messages = 0
  let unreadChats = 0
  for (const { id } of stored) {
    const entries = readEntries(await documentOf(chatRoom(id, 'customer')))
    messages += entries.filter(({ type }) => type === 'message').length
    if (entries.length > (read.get(chatRoom(id, 'customer')) ?? 0)) unreadChats++
    expect(entries[0]?.at).toBeGreaterThan(nowMs - monthMs)
    expect(entries.at(-1)?.at).toBeLessThanOrEqual(nowMs)
  }
  expect(messages).toBe(tickets * 20)
  expect(unreadChats).toBe(tickets / 250)
}, 60_000)
