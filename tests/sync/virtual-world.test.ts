import { lendGlobals } from '#tests/support/simulation/virtual-globals.ts'
import * as time from 'lib0/time'
import * as random from 'lib0/random'
import { describe, expect, test } from 'vitest'
import type { Connection } from '#server/server-core.ts'
import { Network } from '#tests/support/simulation/network.ts'
import { Realm, Scheduler } from '#tests/support/simulation/scheduler.ts'
import { SeededRandom } from '#tests/support/simulation/seeded-random.ts'
import { SlowPort } from '#tests/support/simulation/slow-port.ts'
import { Trace } from '#tests/support/simulation/trace.ts'

/** The instruments themselves: what a run proves is worth no more than they are. */
const startMs = Date.UTC(2026, 0, 1)

async function inVirtualTime(work: (scheduler: Scheduler) => Promise<void>): Promise<void> {
  const scheduler = new Scheduler(startMs, new SeededRandom(1, 'test'))
  const giveBack = lendGlobals(scheduler)
  try {
    await work(scheduler)
  } finally {
    giveBack()
  }
}

describe('virtual time', () => {
  test('rules every way to read the time, also those packages took when they were loaded', () =>
    inVirtualTime(async (scheduler) => {
      await scheduler.run(1_500)
      expect([Date.now(), new Date().getTime(), time.getUnixTime()]).toEqual(Array(3).fill(startMs + 1_500))
    }))

  test('runs timers in their order and takes an hour in no time', () =>
    inVirtualTime(async (scheduler) => {
      const seen: string[] = []
      setTimeout(() => seen.push('late'), 3_600_000)
      const cancelled = setTimeout(() => seen.push('never'), 20)
      const beat = setInterval(() => seen.push('beat'), 1_000)
      setTimeout(() => {
        clearTimeout(cancelled)
        clearInterval(beat)
      }, 10)
      setImmediate(() => seen.push('soon'))
      await scheduler.run(3_600_000)
      expect(seen).toEqual(['soon', 'late'])
    }))

  test('gives each machine its own clock', () =>
    inVirtualTime(async (scheduler) => {
      const machine = new Realm('machine')
      machine.skewMs = -600_000
      const seen: number[] = []
      scheduler.post(machine, 1_000, () => seen.push(Date.now()))
      await scheduler.run(2_000)
      expect([...seen, Date.now()]).toEqual([startMs - 599_000, startMs + 2_000])
    }))

  test('forgets the timers of a process that died, and those of its promises', () =>
    inVirtualTime(async (scheduler) => {
      const app = new Realm('app')
      const seen: string[] = []
      scheduler.post(app, 0, () => {
        setInterval(() => seen.push('beat'), 10)
        void Promise.resolve().then(() => setTimeout(() => seen.push('after'), 25))
      })
      await scheduler.run(20)
      app.alive = false
      await scheduler.run(1_000)
      expect(seen).toEqual(['beat', 'beat'])
    }))

  test('crashes a process between two of its events', () =>
    inVirtualTime(async (scheduler) => {
      const app = new Realm('app')
      const seen: number[] = []
      app.fuse = 1
      app.onFuse = () => void (app.alive = false)
      for (const number of [1, 2, 3, 4]) scheduler.post(app, number, () => seen.push(number))
      await scheduler.run(10)
      expect(seen).toEqual([1, 2])
    }))
})

describe('chance', () => {
  test('is the same for the same seed and another for another', () => {
    const draw = (seed: number): number[] => {
      const source = new SeededRandom(seed, 'x')
      return [source.word(), source.below(1_000), source.word()]
    }
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
  })

  test('covers what packages took when they were loaded', async () => {
    const draw = async (): Promise<number[]> => {
      const drawn: number[] = []
      await inVirtualTime(() => {
        drawn.push(random.uint32(), random.rand(), Math.random(), ...crypto.getRandomValues(new Uint8Array(4)))
        return Promise.resolve()
      })
      return drawn
    }
    expect(await draw()).toEqual(await draw())
  })
})

type Pair = {
  network: Network
  server: { received: number[]; ended: number; connection: Connection | undefined }
  client: { received: number[]; closed: number[]; send(value: number): void }
}

async function connect(scheduler: Scheduler): Promise<Pair & { link: ReturnType<Network['link']> }> {
  const network = new Network(scheduler, new SeededRandom(3, 'network'), new Trace(), { sentToClient: () => {} })
  const server: Pair['server'] = { received: [], ended: 0, connection: undefined }
  network.edge = {
    realm: new Realm('server'),
    accept: (_url, _protocols, connection) => {
      server.connection = connection
      return { receive: ([value]) => server.received.push(value ?? -1), closed: () => server.ended++ }
    },
  }
  const link = network.link('client')
  const socket = network.openSocket(link, new Realm('client'), 'ws://server.test/sync', [])
  const client: Pair['client'] = { received: [], closed: [], send: (value) => socket.send(new Uint8Array([value])) }
  socket.onmessage = ([value]) => client.received.push(value ?? -1)
  socket.onclose = (code) => client.closed.push(code)
  await scheduler.run(10_000)
  return { network, server, client, link }
}

const numbers = Array.from({ length: 50 }, (_, index) => index)

describe('the virtual network', () => {
  test('keeps the order of one connection', () =>
    inVirtualTime(async (scheduler) => {
      const { client, server } = await connect(scheduler)
      for (const number of numbers) client.send(number)
      for (const number of numbers) server.connection?.send(new Uint8Array([number]))
      await scheduler.run(60_000)
      expect(server.received).toEqual(numbers)
      expect(client.received).toEqual(numbers)
    }))

  test('loses what is under way when a connection is cut, and tells both ends', () =>
    inVirtualTime(async (scheduler) => {
      const { network, client, server, link } = await connect(scheduler)
      client.send(1)
      network.cut(link, 'reset')
      await scheduler.run(60_000)
      expect(server).toMatchObject({ received: [], ended: 1 })
      expect(client.closed).toEqual([1006])
    }))

  test('leaves an end that nobody tells in the belief that it is connected', () =>
    inVirtualTime(async (scheduler) => {
      const { network, client, server, link } = await connect(scheduler)
      network.cut(link, 'nobody-knows')
      await scheduler.run(10_000)
      expect([server.ended, client.closed]).toEqual([0, []])
      await scheduler.run(60_000)
      expect([server.ended, client.closed]).toEqual([1, []])
    }))

  test('holds back while it is stalled and delivers afterwards', () =>
    inVirtualTime(async (scheduler) => {
      const { network, client, server, link } = await connect(scheduler)
      network.stall(link)
      server.connection?.send(new Uint8Array([9]))
      await scheduler.run(20_000)
      expect([client.received, server.connection?.bufferedBytes()]).toEqual([[], 1])
      network.resume(link)
      await scheduler.run(20_000)
      expect([client.received, server.connection?.bufferedBytes()]).toEqual([[9], 0])
    }))

  test('refuses to connect to a server that is down', () =>
    inVirtualTime(async (scheduler) => {
      const { network, link } = await connect(scheduler)
      network.serverDied('reset')
      const socket = network.openSocket(link, new Realm('client'), 'ws://server.test/sync', [])
      const codes: number[] = []
      socket.onclose = (code) => codes.push(code)
      await scheduler.run(10_000)
      expect(codes).toEqual([1006])
    }))
})

describe('a port with a disk behind it', () => {
  test('keeps the order of calls, and a crash keeps a prefix of the writes and answers nobody', async () => {
    const kept = new Set<number>()
    for (let seed = 0; seed < 40; seed++) {
      await inVirtualTime(async (scheduler) => {
        const realm = new Realm('app')
        const stored: number[] = []
        const answered: number[] = []
        const inner = { write: (value: number) => Promise.resolve(stored.push(value)) }
        const slow = new SlowPort(inner, {
          scheduler,
          realm,
          chance: new SeededRandom(seed, 'disk'),
          writes: ['write'],
        })
        for (const value of [1, 2, 3, 4]) void slow.port.write(value).then(() => answered.push(value))
        realm.alive = false
        await slow.crash()
        await scheduler.run(10_000)
        expect(answered).toEqual([])
        expect(stored).toEqual([1, 2, 3, 4].slice(0, stored.length))
        kept.add(stored.length)
      })
    }
    expect([...kept].sort((one, other) => one - other)).toEqual([0, 1, 2, 3, 4])
  })
})
