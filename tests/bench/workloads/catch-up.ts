import type { Contestant } from '../contestants/contestant.ts'
import { cpuMs } from '../server-process.ts'
import { withServer, type Figures } from '../measure.ts'

const roomCount = 1000
const messagesPerRoom = 50
const changedRooms = 100
const newMessages = 5

/** A first sync of 1,000 rooms × 50 messages; then the same client returns after 100 of them got 5 more. */
export function measureCatchUp(contestant: Contestant): Promise<Figures> {
  return withServer(contestant, async (server) => {
    const rooms = await contestant.prepare(server, roomCount)
    await contestant.fill(server, rooms, messagesPerRoom)
    const changed = new Set(rooms.filter((_, index) => index % (roomCount / changedRooms) === 0))

    const cold = await contestant.connect(server)
    let cpu = cpuMs(server.pid)
    let start = performance.now()
    const first = await cold.follow(rooms, (count) => rooms.every((room) => count(room) >= messagesPerRoom))
    const coldMs = performance.now() - start
    const coldCpu = cpuMs(server.pid) - cpu
    first.close()
    await contestant.fill(server, [...changed], newMessages)

    const returning = await contestant.connect(server)
    cpu = cpuMs(server.pid)
    start = performance.now()
    const wantedIn = (room: string): number => messagesPerRoom + (changed.has(room) ? newMessages : 0)
    const second = await returning.follow(
      rooms,
      (count) => rooms.every((room) => count(room) >= wantedIn(room)),
      first.memory,
    )
    const catchUpMs = performance.now() - start
    const catchUpCpu = cpuMs(server.pid) - cpu
    second.close()
    return {
      'cold sync, ms': Math.round(coldMs),
      'cold sync, server CPU ms': coldCpu,
      'catch-up, ms': Math.round(catchUpMs),
      'catch-up, server CPU ms': catchUpCpu,
    }
  })
}
