import type { Contestant } from '../contestants/contestant.ts'
import { memoryKb } from '../server-process.ts'
import { round, withServer, type Figures } from '../measure.ts'

const roomCount = 2000

/** Server memory for one client with 2,000 rooms: followed in the server's best way, and each opened by a provider. */
export function measureMemory(contestant: Contestant): Promise<Figures> {
  return withServer(contestant, async (server) => {
    const rooms = await contestant.prepare(server, roomCount)
    await contestant.fill(server, rooms, 1)
    const warm = await contestant.connect(server)
    const warmed = await warm.follow(rooms, () => true)
    warmed.close()
    const before = await memoryKb(server)
    const follower = await contestant.connect(server)
    const followed = await follower.follow(rooms, () => true)
    const following = await memoryKb(server)
    followed.close()
    const beforeOpening = await memoryKb(server)
    const opener = await contestant.connect(server)
    for (let from = 0; from < roomCount; from += 100)
      await Promise.all(rooms.slice(from, from + 100).map((room) => opener.open(room).synced))
    const opened = await memoryKb(server)
    opener.close()
    const perRoom = (after: number, base: number): number => round((after - base) / roomCount, 2)
    return {
      'heap per followed room, kB': perRoom(following.heap, before.heap),
      'resident per followed room, kB': perRoom(following.resident, before.resident),
      'heap per opened room, kB': perRoom(opened.heap, beforeOpening.heap),
      'resident per opened room, kB': perRoom(opened.resident, beforeOpening.resident),
    }
  })
}
