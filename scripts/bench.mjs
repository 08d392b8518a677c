// npm run bench [-- ARGUMENTS]: the measurements of tests/bench, on the built server and app.
import { ensureBuilt } from './lib/build.mjs'
import { electronEnvironment, ensureElectron } from './lib/electron-runtime.mjs'
import { prepare } from './lib/prepare.mjs'
import { main } from './lib/project.mjs'
import { run } from './lib/run.mjs'

await main(async () => {
  await prepare(['electron', 'testing'])
  const runtime = await ensureElectron()
  await ensureBuilt(['app', 'server'])
  const { code } = await run(process.execPath, ['tests/bench/run.mjs', ...process.argv.slice(2)], {
    environment: { ...process.env, ...electronEnvironment(runtime) },
  })
  return code
})
