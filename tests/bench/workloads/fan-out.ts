import type { Client, Contestant, OpenRoom, RawReader } from '../contestants/contestant.ts'
import { cpuMs, type ServerProcess } from '../server-process.ts'
import { percentile, round, until, withServer, type Figures } from '../measure.ts'

const readers = 50
const rawReaders = 45

const warmBursts = 3
/** By then every server has brought the other room to its disk and tidied it up. */
const restMs = 5000
const paced = 1000
const burst = 2000
/** One takes about half a second: too little for a clock that counts hundredths. */
const measuredBursts = 4

/**
 * One room with 50 clients: 200 messages/s for the latency, then four times 2,000 as fast as they go for CPU and throughput.
 * Before that as many as it takes go through another room and are not measured: what a server of any make spends on compiling itself is
 * not the price of a delivery.
 */
export function measureFanOut(contestant: Contestant): Promise<Figures> {
  return withServer(contestant, async (server) => {
    const [warmRoom = '', room = ''] = await contestant.prepare(server, 2)
    const warm = await Gathering.of(contestant, server, warmRoom)
    for (let index = 0; index < warmBursts; index++) await warm.postBurst(`warm${index}-`)
    warm.close()
    await new Promise((resolve) => setTimeout(resolve, restMs))

    const gathering = await Gathering.of(contestant, server, room)
    await gathering.postPaced()
    const pacedLatencies = [...gathering.latencies]
    const cpuBefore = cpuMs(server.pid)
    const burstStart = performance.now()
    for (let index = 0; index < measuredBursts; index++) await gathering.postBurst(`burst${index}-`)
    const burstMs = performance.now() - burstStart
    const cpu = cpuMs(server.pid) - cpuBefore
    gathering.close()
    const deliveries = measuredBursts * burst * readers
    return {
      'server CPU per delivery, µs': round((cpu * 1000) / deliveries, 2),
      'deliveries per second': Math.round(deliveries / (burstMs / 1000)),
      'latency p50, ms': round(percentile(pacedLatencies, 0.5), 2),
      'latency p99, ms': round(percentile(pacedLatencies, 0.99), 2),
    }
  })
}

/** Clients that read one room. The first of them writes. */
class Gathering {
  /** From posting to arrival at another client, ms. */
  readonly latencies: number[] = []
  private readonly clients: Client[]
  private readonly rooms: OpenRoom[]
  private readonly raws: RawReader[]
  private readonly sentAt = new Map<string, number>()
  private posted = 0

  private constructor(clients: Client[], rooms: OpenRoom[], raws: RawReader[]) {
    this.clients = clients
    this.rooms = rooms
    this.raws = raws
    for (const other of rooms.slice(1))
      other.onChange((id) => {
        const sent = this.sentAt.get(id)
        if (sent !== undefined) this.latencies.push(performance.now() - sent)
      })
  }

  static async of(contestant: Contestant, server: ServerProcess, room: string): Promise<Gathering> {
    const clients = await Promise.all(Array.from({ length: readers - rawReaders }, () => contestant.connect(server)))
    const rooms = clients.map((client) => client.open(room))
    await Promise.all(rooms.map((open) => open.synced))
    const raws = await Promise.all(Array.from({ length: rawReaders }, () => contestant.readRaw(server, room)))
    return new Gathering(clients, rooms, raws)
  }

  async postPaced(): Promise<void> {
    const start = performance.now()
    for (let index = 0; index < paced; index++) {
      await until(() => performance.now() >= start + index * 5, 1)
      this.post(`paced${index}`)
    }
    await until(() => this.everybodyHasAll())
  }

  async postBurst(name: string): Promise<void> {
    for (let index = 0; index < burst; index++) {
      this.post(`${name}${index}`)
      if (index % 20 === 19) await new Promise((resolve) => setImmediate(resolve))
    }
    await until(() => this.everybodyHasAll())
  }

  close(): void {
    for (const raw of this.raws) raw.close()
    for (const client of this.clients) client.close()
  }

  private post(id: string): void {
    this.posted++
    this.sentAt.set(id, performance.now())
    this.rooms[0]?.post(id)
  }

  private everybodyHasAll(): boolean {
    return (
      this.rooms.every((open) => open.count() >= this.posted) && this.raws.every((raw) => raw.received() >= this.posted)
    )
  }
}
