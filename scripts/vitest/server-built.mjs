// Tests that start the sync server run what is in out/: built here unless it is fresh.
import { ensureBuilt } from '../lib/build.mjs'

export async function setup() {
  await ensureBuilt(['server'])
}
