// npm run dist [-- electron-builder arguments]: the packages of this platform in dist/, with their fuses read back.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureBuilt } from './lib/build.mjs'
import { ensureElectron } from './lib/electron-runtime.mjs'
import { checkFuses, packageApp, packagedExecutable } from './dist/package-app.mjs'
import { prepare } from './lib/prepare.mjs'
import { main, root } from './lib/project.mjs'

await main(async () => {
  await prepare(['electron'])
  const runtime = await ensureElectron()
  await ensureBuilt(['app'])
  await packageApp(runtime, process.argv.slice(2))
  await checkFuses(packagedExecutable)
  const results = (await readdir(join(root, 'dist'))).filter((name) => !/^(builder-|\.)|\.(ya?ml|stamp)$/.test(name))
  console.log(`fuses as wanted; in dist/: ${results.join(', ')}`)
})
