import { beforeEach, describe, expect, it } from 'vitest'
import { createUlidSource } from '#common/domain/ids.ts'
import { refusal } from '#common/protocol/refusals.ts'
import type { Actions } from '#renderer/data/api.ts'
import { createWritingActions, type WritingActions } from '#renderer/data/commands/actions.ts'
import { createCommandBuilder } from '#renderer/data/commands/build-command.ts'
import { Keeper } from '#renderer/data/commands/keeper.ts'
import { loadWriting } from '#renderer/data/commands/load-writing.ts'
import type { AccountStores } from '#renderer/data/store/ports.ts'
import { MemoryJournal } from '#tests/support/client/memory-journal.ts'
import { chatRow, emptyBatch } from '#tests/support/client/rows.ts'
import { ManualClock } from '#tests/support/server-core/manual-clock.ts'
import { createMemoryStores } from '#tests/support/simulation/memory-stores.ts'

const room = 'chat.T1.customer'
const writtenAt = '2026-01-15T09:00:00.000Z'

let journal: MemoryJournal
let stores: AccountStores
let keeper: Keeper
let act: WritingActions
let handedOver: Set<string>
let notSaved: string[]
let nowMs: number
let clock: ManualClock

beforeEach(async () => {
  journal = new MemoryJournal()
  stores = createMemoryStores()
  handedOver = new Set()
  notSaved = []
  nowMs = Date.parse(writtenAt)
  clock = new ManualClock()
  const loaded = await loadWriting('a', journal, stores.outbox, false)
  keeper = new Keeper({ clock, account: 'a', journal, store: stores.outbox, loaded })
  const newId = createUlidSource(
    () => nowMs,
    (bytes) => bytes.fill(1),
  )
  act = createWritingActions({
    build: createCommandBuilder(newId, () => nowMs),
    newId,
    keeper,
    projection: stores.projection,
    mayBeThere: ({ id }) => handedOver.has(id),
    notSaved: (detail) => notSaved.push(detail),
  })
})

function idOf(written: Awaited<ReturnType<Actions['postMessage']>>): string {
  if (!written.ok) throw new Error(JSON.stringify(written.reason))
  return written.value.id
}

const commands = () => keeper.list.pending().map(({ command }) => command)
const markRead = (seq: number) => act.markRead({ ticketId: 'T1', chat: 'customer', seq })
const post = (ticketId: string, text: string) => act.postMessage({ ticketId, to: ['customer'], text })

describe('each action', () => {
  it('writes its command with its time', async () => {
    const target = '01HZZZZZZZZZZZZZZZZZZZZZZZ'
    await act.postMessage({ ticketId: 'T1', to: ['customer', 'team'], text: 'Еду', replyTo: 3 })
    await act.editMessage({ ticketId: 'T1', chats: ['team'], target, text: 'Уже еду' })
    await act.deleteMessage({ ticketId: 'T1', chats: ['team'], target })
    await act.createTicket({ fields: { title: ' Течёт кран ' } })
    await act.updateTicket({ ticketId: 'T1', fields: { priority: 'high' } })
    await act.changeStage({ ticketId: 'T1', stage: 'assigneeRefused', reason: 'Нет запчастей' })
    await act.assign({ ticketId: 'T1', assigneeId: null })
    await markRead(4)
    expect(commands()).toMatchObject([
      { type: 'message.post', to: ['customer', 'team'], text: 'Еду', replyTo: 3, attachments: [], writtenAt },
      { type: 'message.edit', chat: 'team', target, text: 'Уже еду' },
      { type: 'message.delete', chat: 'team', target },
      { type: 'ticket.create', fields: { title: 'Течёт кран' } },
      { type: 'ticket.update', fields: { priority: 'high' } },
      { type: 'ticket.stage', stage: 'assigneeRefused', reason: 'Нет запчастей' },
      { type: 'ticket.assign', assigneeId: null },
      { type: 'read.mark', seq: 4 },
    ])
  })

  it('refuses what the server would not understand, and keeps nothing of it', async () => {
    expect(await post('T1', '  ')).toMatchObject({ ok: false, reason: { kind: 'invalid', refusal: { field: 'text' } } })
    expect([commands(), journal.writes]).toEqual([[], 0])
  })
})

describe('read marks', () => {
  it('of one chat become one, the furthest', async () => {
    await markRead(3)
    await markRead(5)
    const id = idOf(await markRead(4))
    expect(commands()).toMatchObject([{ type: 'read.mark', seq: 5, id }])
    expect(journal.items.size).toBe(1)
  })

  it('that may be with the server are not replaced', async () => {
    handedOver.add(idOf(await markRead(3)))
    await markRead(5)
    expect(commands()).toMatchObject([{ seq: 3 }, { seq: 5 }])
  })

  it('that would move nothing are not written', async () => {
    await stores.projection.write({ ...emptyBatch(), chats: [chatRow({ room, readSeq: 7 })] })
    expect(await markRead(7)).toMatchObject({ ok: true })
    expect(commands()).toEqual([])
  })

  it('of all chats are written in one step', async () => {
    const chats = [1, 2, 3].map((count) =>
      chatRow({ room: `chat.T${count}.customer`, ticketId: `T${count}`, unread: count - 1, lastSeq: 10 * count }),
    )
    await stores.projection.write({ ...emptyBatch(), chats })
    await act.markRead({ ticketId: 'T2', chat: 'customer', seq: 1 })
    const writes = journal.writes
    await act.markAllRead(null)
    expect(commands()).toMatchObject([
      { ticketId: 'T2', seq: 20 },
      { ticketId: 'T3', seq: 30 },
    ])
    expect(journal.writes - writes).toBe(1)
    await act.markAllRead(null)
    expect(commands()).toHaveLength(2)
  })
})

describe('taking back', () => {
  it('puts the words back into the draft of their chat, in one step', async () => {
    const id = idOf(await post('T1', 'Еду'))
    const writes = journal.writes
    expect(await act.takeBack({ id, text: 'Еду' })).toBe(true)
    expect(journal.writes - writes).toBe(1)
    expect(commands()).toEqual([])
    expect(keeper.drafts.get().get(room)).toMatchObject({ text: 'Еду', saved: true })
  })

  it('is refused for what may be with the server, and for what is not there', async () => {
    const id = idOf(await post('T1', 'Еду'))
    handedOver.add(id)
    expect(await act.cancelQueued({ id })).toBe(false)
    expect(await act.takeBack({ id, text: '' })).toBe(false)
    expect(await act.cancelQueued({ id: 'unknown' })).toBe(false)
    expect(commands()).toHaveLength(1)
    expect(notSaved).toEqual([])
  })

  it('that can not be recorded is refused, and said', async () => {
    const id = idOf(await post('T1', 'Еду'))
    journal.failure = 'disk-full'
    expect(await act.cancelQueued({ id })).toBe(false)
    expect(notSaved).toHaveLength(1)
    expect(commands()).toHaveLength(1)
  })
})

describe('editing what waits', () => {
  it('changes the words at their place in the line, and nothing else', async () => {
    const id = idOf(await post('T1', 'Еду'))
    await post('T1', 'Второе')
    await act.saveDraft({ room, text: 'Третье' })
    nowMs += 60_000
    expect(await act.editQueued({ id, text: 'Выезжаю' })).toBe(true)
    expect(keeper.list.sendable()).toMatchObject([
      { id, command: { text: 'Выезжаю', writtenAt } },
      { command: { text: 'Второе' } },
    ])
    expect(keeper.drafts.get().get(room)).toMatchObject({ text: 'Третье' })
    expect(JSON.parse(journal.items.get(`command ${id}`)?.value ?? '')).toMatchObject({ command: { text: 'Выезжаю' } })
  })

  it('sends a refused message again with its new words', async () => {
    const id = idOf(await post('T1', 'Еду'))
    await keeper.refuse(id, refusal('E_STALE'))
    expect(await act.editQueued({ id, text: 'Выезжаю' })).toBe(true)
    const [again] = keeper.list.pending()
    expect(again).toMatchObject({ state: 'queued', refusal: null, command: { text: 'Выезжаю', writtenAt } })
    expect(again?.id).not.toBe(id)
  })

  it('is refused for what may be with the server, for empty words, and when the disk does not take it', async () => {
    const id = idOf(await post('T1', 'Еду'))
    expect(await act.editQueued({ id, text: '' })).toBe(false)
    journal.failure = 'disk-full'
    expect(await act.editQueued({ id, text: 'Выезжаю' })).toBe(false)
    expect(notSaved).toHaveLength(1)
    journal.failure = undefined
    handedOver.add(id)
    expect(await act.editQueued({ id, text: 'Выезжаю' })).toBe(false)
    expect(keeper.list.sendable()).toMatchObject([{ id, command: { text: 'Еду' } }])
  })
})

describe('what was refused', () => {
  it('goes again under a new id, with the time of its writing', async () => {
    const id = idOf(await post('T1', 'Еду'))
    await keeper.refuse(id, refusal('E_STALE'))
    nowMs += 60_000
    const again = idOf(await act.retryRefused({ id }))
    expect(again).not.toBe(id)
    expect(keeper.list.pending()).toMatchObject([
      { id: again, state: 'queued', refusal: null, command: { text: 'Еду', writtenAt } },
    ])
    expect([...journal.items.keys()]).toEqual([`command ${again}`])
  })

  it('goes once, however often that is asked while a slow disk writes it, and is not thrown away then', async () => {
    const id = idOf(await post('T1', 'Еду'))
    await keeper.refuse(id, refusal('E_STALE'))
    const releases: (() => void)[] = []
    journal.beforeWrite = () => new Promise<void>((resolve) => releases.push(resolve))
    const first = act.retryRefused({ id })
    const others = [act.retryRefused({ id }), act.editQueued({ id, text: 'Еду завтра' }), act.discardRefused({ id })]
    journal.beforeWrite = () => {}
    for (const release of releases) release()
    const again = idOf(await first)
    await Promise.all(others)
    expect(keeper.list.pending()).toMatchObject([{ id: again, state: 'queued', command: { text: 'Еду' } }])
    expect([...journal.items.keys()]).toEqual([`command ${again}`])
  })

  it('can be tried again after the disk would not take it', async () => {
    const id = idOf(await post('T1', 'Еду'))
    await keeper.refuse(id, refusal('E_STALE'))
    journal.failure = 'disk-full'
    expect(await act.retryRefused({ id })).toMatchObject({ ok: false })
    journal.failure = undefined
    expect(await act.retryRefused({ id })).toMatchObject({ ok: true })
  })

  it('as a ticket takes along what was written about it', async () => {
    const ticketId = idOf(await act.createTicket({ fields: { title: 'Течёт кран' } }))
    const aboutIt = idOf(await post(ticketId, 'Уже еду'))
    await post('T1', 'о другой')
    await keeper.refuse(ticketId, refusal('E_FORBIDDEN'))
    await keeper.refuse(aboutIt, refusal('E_NOT_FOUND'))
    const again = idOf(await act.retryRefused({ id: ticketId }))
    expect(commands().find((command) => command.id === aboutIt)).toMatchObject({ ticketId: again })
    expect(commands().some((command) => 'ticketId' in command && command.ticketId === 'T1')).toBe(true)
    await act.retryRefused({ id: aboutIt })
    expect(keeper.list.sendable().map(({ command }) => command.type)).toEqual([
      'message.post',
      'ticket.create',
      'message.post',
    ])
  })

  it('is forgotten when it is thrown away, and nothing else is', async () => {
    const id = idOf(await post('T1', 'Еду'))
    await act.discardRefused({ id })
    expect(commands()).toHaveLength(1)
    await keeper.refuse(id, refusal('E_STALE'))
    await act.discardRefused({ id })
    expect([commands(), journal.items.size]).toEqual([[], 0])
  })
})
