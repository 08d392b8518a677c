import { afterEach, describe, expect, it } from 'vitest'
import { chatRoom, ticketRoom, type TicketId } from '#common/domain/ids.ts'
import { readEntries } from '#common/documents/chat-document.ts'
import { ClientDevice } from '#tests/support/client/client-device.ts'
import { CoreWorld } from '#tests/support/server-core/core-world.ts'

const devices: ClientDevice[] = []
afterEach(async () => {
  for (const device of devices.splice(0)) await device.core.stop()
})

async function signedIn(...args: Parameters<typeof ClientDevice.signedIn>): Promise<ClientDevice> {
  const device = await ClientDevice.signedIn(...args)
  devices.push(device)
  return device
}

/** Texts of a chat as the server's log holds them. */
async function textsOnServer(world: CoreWorld, ticketId: TicketId): Promise<string[]> {
  const reader = await world.sync('admin', `reader-${ticketId}`)
  await reader.follow(null, 'all')
  const entries = readEntries(reader.document(chatRoom(ticketId, 'customer')))
  reader.cut()
  return entries.flatMap((entry) => (entry.type === 'message' ? [entry.text] : []))
}

function post(device: ClientDevice, ticketId: TicketId, text: string) {
  return device.core.act.postMessage({ ticketId, to: ['customer'], text })
}

const states = (device: ClientDevice) =>
  device.core.outbox.get().map(({ state, unsaved, sending }) => ({ state, unsaved, sending }))

describe('two clients and a server', () => {
  it('A writes, B sees it unread; B reads, A sees the receipt', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const room = chatRoom(ticketId, 'customer')
    const a = await signedIn(world, 'dispatcher')
    const b = await signedIn(world, 'dispatcher2')
    expect(await post(a, ticketId, 'Мастер выезжает')).toMatchObject({ ok: true })
    await b.until(async () => (await b.stores.projection.newestMessage(room))?.text === 'Мастер выезжает', 'B has it')
    await a.until(() => a.core.outbox.get().length === 0, 'A has nothing left')
    const chat = (await b.stores.projection.chats([room])).get(room)!
    expect(chat).toMatchObject({ unread: 1, readSeq: 0, last: { text: 'Мастер выезжает', authorId: 'dispatcher' } })
    await b.core.act.markRead({ ticketId, chat: 'customer', seq: chat.lastSeq })
    await b.until(async () => (await b.stores.projection.chats([room])).get(room)?.unread === 0, 'B has read it')
    await a.until(
      async () => (await a.stores.projection.chats([room])).get(room)?.receipts['dispatcher2']?.read === chat.lastSeq,
      'A sees it',
    )
    expect((await a.stores.projection.chats([room])).get(room)).toMatchObject({ unread: 0 })
  })

  it('edits and deletions change the line and the newest message of the chat', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const room = chatRoom(ticketId, 'customer')
    const a = await signedIn(world, 'dispatcher')
    const b = await signedIn(world, 'dispatcher2')
    const first = await post(a, ticketId, 'первое')
    const second = await post(a, ticketId, 'второе')
    if (!first.ok || !second.ok) throw new Error('not written')
    await a.core.act.editMessage({ ticketId, chats: ['customer'], target: first.value.id, text: 'исправлено' })
    await a.core.act.deleteMessage({ ticketId, chats: ['customer'], target: second.value.id })
    await b.until(async () => (await b.stores.projection.newestMessage(room))?.text === 'исправлено')
    const rows = await b.stores.projection.messagesById(room, [first.value.id, second.value.id])
    expect(rows.get(first.value.id)).toMatchObject({ text: 'исправлено', deleted: false })
    expect(rows.get(second.value.id)).toMatchObject({ text: '', deleted: true })
    expect((await b.stores.projection.chats([room])).get(room)).toMatchObject({
      unread: 1,
      last: { text: 'исправлено' },
    })
  })

  it('tells of a new message once, and not of what was read elsewhere', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    await world.post('customer', ticketId, 'до входа').catch(() => undefined)
    await world.post('dispatcher2', ticketId, 'старое')
    const a = await signedIn(world, 'dispatcher')
    const told: [string, boolean][] = []
    a.core.onArrived((messages, live) => told.push(...messages.map(({ text }): [string, boolean] => [text, live])))
    await world.post('dispatcher2', ticketId, 'новое')
    await a.until(() => told.length > 0)
    a.goOffline()
    await world.post('dispatcher2', ticketId, 'пока не было связи')
    const newTicket = await world.createTicket('dispatcher2')
    await world.post('dispatcher2', newTicket, 'в новой заявке')
    a.goOnline()
    await a.caughtUp()
    expect(told[0]).toEqual(['новое', true])
    expect(told.slice(1).sort(([one], [other]) => one.localeCompare(other))).toEqual([
      ['в новой заявке', false],
      ['пока не было связи', false],
    ])
  })
})

describe('without a network', () => {
  it('20 messages in 5 tickets and a new ticket survive a crash and go out once, in order', async () => {
    const world = await CoreWorld.start()
    const tickets: TicketId[] = []
    for (let count = 0; count < 5; count++) tickets.push(await world.createTicket())
    const b = await signedIn(world, 'dispatcher')
    b.goOffline()
    for (let count = 0; count < 20; count++) await post(b, tickets[count % 5]!, `сообщение ${count}`)
    const created = await b.core.act.createTicket({ fields: { title: 'Течёт кран' } })
    if (!created.ok) throw new Error('not written')
    await post(b, created.value.id, 'уже еду')
    expect(b.core.connection.get()).toMatchObject({ queued: 22, refused: 0 })
    b.crash()
    await b.start()
    expect(b.core.session.get()).toMatchObject({ state: 'signed-in', account: { id: 'dispatcher' } })
    expect(b.core.outbox.get().map(({ command }) => ('text' in command ? command.text : command.type))).toEqual([
      ...Array.from({ length: 20 }, (_, count) => `сообщение ${count}`),
      'ticket.create',
      'уже еду',
    ])
    expect(new Set(states(b).map((state) => JSON.stringify(state)))).toEqual(
      new Set([JSON.stringify({ state: 'queued', unsaved: false, sending: false })]),
    )
    b.goOnline()
    await b.caughtUp()
    for (const [index, ticketId] of tickets.entries())
      expect(await textsOnServer(world, ticketId)).toEqual([0, 5, 10, 15].map((step) => `сообщение ${index + step}`))
    expect(await textsOnServer(world, created.value.id)).toEqual(['уже еду'])
    await b.until(async () => (await b.stores.projection.ticket(created.value.id))?.number !== undefined)
    await b.until(() => b.core.outbox.get().length === 0)
    expect([...b.journal.items.values()].filter(({ id }) => id !== 'sent-up-to')).toEqual([])
    expect(await b.stores.outbox.rows()).toEqual([])
  })

  it('the same when the browser’s database is deleted while the app is off', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const b = await signedIn(world, 'dispatcher')
    b.goOffline()
    for (let count = 0; count < 5; count++) await post(b, ticketId, `сообщение ${count}`)
    await b.core.act.saveDraft({ room: chatRoom(ticketId, 'customer'), text: 'недописа' })
    b.crash()
    b.wipeDatabases()
    await b.start()
    expect(b.core.outbox.get()).toHaveLength(5)
    expect(b.core.drafts.get().get(chatRoom(ticketId, 'customer'))).toMatchObject({ text: 'недописа', saved: true })
    expect(b.core.notices.get()).toMatchObject([{ kind: 'database-rebuilt', values: { restored: 5 } }])
    b.goOnline()
    await b.caughtUp()
    expect(await textsOnServer(world, ticketId)).toEqual([0, 1, 2, 3, 4].map((count) => `сообщение ${count}`))
    expect((await b.stores.projection.chats([chatRoom(ticketId, 'customer')])).size).toBe(1)
  })

  it('acknowledgements that are lost again and again double nothing', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const b = await signedIn(world, 'dispatcher')
    for (let count = 0; count < 30; count++) {
      await post(b, ticketId, `сообщение ${count}`)
      if (count % 3 === 0) b.cut()
    }
    await b.caughtUp()
    expect(await textsOnServer(world, ticketId)).toEqual(Array.from({ length: 30 }, (_, count) => `сообщение ${count}`))
  })

  it('a command written offline can be taken back; one that may be at the server can not', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const b = await signedIn(world, 'dispatcher')
    b.isHalfOpen = true
    const unknown = await post(b, ticketId, 'может быть уже там')
    await b.until(() => b.core.connection.get().state === 'offline')
    b.isHalfOpen = false
    b.goOffline()
    const certain = await post(b, ticketId, 'точно ещё здесь')
    if (!unknown.ok || !certain.ok) throw new Error('not written')
    expect(await b.core.act.cancelQueued({ id: unknown.value.id })).toBe(false)
    expect(await b.core.act.cancelQueued({ id: certain.value.id })).toBe(true)
    b.crash()
    await b.start()
    expect(await b.core.act.cancelQueued({ id: unknown.value.id })).toBe(false)
    b.goOnline()
    await b.caughtUp()
    expect(await textsOnServer(world, ticketId)).toEqual(['может быть уже там'])
  })

  it('a half-open socket is noticed and shown within 45 s, and left at once when the device wakes', async () => {
    const world = await CoreWorld.start()
    const b = await signedIn(world, 'dispatcher')
    b.isHalfOpen = true
    const cutAt = world.clock.nowMs()
    await b.until(() => b.core.connection.get().state === 'offline')
    expect(world.clock.nowMs() - cutAt).toBeLessThanOrEqual(45_000)
    expect(b.core.connection.get().offlineSince).toBeLessThanOrEqual(cutAt)
    b.isHalfOpen = false
    b.goOnline()
    await b.caughtUp()
    b.isHalfOpen = true
    const sleptAt = world.clock.nowMs()
    b.core.wake()
    await b.until(() => b.core.connection.get().state !== 'online')
    b.isHalfOpen = false
    await b.caughtUp()
    expect(world.clock.nowMs() - sleptAt).toBeLessThanOrEqual(6_000)
  })
})

describe('rights', () => {
  it('a ticket that is taken away leaves the device; what was written for it stays', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    await world.assign(ticketId, 'engineer')
    await world.post('dispatcher', ticketId, 'посмотрите')
    const b = await signedIn(world, 'engineer')
    const room = chatRoom(ticketId, 'customer')
    expect(await b.stores.projection.ticket(ticketId)).toBeDefined()
    await b.core.act.saveDraft({ room, text: 'черновик' })
    b.goOffline()
    await post(b, ticketId, 'не успел')
    await world.assign(ticketId, 'engineer2')
    b.goOnline()
    await b.until(async () => (await b.stores.projection.ticket(ticketId)) === undefined)
    expect((await b.stores.projection.chats([room])).size).toBe(0)
    expect(await b.stores.projection.newestMessage(room)).toBeUndefined()
    expect((await b.stores.replica.heads()).has(ticketRoom(ticketId))).toBe(false)
    expect(b.core.notices.get()).toMatchObject([{ kind: 'removed-from-ticket', values: { ticketId, number: 1 } }])
    expect(b.core.drafts.get().get(room)?.text).toBe('черновик')
    await b.until(() => b.core.connection.get().refused === 1)
    b.crash()
    await b.start()
    expect(b.core.outbox.get()).toMatchObject([{ ticketNumber: 1, command: { text: 'не успел' } }])
  })

  it('a refused command stays with its reason, also after a crash, until it is sent again or thrown away', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const b = await signedIn(world, 'dispatcher')
    b.goOffline()
    await post(b, ticketId, 'слишком поздно')
    await world.run('dispatcher2', { type: 'ticket.stage', ticketId, stage: 'closed' })
    b.goOnline()
    await b.until(() => b.core.connection.get().refused === 1)
    b.crash()
    await b.start()
    const [row] = b.core.outbox.get()
    expect(row).toMatchObject({ state: 'refused', command: { text: 'слишком поздно' } })
    await world.run('dispatcher2', { type: 'ticket.stage', ticketId, stage: 'inProgress' })
    const again = await b.core.act.retryRefused({ id: row!.id })
    expect(again).toMatchObject({ ok: true })
    await b.caughtUp()
    expect(await textsOnServer(world, ticketId)).toEqual(['слишком поздно'])
    expect(b.core.connection.get()).toMatchObject({ queued: 0, refused: 0 })
  })
})
