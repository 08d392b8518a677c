// npm run bench [-- ARGUMENTS]: the measurements of tests/bench, on the built server and app.
import { ensureBuilt } from './lib/build.mjs'
import { electronEnvironment, ensureElectron } from './lib/electron-runtime.mjs'
import { prepare } from './lib/prepare.mjs'
import { main } from './lib/project.mjs'
import { run } from './lib/run.mjs'

const usage = `npm run bench [-- PART [ARGUMENTS]]: all measurements, or one part

  server   fan-out, catch-up, first sync, memory, survivors of SIGKILL, beside y-websocket and Hocuspocus
           [--runs 3] [--only fan-out,catch-up,memory,survival] [--without-peers]
  upload   large files beside a plain tus server
  client   the app itself: [tickets] [photos] [typing] [--runs 5] [--data FOLDER to keep the servers' data]

Prints a JSON line for each figure and, of the servers, a table. It takes from some minutes to an hour.`

await main(async () => {
  if (process.argv.includes('--help')) {
    console.log(usage)
    return 0
  }
  await prepare(['electron', 'testing'])
  const runtime = await ensureElectron()
  await ensureBuilt(['app', 'server'])
  const { code } = await run(process.execPath, ['tests/bench/run.mjs', ...process.argv.slice(2)], {
    environment: { ...process.env, ...electronEnvironment(runtime) },
  })
  return code
})
