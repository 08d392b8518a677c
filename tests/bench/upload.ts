/**
 * npm run bench -- upload [--runs 5]
 *
 * A video of 100 MB to our server by tus (verified, fsynced, written down), beside a plain PUT of the same bytes to a server
 * that only writes them to a file: on one machine, in turns. One JSON line each, then the ratio.
 */
import { randomFillSync } from 'node:crypto'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Upload } from 'tus-js-client'
import { uploadsPath } from '#common/protocol/http-api.ts'
import { makeVideo } from '../support/media/pictures.ts'
import { sha256Of } from '../support/media/tus-client.ts'
import { signIn } from '../support/room-client/room-client.ts'
import { median, round, withFolder } from './measure.ts'
import { freePort, startServer, type ServerProcess } from './server-process.ts'

const bytes = 100_000_000
const headBytes = 64

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } }, allowPositionals: true })

await withFolder(async (folder) => {
  const [ourPort, plainPort] = [await freePort(), await freePort()]
  const main = join(process.cwd(), 'out/server/main.js')
  const ours = await startServer(
    [main, '--data', join(folder, 'ours'), '--seed', 'demo', '--port', String(ourPort)],
    ourPort,
    folder,
  )
  const plainServer = join(process.cwd(), 'tests/bench/plain-upload-server.mjs')
  const plain = await startServer([plainServer, String(plainPort), folder], plainPort, folder)
  try {
    await compare(ours, plain)
  } finally {
    await Promise.all([ours.kill(), plain.kill()])
  }
})

async function compare(ours: ServerProcess, plain: ServerProcess): Promise<void> {
  const token = await signIn(ours.url)
  const video = makeVideo(bytes)
  const figures = { naryad: [] as number[], plain: [] as number[] }
  for (let run = 0; run < Number(values.runs); run++) {
    // Another file each time: what is known already is not uploaded.
    randomFillSync(video, headBytes, headBytes)
    const sha256 = sha256Of(video)
    figures.plain.push(await megabytesPerSecond(() => put(plain.url, video)))
    figures.naryad.push(await megabytesPerSecond(() => uploadByTus(ours.url, token, video, sha256)))
  }
  for (const [server, runs] of Object.entries(figures)) {
    const [minimum, middle, maximum] = [Math.min(...runs), median(runs), Math.max(...runs)]
    console.log(
      JSON.stringify({
        workload: 'upload',
        server,
        runs: runs.length,
        figures: { 'MB/s': { median: middle, minimum, maximum } },
      }),
    )
  }
  console.log(`\nupload of 100 MB: ${round(median(figures.naryad) / median(figures.plain), 2)} × a plain PUT\n`)
}

async function megabytesPerSecond(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return round(bytes / 1000 / (performance.now() - startedAt), 1)
}

async function put(url: string, video: Buffer<ArrayBuffer>): Promise<void> {
  const response = await fetch(`${url}/file`, { method: 'PUT', body: video })
  if (response.status !== 204) throw new Error(`the PUT was answered with ${response.status}`)
}

function uploadByTus(url: string, token: string, video: Buffer, sha256: string): Promise<void> {
  return new Promise((resolve, reject) => {
    new Upload(video, {
      endpoint: url + uploadsPath,
      headers: { authorization: `Bearer ${token}` },
      metadata: { sha256, name: 'video.mp4' },
      retryDelays: null,
      onSuccess: () => resolve(),
      onError: reject,
    }).start()
  })
}
