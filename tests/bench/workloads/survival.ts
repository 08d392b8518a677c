import type { Contestant } from '../contestants/contestant.ts'
import { until, withFolder, type Figures } from '../measure.ts'

const messages = 1000

/** SIGKILL as soon as the sender's 1,000 messages are confirmed; how many a new client finds after a restart on the same folder. */
export function measureSurvival(contestant: Contestant): Promise<Figures> {
  return withFolder(async (folder) => {
    const server = await contestant.start(folder)
    const [room = ''] = await contestant.prepare(server, 1)
    const client = await contestant.connect(server)
    const open = client.open(room)
    await open.synced
    for (let index = 0; index < messages; index++) {
      open.post(`m${index}`)
      if (index % 10 === 9) await new Promise((resolve) => setImmediate(resolve))
    }
    await open.confirmed()
    await server.kill()
    client.close()

    const restarted = await contestant.start(folder)
    try {
      const reader = await contestant.connect(restarted)
      const found = reader.open(room)
      await found.synced
      await until(() => found.count() >= messages, 20, 8000).catch(() => undefined)
      const survivors = found.count()
      reader.close()
      return { 'survivors of 1,000 confirmed': survivors, 'restart, ms': Math.round(restarted.startMs) }
    } finally {
      await restarted.kill()
    }
  })
}
