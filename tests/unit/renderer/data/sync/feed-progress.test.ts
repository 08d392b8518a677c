import { beforeEach, describe, expect, it } from 'vitest'
import { caughtUp, cursor, FedDevice, WrittenRoom } from '#tests/support/client/fed-device.ts'
import { settled } from '#tests/support/server-core/manual-clock.ts'

const room = 'chat.T1.customer'

let device: FedDevice

beforeEach(async () => {
  device = new FedDevice()
  await device.start()
  return () => device.stop()
})

describe('progress and freshness', () => {
  it('shows a first sync until it is complete', async () => {
    device.server.last.say(new WrittenRoom(room).say('M1', 'один').changes(), cursor('c1'))
    await settled()
    expect(device.feed.syncing.get()).toEqual({ rooms: 1, messages: 1 })
    expect(device.feed.caughtUpAt.get()).toBeNull()
    device.server.last.say(caughtUp('c2'))
    await settled()
    expect(device.feed.syncing.get()).toBeNull()
    expect(device.feed.caughtUpAt.get()).toBe(device.clock.nowMs())
  })

  it('a connection on which more waits than can be kept is dropped, and nothing of it is lost', async () => {
    const release = device.holdWriting()
    const written = new WrittenRoom(room)
    for (let count = 0; count < 90; count++) written.say(`M${count}`, 'x'.repeat(20_000))
    device.server.last.say(new WrittenRoom('chat.T2.customer').say('M1', 'один').changes(), cursor('none'))
    await settled()
    for (const [index, update] of written.updates.entries())
      device.server.last.say(
        { type: 'CHANGES', room, epoch: 1, from: index, to: index + 1, updates: [update] },
        cursor(`${index + 1}`),
      )
    expect(device.server.sockets[0]!.isClosed).toBe(true)
    release()
    await device.connect()
    expect(device.server.last.ofType('SINCE')).toHaveLength(1)
    const head = (await device.stores.replica.heads()).get(room)!.seq
    expect(head).toBeGreaterThan(40)
    expect(device.server.last.ofType('SINCE')).toMatchObject([{ cursor: `${head}` }])
  })

  it('goes on with a first sync that was cut, from where it had got to', async () => {
    const rooms = [1, 2, 3].map((number) => new WrittenRoom(`chat.T${number}.customer`).say(`M${number}`, 'текст'))
    const [first, second, third] = rooms.map((written) => written.changes())
    device.server.last.say(first!, cursor('c1'))
    await settled()
    const release = device.holdWriting()
    device.server.last.say(second!, cursor('c2'))
    device.server.last.close(1006)
    await settled()
    expect(device.feed.syncing.get()).toEqual({ rooms: 1, messages: 1 })
    await device.connect()
    release()
    await settled()
    expect(device.feed.syncing.get()).toEqual({ rooms: 2, messages: 2 })
    device.server.last.say(third!, caughtUp('c3'))
    await settled()
    expect(device.feed.syncing.get()).toBeNull()
  })

  it('shows nothing when the network is gone and everything that came is stored', async () => {
    device.server.last.say(new WrittenRoom(room).say('M1', 'один').changes(), cursor('c1'))
    await settled()
    device.server.last.close(1006)
    await settled()
    expect(device.feed.syncing.get()).toBeNull()
    await device.connect()
    const release = device.holdWriting()
    device.server.last.say(new WrittenRoom('chat.T2.customer').say('M2', 'два').changes(), cursor('c2'))
    device.server.last.close(1006)
    release()
    await settled()
    expect(device.feed.syncing.get()).toBeNull()
  })

  it('stores the first few chats before it takes the many', async () => {
    const portions: number[] = []
    const { projection } = device.stores
    const write = projection.write.bind(projection)
    projection.write = (batch) => (portions.push(batch.chats.length), write(batch))
    const rooms = Array.from({ length: 500 }, (_, number) => new WrittenRoom(`chat.T${number}.customer`).say('M', 'а'))
    device.server.last.say(...rooms.map((written) => written.changes()), caughtUp('c1'))
    await settled()
    expect(portions.filter((count) => count > 0)).toEqual([20, 40, 80, 160, 200])
  })
})
