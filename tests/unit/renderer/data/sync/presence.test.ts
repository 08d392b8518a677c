import { afterEach, describe, expect, it } from 'vitest'
import { chatRoom } from '#common/domain/ids.ts'
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

describe('presence', () => {
  it('shows who else looks and types, under the names the server gives, until they leave', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const room = chatRoom(ticketId, 'customer')
    const a = await signedIn(world, 'dispatcher')
    const b = await signedIn(world, 'dispatcher2')
    const watchedByA = a.core.lookAt(room)
    const watchedByB = b.core.lookAt(room)
    const olegLooks = { userId: 'dispatcher2', name: 'Олег Дежурный', typing: false }
    await a.until(() => watchedByA.present.get().length === 1)
    expect(watchedByA.present.get()).toEqual([olegLooks])
    await b.until(() => watchedByB.present.get()[0]?.userId === 'dispatcher')
    await b.core.act.setTyping({ ticketId, chat: 'customer', typing: true })
    await a.until(() => watchedByA.present.get()[0]?.typing === true)
    await b.core.act.setTyping({ ticketId, chat: 'customer', typing: false })
    await a.until(() => watchedByA.present.get()[0]?.typing === false)
    a.cut()
    expect(watchedByA.present.get()).toEqual([])
    await a.until(() => watchedByA.present.get().length === 1)
    watchedByB.dispose()
    await a.until(() => watchedByA.present.get().length === 0)
    watchedByA.dispose()
  })

  it('also of who typed before the chat was looked at', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const room = chatRoom(ticketId, 'customer')
    const a = await signedIn(world, 'dispatcher')
    const b = await signedIn(world, 'dispatcher2')
    const watched = a.core.lookAt(room)
    await b.core.act.setTyping({ ticketId, chat: 'customer', typing: true })
    b.core.lookAt(room)
    await a.until(() => watched.present.get()[0]?.typing === true)
  })

  it('one chat in two places is one presence, and ends with the last of them', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const room = chatRoom(ticketId, 'customer')
    const a = await signedIn(world, 'dispatcher')
    const b = await signedIn(world, 'dispatcher2')
    const watched = a.core.lookAt(room)
    const first = b.core.lookAt(room)
    const second = b.core.lookAt(room)
    await a.until(() => watched.present.get().length === 1)
    first.dispose()
    first.dispose()
    await a.until(() => a.core.connection.get().state === 'online')
    expect(watched.present.get()).toHaveLength(1)
    second.dispose()
    await a.until(() => watched.present.get().length === 0)
  })

  it('a chat outside the scope of the feed is fetched when it is wanted', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const room = chatRoom(ticketId, 'customer')
    await world.post('dispatcher2', ticketId, 'давнее')
    await world.run('dispatcher2', { type: 'ticket.stage', ticketId, stage: 'closed' })
    await world.clock.advance(40 * 86_400_000)
    const a = await signedIn(world, 'dispatcher')
    expect((await a.stores.projection.chats([room])).size).toBe(0)
    const stop = a.core.wantChat(room)
    await a.until(async () => (await a.stores.projection.newestMessage(room))?.text === 'давнее')
    expect(await a.stores.projection.ticket(ticketId)).toMatchObject({ stage: 'closed' })
    stop()
  })

  it('a ticket that only this device knows is not asked for, and is opened once it exists', async () => {
    const world = await CoreWorld.start()
    const a = await signedIn(world, 'dispatcher')
    const b = await signedIn(world, 'dispatcher2')
    a.goOffline()
    const created = await a.core.act.createTicket({ fields: { title: 'Течёт кран' } })
    if (!created.ok) throw new Error('not written')
    const room = chatRoom(created.value.id, 'customer')
    a.core.wantChat(room)
    const watched = a.core.lookAt(room)
    a.goOnline()
    await a.caughtUp()
    await b.until(async () => (await b.stores.projection.chats([room])).size === 1)
    b.core.lookAt(room)
    await a.until(() => watched.present.get().length === 1, 'presence in the new ticket')
    expect(world.events.filter(({ type }) => type === 'violation')).toEqual([])
  })
})
