import type { Contestant } from '../contestants/contestant.ts'
import { cpuMs } from '../server-process.ts'
import { percentile, round, until, withServer, type Figures } from '../measure.ts'

const readers = 50
const rawReaders = 45

/** One room with 50 clients: 200 messages/s for the latency, then 2,000 as fast as they go for CPU and throughput. */
export function measureFanOut(contestant: Contestant): Promise<Figures> {
  return withServer(contestant, async (server) => {
    const [room = ''] = await contestant.prepare(server, 1)
    const clients = await Promise.all(Array.from({ length: readers - rawReaders }, () => contestant.connect(server)))
    const rooms = clients.map((client) => client.open(room))
    await Promise.all(rooms.map((open) => open.synced))
    const raws = await Promise.all(Array.from({ length: rawReaders }, () => contestant.readRaw(server, room)))
    const [sender, ...others] = rooms
    if (!sender) throw new Error('no sender')

    const sentAt = new Map<string, number>()
    const latencies: number[] = []
    for (const other of others)
      other.onChange((id) => {
        const sent = sentAt.get(id)
        if (sent !== undefined) latencies.push(performance.now() - sent)
      })
    const post = (id: string): void => {
      sentAt.set(id, performance.now())
      sender.post(id)
    }
    const everybodyHas =
      (count: number): (() => boolean) =>
      () =>
        rooms.every((open) => open.count() >= count) && raws.every((raw) => raw.received() >= count)

    for (let index = 0; index < 300; index++) post(`warm${index}`)
    await until(everybodyHas(300))
    latencies.length = 0
    const paceStart = performance.now()
    for (let index = 0; index < 1000; index++) {
      await until(() => performance.now() >= paceStart + index * 5, 1)
      post(`paced${index}`)
    }
    await until(everybodyHas(1300))
    const pacedLatencies = [...latencies]

    const cpuBefore = cpuMs(server.pid)
    const burstStart = performance.now()
    for (let index = 0; index < 2000; index++) {
      post(`burst${index}`)
      if (index % 20 === 19) await new Promise((resolve) => setImmediate(resolve))
    }
    await until(everybodyHas(3300))
    const burstMs = performance.now() - burstStart
    const deliveries = 2000 * readers
    for (const raw of raws) raw.close()
    for (const client of clients) client.close()
    return {
      'server CPU per delivery, µs': round(((cpuMs(server.pid) - cpuBefore) * 1000) / deliveries, 2),
      'deliveries per second': Math.round(deliveries / (burstMs / 1000)),
      'latency p50, ms': round(percentile(pacedLatencies, 0.5), 2),
      'latency p99, ms': round(percentile(pacedLatencies, 0.99), 2),
    }
  })
}
