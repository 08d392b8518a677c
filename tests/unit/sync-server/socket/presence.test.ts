import * as encoding from 'lib0/encoding'
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness'
import { describe, expect, it } from 'vitest'
import { CoreWorld } from '#tests/support/server-core/core-world.ts'
import { settled } from '#tests/support/server-core/manual-clock.ts'
import type { RoomClient } from '#tests/support/server-core/room-client.ts'

/** Presence as y-websocket keeps it: it sends each change it sees, the others' too. */
function present(client: RoomClient): Awareness {
  const awareness = new Awareness(client.document)
  awareness.on('update', ({ added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>) => {
    client.send({ type: 'awareness', update: encodeAwarenessUpdate(awareness, [...added, ...updated, ...removed]) })
  })
  client.onAwareness = (update) => applyAwarenessUpdate(awareness, update, client)
  return awareness
}

const others = (awareness: Awareness): unknown[] =>
  [...awareness.getStates()].filter(([client]) => client !== awareness.clientID).map(([, state]) => state)

const states = (list: { client: number; clock: number; state: unknown }[]): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, list.length)
    for (const { client, clock, state } of list) {
      encoding.writeVarUint(encoder, client)
      encoding.writeVarUint(encoder, clock)
      encoding.writeVarString(encoder, JSON.stringify(state))
    }
  })

async function twoInAChat(limits = {}) {
  const world = await CoreWorld.start({ limits })
  const ticketId = await world.createTicket()
  const room = `chat.${ticketId}.customer`
  const [one, two] = [world.room('dispatcher', room), world.room('dispatcher2', room)]
  await settled()
  return { world, room, one, two }
}

describe('presence', () => {
  it('shows who is typing under the name the server gives them (W3)', async () => {
    const { world, one, two } = await twoInAChat()
    const [mine, theirs] = [present(one), present(two)]
    mine.setLocalState({ typing: true, userId: 'admin', name: 'Начальник', secret: 'x'.repeat(100) })
    await world.clock.advance(1_000)
    expect(others(theirs)).toEqual([{ userId: 'dispatcher', name: 'Мария Ковалёва', typing: true, looking: false }])
    expect(others(mine)).toEqual([])
    theirs.setLocalState({ looking: true })
    await world.clock.advance(1_000)
    expect(others(mine)).toEqual([{ userId: 'dispatcher2', name: 'Олег Дежурный', typing: false, looking: true }])
    one.cut()
    await settled()
    expect(others(theirs)).toEqual([])
    mine.destroy()
    theirs.destroy()
  })

  it('tells who comes later who is there already', async () => {
    const { world, room, one } = await twoInAChat()
    const mine = present(one)
    mine.setLocalState({ looking: true })
    await world.clock.advance(1_000)
    const late = world.room('admin', room)
    const theirs = present(late)
    await settled()
    expect(others(theirs)).toMatchObject([{ userId: 'dispatcher', looking: true }])
    mine.destroy()
    theirs.destroy()
  })

  it('is sent at most twice a second, the newest state last', async () => {
    const { world, one, two } = await twoInAChat()
    let received = 0
    two.onAwareness = () => received++
    for (let clock = 1; clock <= 50; clock++)
      one.send({ type: 'awareness', update: states([{ client: 7, clock, state: { typing: clock % 2 === 1 } }]) })
    await settled()
    expect(received).toBe(2)
    await world.clock.advance(1_000)
    expect(received).toBe(3)
    const last = two.received.at(-1)
    expect(last?.type === 'awareness' && Buffer.from(last.update).toString()).toContain('"typing":false')
  })

  it('takes no other client’s number, no impossible clock, no crowd, nothing big or torn', async () => {
    const { world, one, two, room } = await twoInAChat()
    const victim = present(two)
    victim.setLocalState({ looking: true })
    await world.clock.advance(1_000)
    const watcher = present(world.room('admin', room))
    await settled()
    const before = JSON.stringify(others(watcher))
    const attacks = [
      states([{ client: victim.clientID, clock: 1_000, state: { typing: true } }]),
      states([{ client: victim.clientID, clock: 1_000, state: null }]),
      states([{ client: 9, clock: 2 ** 31, state: { typing: true } }]),
      states([{ client: 2 ** 40, clock: 1, state: { typing: true } }]),
      states(Array.from({ length: 20_000 }, (_, client) => ({ client, clock: 1, state: {} }))),
      states(Array.from({ length: 60 }, (_, client) => ({ client, clock: 1, state: {} }))),
      states([{ client: 9, clock: 1, state: { text: 'x'.repeat(3_000) } }]),
      new Uint8Array([1, 9, 1, 200]),
      encoding.encode((encoder) => encoding.writeVarUint(encoder, 2 ** 31)),
    ]
    for (const update of attacks) one.send({ type: 'awareness', update })
    await world.clock.advance(2_000)
    expect(JSON.stringify(others(watcher))).toBe(before)
    one.send({
      type: 'awareness',
      update: states([{ client: 9, clock: 1, state: JSON.parse('{"__proto__":{"typing":true}}') }]),
    })
    await world.clock.advance(1_000)
    expect(others(watcher)).toContainEqual({
      userId: 'dispatcher',
      name: 'Мария Ковалёва',
      typing: false,
      looking: false,
    })
    victim.destroy()
    watcher.destroy()
  })

  it('exists in chats only', async () => {
    const world = await CoreWorld.start()
    const [one, two] = [world.room('dispatcher', 'directory'), world.room('dispatcher2', 'directory')]
    one.send({ type: 'awareness', update: states([{ client: 7, clock: 1, state: { typing: true } }]) })
    await world.clock.advance(1_000)
    expect(two.received.some((message) => message.type === 'awareness')).toBe(false)
  })
})
