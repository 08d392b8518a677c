/** Entry of `naryad-server`. */
import { version } from '../package.json'
import { parseConfig, usage } from './config.ts'
import { createLogger } from './logging.ts'
import { startServer } from './server.ts'

const badUsage = 2
/** A drain that takes longer is cut: whoever asked us to end will not wait for ever. */
const drainMs = 10_000

const config = parseConfig(process.argv.slice(2), process.env)
if (!config.ok) {
  process.stderr.write(`naryad-server: ${config.reason}\n`)
  process.exitCode = badUsage
} else if (config.value === 'help') {
  process.stdout.write(usage)
} else {
  const logger = createLogger(config.value.logLevel)
  const die = (error: unknown): never => {
    logger.fatal({ err: error }, 'the server failed')
    process.exit(1)
  }
  // After a defect nothing in memory can be trusted; what was acknowledged is on the disk.
  process.on('uncaughtException', die)
  process.on('unhandledRejection', die)

  const started = await startServer({
    config: config.value,
    logger,
    version,
    workerUrl: new URL('./sqlite-worker.js', import.meta.url),
    photoProcessUrl: new URL('./photo-process.js', import.meta.url),
    demoPhotosUrl: new URL('./demo-photos-process.js', import.meta.url),
    onStoreLost: () => die(new Error('the store’s worker ended')),
  })
  if (!started.ok) {
    process.stderr.write(`naryad-server: ${started.reason}\n`)
    process.exit(1)
  }
  const server = started.value
  let isEnding = false
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (isEnding) process.exit(1)
    isEnding = true
    logger.info({ signal }, 'ending')
    setTimeout(() => process.exit(1), drainMs).unref()
    await server.stop()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, (name) => void end(name))
  process.stdout.write(`READY ${server.url}\n`)
}
