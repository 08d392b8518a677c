import '#tests/support/simulation/virtual-globals.ts'
import { expect, test, vi } from 'vitest'
import { chatRoom, createUlidSource } from '#common/domain/ids.ts'
import type { Device } from '#tests/support/simulation/device.ts'
import { SeededRandom } from '#tests/support/simulation/seeded-random.ts'
import { runWorld, type Circumstances, type Script } from '#tests/support/simulation/simulation.ts'
import type { World } from '#tests/support/simulation/world.ts'

const fiveMinutes = 300_000
vi.setConfig({ testTimeout: fiveMinutes })

/** Defects that the simulation found, each told as the story that shows it, in several worlds. */
async function expectToHold(script: Script, circumstances: Circumstances = {}): Promise<void> {
  for (const seed of [1, 2, 3]) {
    const { violation } = await runWorld(seed, script, {}, circumstances)
    expect(violation?.message).toBeUndefined()
  }
}

function deviceOf({ devices }: World, name: string): Device {
  const device = devices.find((candidate) => candidate.name === name)
  if (device === undefined) throw new Error(`${name} has no device`)
  return device
}

const hourMs = 3_600_000

async function until({ scheduler }: World, condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100_000 && !condition(); tries++) await scheduler.run(1)
  expect(condition()).toBe(true)
}

function firstTicket({ ledger }: World): string {
  const [ticketId] = ledger.world.tickets.keys()
  if (ticketId === undefined) throw new Error('no ticket')
  return ticketId
}

function post(world: World, device: Device): void {
  const ticketId = firstTicket(world)
  const text = world.markers.text(device.userId, 'Выезжаем')
  const rooms = [chatRoom(ticketId, 'customer')]
  device.issue({ type: 'message.post', rooms }, (act) => act.postMessage({ ticketId, to: ['customer'], text }))
}

test('a command that was taken leaves the outbox though the clock is set back meanwhile', () =>
  expectToHold(async (world) => {
    const device = deviceOf(world, 'dispatcher')
    device.setSkew(5 * hourMs)
    device.issue({ type: 'assign' }, (act) => act.assign({ ticketId: firstTicket(world), assigneeId: null }))
    await until(world, () => world.ledger.outcomes.size > 3)
    await world.scheduler.run(300)
    device.setSkew(-600_000)
  }))

test('a read mark that is not durable yet does not answer for another', () =>
  expectToHold(async (world) => {
    const device = deviceOf(world, 'dispatcher')
    post(world, deviceOf(world, 'customer'))
    const ticketId = firstTicket(world)
    const room = chatRoom(ticketId, 'customer')
    await until(world, () => device.watch.lastSeqOf(room) > 0)
    const read = { room, seq: device.watch.lastSeqOf(room) }
    for (let times = 0; times < 2; times++)
      device.issue({ type: 'read', read }, (act) => act.markRead({ ticketId, chat: 'customer', seq: read.seq }))
    await until(world, () => device.accepted.size > 0)
    device.crash(1_000)
  }))

test('a read mark does not take the place of a further one that is not durable yet', () =>
  expectToHold(async (world) => {
    const device = deviceOf(world, 'dispatcher')
    for (let times = 0; times < 2; times++) post(world, deviceOf(world, 'customer'))
    const ticketId = firstTicket(world)
    const room = chatRoom(ticketId, 'customer')
    await until(world, () => device.watch.lastSeqOf(room) > 1)
    for (const seq of [2, 1])
      device.issue({ type: 'read', read: { room, seq } }, (act) => act.markRead({ ticketId, chat: 'customer', seq }))
    await world.scheduler.run(5_000)
  }))

test('without a journal a message that went out before a restart can not be taken back', () =>
  expectToHold(
    async (world) => {
      const device = deviceOf(world, 'customer')
      post(world, device)
      await until(world, () => world.ledger.outcomes.size > 3)
      device.link.isUp = false
      device.crash(1_000)
      await until(world, () => device.outboxRows().length > 0)
      for (const { id } of device.outboxRows()) device.cancel(id)
      await world.scheduler.run(5_000)
    },
    { hasJournals: false },
  ))

test('people who take turns at a computer are all heard', () =>
  expectToHold(
    async (world) => {
      for (const name of ['dispatcher', 'dispatcher2']) post(world, deviceOf(world, name))
      await world.scheduler.run(10_000)
    },
    { isShared: true },
  ))

test('rows that were being made again when the app died are made again at its next start', () =>
  expectToHold(async (world) => {
    const device = deviceOf(world, 'dispatcher')
    const makeId = createUlidSource(
      () => world.scheduler.worldMs(),
      (bytes) => new SeededRandom(1, 'ids').fill(bytes),
    )
    const writtenAt = '2026-03-02T06:00:00Z'
    for (let count = 0; count < 40; count++) {
      const command = { id: makeId(), type: 'ticket.create', writtenAt, fields: { title: `Заявка ${count}` } }
      world.server.administer((core) => core.execute('dispatcher', command))
    }
    await world.scheduler.run(20_000)
    for (let events = 4; events < 16; events++) {
      device.wipe('rows', 100)
      await world.scheduler.run(101)
      device.crashAfter(events, 100)
      await world.scheduler.run(5_000)
    }
  }))

test('a message that is taken back in the moment its time is up does not come back after a restart', () =>
  expectToHold(async (world) => {
    const device = deviceOf(world, 'dispatcher')
    const ticketId = firstTicket(world)
    const holdMs = 5_000
    for (let lateMs = -4; lateMs < 8; lateMs++) {
      const text = world.markers.text(device.userId, 'Мастер выехал')
      const task = { type: 'message.post', rooms: [chatRoom(ticketId, 'customer')] }
      const held = { ticketId, to: ['customer' as const], text, holdMs }
      device.issue(
        task,
        (act) => act.postMessage(held),
        (id) => void world.scheduler.post(world.scheduler.world, holdMs + lateMs, () => device.cancel(id)),
      )
      // The server must not hear of it before the app is started again.
      device.link.isUp = false
      world.network.cut(device.link, 'reset')
      await world.scheduler.run(holdMs + 1_000)
      device.crash(100)
      device.link.isUp = true
      await world.scheduler.run(5_000)
    }
  }))
