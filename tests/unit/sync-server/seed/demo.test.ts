import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { readEntries, readReceipts } from '#common/documents/chat-document.ts'
import { readUsers } from '#common/documents/directory-document.ts'
import { readMarksOf } from '#common/documents/personal-document.ts'
import { readTicket } from '#common/documents/ticket-document.ts'
import { chatRoom, personalRoom, ticketRoom } from '#common/domain/ids.ts'
import type { Entry } from '#common/domain/message.ts'
import { stages, type Ticket } from '#common/domain/ticket.ts'
import type { DemoTicket } from '#server/seed/demo/demo-ticket.ts'
import { readScript, type DemoPhotos } from '#server/seed/demo/script.ts'
import { demoTickets, seedDemo } from '#server/seed/demo/seed-demo.ts'
import { MemoryLogStore } from '#server/storage/memory-log-store.ts'

/** Drawing them is not what is tested here. */
const photos: DemoPhotos = {
  photo: async (scene) => {
    const sha256 = createHash('sha256').update(scene).digest('hex')
    const stored = { kind: 'photo', mime: 'image/jpeg', size: 1, full: sha256, thumb: sha256, bytes: 2 } as const
    return { sha256, stored }
  },
  finish: async () => {},
}

const nowMs = Date.UTC(2026, 10, 22, 14, 30)
const minuteMs = 60_000

async function documentOf(store: MemoryLogStore, room: string): Promise<Y.Doc> {
  const document = new Y.Doc()
  const { snapshot, updates } = await store.load(room)
  for (const { update } of snapshot ? [snapshot, ...updates] : updates) Y.applyUpdate(document, update)
  return document
}

describe('the demonstration', () => {
  const store = new MemoryLogStore()
  const tickets: Ticket[] = []
  const chats = new Map<string, Entry[]>()

  beforeAll(async () => {
    await seedDemo(store, nowMs, photos)
    for (const id of (await store.records('ticket')).keys()) {
      const ticket = readTicket(await documentOf(store, ticketRoom(id)))
      if (ticket) tickets.push(ticket)
      chats.set(id, readEntries(await documentOf(store, chatRoom(id, 'customer'))))
    }
  })

  const messages = () => [...chats.values()].flat().flatMap((entry) => (entry.type === 'message' ? [entry] : []))

  it('has some forty tickets in all stages and some six hundred messages, no two alike', () => {
    expect(tickets).toHaveLength(demoTickets.length)
    expect(tickets.length).toBeGreaterThanOrEqual(40)
    expect(new Set(tickets.map(({ stage }) => stage))).toEqual(new Set(stages))
    expect(messages().length).toBeGreaterThanOrEqual(550)
    const texts = messages().map(({ text }) => text)
    expect(new Set(texts).size).toBe(texts.length)
  })

  it('has photos in some of the messages', () => {
    const files = messages().flatMap(({ attachments = [] }) => attachments)
    expect(files.length).toBeGreaterThanOrEqual(5)
    expect(files.every(({ mime }) => mime === 'image/jpeg')).toBe(true)
  })

  it('happened in the last days, up to minutes ago, and never in the future', () => {
    const times = messages().map(({ at }) => at)
    expect(Math.max(...times)).toBeLessThanOrEqual(nowMs)
    expect(Math.max(...times)).toBeGreaterThan(nowMs - 30 * minuteMs)
    expect(Math.min(...times)).toBeGreaterThan(nowMs - 14 * 24 * 60 * minuteMs)
    for (const entries of chats.values())
      expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).sort((a, b) => a - b))
  })

  it('has both customers with tickets of both engineers, of different companies', async () => {
    for (const customerId of ['customer', 'customer2'])
      for (const assigneeId of ['engineer', 'engineer2'])
        expect(
          tickets.filter((ticket) => ticket.customerId === customerId && ticket.assigneeId === assigneeId),
        ).not.toEqual([])
    const users = readUsers(await documentOf(store, 'directory'))
    const companyOf = (id: string) => users.find((user) => user.id === id)?.company
    expect(companyOf('customer')).not.toBe(companyOf('customer2'))
    for (const login of ['admin', 'dispatcher', 'dispatcher2', 'engineer', 'engineer2', 'customer', 'customer2'])
      expect(users.map((user) => user.login)).toContain(login)
  })

  it('left the dispatcher a handful of unread chats, and nothing to the others', async () => {
    const unreadOf = async (userId: string): Promise<number> => {
      const personal = readMarksOf(await documentOf(store, personalRoom(userId)))
      return [...chats].filter(([id, entries]) => {
        const read = personal.get(chatRoom(id, 'customer')) ?? 0
        return entries.some((entry) => entry.seq > read && entry.type === 'message' && entry.authorId !== userId)
      }).length
    }
    const unread = await unreadOf('dispatcher')
    expect(unread).toBeGreaterThanOrEqual(5)
    expect(unread).toBeLessThanOrEqual(9)
    expect(await unreadOf('admin')).toBe(0)
    expect(await unreadOf('dispatcher2')).toBe(0)
  })

  it('shows messages that were read and some that were not', async () => {
    const [closed] = tickets.filter(({ stage }) => stage === 'closed')
    const receipts = readReceipts(await documentOf(store, chatRoom(closed?.id ?? '', 'customer')))
    expect(receipts.size).toBeGreaterThanOrEqual(4)
    expect(new Set([...receipts.values()].map(({ read }) => read)).size).toBe(1)
  })

  it('is the same each time, but for its times', async () => {
    const again = new MemoryLogStore()
    await seedDemo(again, nowMs, photos)
    expect([...(await again.records('ticket'))]).toEqual([...(await store.records('ticket'))])
    expect(await again.position()).toBe(await store.position())
  })

  it.each([0, 3, 7, 11, 18, 23])('is possible when the server starts at %i:00', (hour) => {
    const atMs = new Date(2026, 10, 22, hour, 0, 30).getTime()
    for (const ticket of demoTickets) {
      const events = readScript(ticket, atMs)
      expect(events[0]?.type).toBe('open')
      expect(events.map((event) => event.atMs)).toEqual(events.map((event) => event.atMs).sort((a, b) => a - b))
    }
  })
})

describe('a script that is wrong', () => {
  const ticket = (script: string): DemoTicket => ({ ...(demoTickets[0] as DemoTicket), engineer: null, script })

  it.each([
    ['a line of no form', '@-1 10:00\n  hello', /what is «hello»/],
    ['a clock that goes back', '@-1 10:00\n  @-2 10:00', /goes back/],
    ['an end in the future', '~5\n  c+10 Текст', /future/],
    ['a stage that is none', '@-1 10:00\n  =+1 asleep', /no stage asleep/],
    ['a photo of nothing known', '@-1 10:00\n  c+1 [unicorn] Текст', /no photo of unicorn/],
    ['an engineer who is none', '@-1 10:00\n  e+1 Текст', /has no engineer/],
  ])('says so of %s', (_name, script, message) => {
    expect(() => readScript(ticket(script), nowMs)).toThrow(message)
  })
})
