import { afterEach, describe, expect, it } from 'vitest'
import { chatRoom } from '#common/domain/ids.ts'
import { ClientDevice } from '#tests/support/client/client-device.ts'
import { CoreWorld } from '#tests/support/server-core/core-world.ts'

describe('client core and server core', () => {
  const devices: ClientDevice[] = []
  afterEach(async () => {
    for (const device of devices.splice(0)) await device.core.stop()
  })

  async function signedIn(...args: Parameters<typeof ClientDevice.signedIn>): Promise<ClientDevice> {
    const device = await ClientDevice.signedIn(...args)
    devices.push(device)
    return device
  }

  it('A writes, B sees', async () => {
    const world = await CoreWorld.start()
    const ticketId = await world.createTicket()
    const room = chatRoom(ticketId, 'customer')
    const a = await signedIn(world, 'dispatcher')
    const b = await signedIn(world, 'dispatcher2')
    const written = await a.core.act.postMessage({ ticketId, to: ['customer'], text: 'Мастер выезжает' })
    expect(written.ok).toBe(true)
    await b.until(async () => (await b.stores.projection.newestMessage(room))?.text === 'Мастер выезжает', 'B has it')
    await a.until(() => a.core.outbox.get().length === 0, 'A has nothing left')
    const chat = (await b.stores.projection.chats([room])).get(room)
    expect(chat).toMatchObject({ unread: 1, lastSeq: chat?.last?.seq, last: { text: 'Мастер выезжает' } })
  })
})
