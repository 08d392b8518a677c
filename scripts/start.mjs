// npm start [-- --once] [-- --data FOLDER]: from a bare clone to the app, signed in to a demonstration server on this machine.
import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuilt } from './lib/build.mjs'
import { defaultProfile, startApp, startDemo } from './lib/demo.mjs'
import { hasDisplay } from './lib/display.mjs'
import { ensureElectron } from './lib/electron-runtime.mjs'
import { prepare } from './lib/prepare.mjs'
import { main, root, say } from './lib/project.mjs'

const { values } = parseArgs({
  options: { once: { type: 'boolean', default: Boolean(process.env['CI']) }, data: { type: 'string' } },
})
const screenshot = join(root, 'out', 'screenshot.png')

await main(async () => {
  await prepare(hasDisplay() ? ['electron'] : ['electron', 'screen'])
  const runtime = await ensureElectron()
  await ensureBuilt(['app', 'server'])
  const demo = await startDemo(runtime, resolve(values.data ?? defaultProfile))
  const takesPicture = demo.isHeadless || values.once
  await mkdir(join(root, 'out'), { recursive: true })
  await rm(screenshot, { force: true })
  const app = startApp(runtime, demo, takesPicture ? screenshot : null)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void app.stop())
  say(`sync server: ${demo.url} · sign in as dispatcher, engineer, customer or admin, password: demo`)
  if (demo.isHeadless) say('there is no display: the window is on a virtual one (Xvfb)')
  try {
    if (takesPicture) {
      const problem = await app.pictureTaken
      say(problem || `picture of the window: ${screenshot}`)
      if (problem && values.once) return 1
    }
    if (values.once) return 0
    if (demo.isHeadless) say('running; Ctrl+C ends it')
    return Number(await app.ended)
  } finally {
    await app.stop()
    await demo.stop()
  }
})
