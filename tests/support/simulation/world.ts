import type { Device } from './device.ts'
import type { Hostile } from './hostile.ts'
import type { Ledger } from './ledger.ts'
import type { Markers } from './markers.ts'
import type { Network } from './network.ts'
import type { Scheduler } from './scheduler.ts'
import type { ServerHost } from './server-host.ts'
import type { Tally } from './tally.ts'
import type { Trace } from './trace.ts'

/** Everything there is in one run. */
export type World = {
  scheduler: Scheduler
  network: Network
  trace: Trace
  ledger: Ledger
  markers: Markers
  server: ServerHost
  devices: readonly Device[]
  hostiles: readonly Hostile[]
  tally: Tally
  /** A longer pause after the step under way; 0 = the step's own. */
  pauseMs: number
}
