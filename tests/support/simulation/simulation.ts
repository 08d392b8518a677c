import { lendGlobals, wallMs, breathe } from './virtual-globals.ts'
import { createUlidSource } from '#common/domain/ids.ts'
import type { Connection } from '#server/server-core.ts'
import type { LogStore } from '#server/storage/log-store.ts'
import { Device } from './device.ts'
import type { PlantOnDevice } from './device-disk.ts'
import { Hostile } from './hostile.ts'
import { Ledger } from './ledger.ts'
import { Markers } from './markers.ts'
import { Network, type Link } from './network.ts'
import { districts, hostileUsers, organisation, withDevices } from './people.ts'
import { findDifferences } from './quiescence.ts'
import { Scheduler } from './scheduler.ts'
import { SeededRandom } from './seeded-random.ts'
import { Secrecy } from './secrecy.ts'
import { ServerHost } from './server-host.ts'
import type { Step } from './step-plan.ts'
import { performStep } from './steps.ts'
import { Tally } from './tally.ts'
import { Trace } from './trace.ts'
import { Violation } from './violation.ts'
import type { World } from './world.ts'

/** Defects put between a core and its ports, to prove that the simulation finds them; none in an honest run. */
export type Plants = {
  store?: (store: LogStore, chance: SeededRandom) => LogStore
  /** Called once for each run. */
  connection?: () => (connection: Connection) => Connection
  device?: PlantOnDevice
}

export type RunResult = {
  seed: number
  steps: readonly Step[]
  /** Undefined when every promise held. */
  violation: Violation | undefined
  /** Equal for two runs of the same seed and steps. */
  digest: string
  trace: string[]
  tally: Tally
  events: number
  messages: number
  commands: number
  virtualMs: number
  wallMs: number
}

const startMs = Date.UTC(2026, 2, 2, 6, 0, 0)
const healingMs = 20 * 60_000

/** What is left to chance where it is not given. */
export type Circumstances = { isShared?: boolean; hasJournals?: boolean }

/** What happens in a world between its beginning and its healing. `isOver` tells that a promise is broken already. */
export type Script = (world: World, isOver: () => boolean) => Promise<void>

/** Runs one world through its steps, heals it, and says what broke. */
export async function simulate(seed: number, steps: readonly Step[], plants: Plants = {}): Promise<RunResult> {
  const live: Script = async (world, isOver) => {
    for (const step of steps) {
      if (isOver()) return
      world.pauseMs = 0
      performStep(world, step)
      await world.scheduler.run(world.pauseMs || step.pauseMs)
    }
  }
  return { ...(await runWorld(seed, live, plants)), steps }
}

/** The same for a story told step by step instead of by chance. */
export async function runWorld(
  seed: number,
  script: Script,
  plants: Plants = {},
  circumstances: Circumstances = {},
): Promise<RunResult> {
  const began = wallMs()
  const scheduler = new Scheduler(startMs, new SeededRandom(seed, 'globals'))
  const giveBack = lendGlobals(scheduler)
  const trace = new Trace()
  const found: { violation: Violation | undefined } = { violation: undefined }
  const report = (promise: string, detail: string): void => {
    found.violation ??= new Violation(promise, detail)
  }
  const stopCatching = catchRejections((error) => report('no exception', describe(error)))
  const world = createWorld(seed, scheduler, trace, report, plants, circumstances)
  try {
    const isOver = (): boolean => found.violation !== undefined
    await begin(world, seed)
    await script(world, isOver)
    if (!isOver()) await heal(world, report, isOver)
  } catch (error) {
    report('no exception', describe(error))
  } finally {
    await breathe()
    stopCatching()
    giveBack()
  }
  const messages = [...world.ledger.rooms.values()].reduce((sum, { entries }) => sum + entries.length, 0)
  return {
    seed,
    steps: [],
    violation: found.violation,
    digest: trace.digest(),
    trace: trace.last(),
    tally: world.tally,
    events: scheduler.events,
    messages,
    commands: world.ledger.outcomes.size,
    virtualMs: scheduler.worldMs() - startMs,
    wallMs: wallMs() - began,
  }
}

function createWorld(
  seed: number,
  scheduler: Scheduler,
  trace: Trace,
  report: (promise: string, detail: string) => void,
  plants: Plants,
  circumstances: Circumstances,
): World {
  const stream = (name: string): SeededRandom => new SeededRandom(seed, name)
  const markers = new Markers()
  const ledger = new Ledger(markers, report)
  const secrecy = new Secrecy(ledger, markers, report)
  const tally = new Tally()
  const owners = new Map<Link, string>()
  const network = new Network(scheduler, stream('network'), trace, {
    sentToClient: (link, message) => secrecy.check(owners.get(link) ?? '', 'sent to', message),
  })
  const plantStore = plants.store
  const plantChance = stream('plant')
  const server = new ServerHost({
    scheduler,
    network,
    trace,
    ledger,
    tally,
    chance: stream('server'),
    plant: (store) => (plantStore ? plantStore(store, plantChance) : store),
    plantConnection: plants.connection?.() ?? ((connection) => connection),
  })
  const chance = stream('world')
  const isShared = circumstances.isShared ?? chance.chance(0.4)
  const devices = withDevices.map(
    (userId) =>
      new Device({
        userId,
        scheduler,
        network,
        trace,
        ledger,
        server,
        report,
        tally,
        inspect: (way, value) => {
          if (ledger.world.users.get(userId)?.kind === 'customer') secrecy.checkValue(userId, way, value)
        },
        installationId: isShared && userId.startsWith('dispatcher') ? 'desk' : userId,
        hasJournal: circumstances.hasJournals ?? (userId.startsWith('dispatcher') || chance.chance(0.5)),
        chance: stream(userId),
        identity: server.identity,
        plant: plants.device ?? {},
      }),
  )
  for (const device of devices) owners.set(device.link, device.userId)
  const hostiles = hostileUsers.map((userId) => {
    const link = network.link(`hostile ${userId}`)
    owners.set(link, userId)
    const victims = devices.filter((device) => device.userId !== userId)
    return new Hostile({ scheduler, network, ledger, identity: server.identity, link, userId, victims })
  })
  return { scheduler, network, trace, ledger, markers, server, devices, hostiles, tally, pauseMs: 0 }
}

async function begin(world: World, seed: number): Promise<void> {
  const { scheduler, server, devices } = world
  const chance = new SeededRandom(seed, 'beginning')
  server.start()
  await scheduler.run(1_000)
  server.administer((core) => core.writeDirectory(organisation(chance.chance(0.7))))
  await scheduler.run(1_000)
  // Tickets of the beginning are made by the server's own interface, as an import would.
  const makeId = createUlidSource(
    () => scheduler.worldMs(),
    (bytes) => chance.fill(bytes),
  )
  const writtenAt = new Date(scheduler.worldMs()).toISOString()
  for (const customerId of ['customer', 'customer', undefined]) {
    const title = world.markers.text('dispatcher', 'Течёт кран')
    const fields = { title, ...(customerId ? { customerId, district: chance.pick(districts) } : {}) }
    server.administer((core) => core.execute('dispatcher', { id: makeId(), type: 'ticket.create', writtenAt, fields }))
  }
  for (const device of devices) device.start()
  await scheduler.run(500)
  // A device's name belongs to who uses it first: the honest ones come before the hostile one, as random names do.
  while ((await server.store.records('device')).size < devices.length) {
    for (const device of devices) device.signIn()
    await scheduler.run(5_000)
  }
}

/** Ends all faults, then waits until every promise that holds at rest does; in vain means that one is broken. */
async function heal(
  world: World,
  report: (promise: string, detail: string) => void,
  isOver: () => boolean,
): Promise<void> {
  const { scheduler, server, devices, hostiles, network, trace } = world
  trace.note(scheduler.worldMs(), 'everything heals')
  for (const hostile of hostiles) hostile.leave()
  server.diskIsFull = false
  for (const device of devices) {
    device.diskIsFull = false
    device.link.isUp = true
    device.link.lagMs = 0
    network.resume(device.link)
  }
  let differences: string[] = []
  for (const until = scheduler.worldMs() + healingMs; scheduler.worldMs() < until && !isOver();) {
    await scheduler.run(5_000)
    for (const device of devices) {
      if (world.ledger.world.users.get(device.userId)?.isActive === false) server.switchAccount(device.userId, true)
      else if (!device.isSignedIn) device.signIn()
    }
    differences = await findDifferences(world.ledger, server.store, devices)
    if (differences.length === 0) return
  }
  report(differences[0]?.split(':')[0] ?? 'P10', differences.slice(0, 8).join('\n'))
}

/** A rejection nobody handles is a defect of what was simulated, with the seed's name on it. */
function catchRejections(report: (error: unknown) => void): () => void {
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', report)
  return () => {
    process.off('unhandledRejection', report)
    for (const listener of others) process.on('unhandledRejection', listener)
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
