// Everything a fresh clone needs, in the order it is needed; called by the other scripts, and of use on its own.
import { main } from './lib/project.mjs'
import { prepare } from './lib/prepare.mjs'

await main(async () => {
  const runtime = await prepare(['electron', 'screen', 'testing'])
  process.stdout.write(`Electron ${runtime?.version ?? '(version unknown)'}: ${runtime?.executable}\n`)
})
