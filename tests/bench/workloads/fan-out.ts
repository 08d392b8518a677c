import type { Contestant } from '../contestants/contestant.ts'
import { cpuMs } from '../server-process.ts'
import { percentile, round, until, withServer, type Figures } from '../measure.ts'

const readers = 50
const rawReaders = 45

const paced = 1000
const burst = 2000

/**
 * One room with 50 clients: 200 messages/s for the latency, then 2,000 as fast as they go for CPU and throughput. Before that
 * 2,000 that are not measured: what a server of any make spends on compiling itself is not the price of a delivery.
 */
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

    const postBurst = async (name: string): Promise<void> => {
      for (let index = 0; index < burst; index++) {
        post(`${name}${index}`)
        if (index % 20 === 19) await new Promise((resolve) => setImmediate(resolve))
      }
    }

    await postBurst('warm')
    await until(everybodyHas(burst))
    latencies.length = 0
    const paceStart = performance.now()
    for (let index = 0; index < paced; index++) {
      await until(() => performance.now() >= paceStart + index * 5, 1)
      post(`paced${index}`)
    }
    await until(everybodyHas(burst + paced))
    const pacedLatencies = [...latencies]

    const cpuBefore = cpuMs(server.pid)
    const burstStart = performance.now()
    await postBurst('burst')
    await until(everybodyHas(burst + paced + burst))
    const burstMs = performance.now() - burstStart
    const deliveries = burst * readers
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
