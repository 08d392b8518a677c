// Everything a fresh clone needs. The other scripts do their part of it by themselves.
import { ensureElectron } from './lib/electron-runtime.mjs'
import { prepare } from './lib/prepare.mjs'
import { main } from './lib/project.mjs'

await main(async () => {
  await prepare(['electron', 'screen', 'testing'])
  const { version, executable } = await ensureElectron()
  console.log(`Electron ${version ?? '(version unknown)'}: ${executable}`)
})
