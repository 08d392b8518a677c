// npm run server -- ARGUMENTS: the sync server, built if need be. --help lists the arguments.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureBuilt } from './lib/build.mjs'
import { prepare } from './lib/prepare.mjs'
import { main, root } from './lib/project.mjs'

await main(async () => {
  await prepare([])
  await ensureBuilt(['server'])
  const server = join(root, 'out/server/main.js')
  const child = spawn(process.execPath, ['--enable-source-maps', server, ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  // Ctrl+C reaches the server by itself; it drains, and we wait for it.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
})
