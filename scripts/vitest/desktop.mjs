// Tests that start the app: its build, an Electron, a screen and a session bus of their own. They reach the tests through the
// environment, so a single file runs just as it does in `npm test`: npx vitest run tests/e2e/….test.ts
import { ensureBuilt } from '../lib/build.mjs'
import { startScreen, startSessionBus } from '../lib/display.mjs'
import { electronEnvironment, ensureElectron } from '../lib/electron-runtime.mjs'
import { explainSandbox } from '../lib/sandbox.mjs'

export async function setup() {
  const [runtime] = await Promise.all([ensureElectron(), ensureBuilt(['app'])])
  await explainSandbox(runtime)
  // A developer's own desktop is left alone: windows would steal the focus, notifications would pop up.
  const services = process.platform === 'linux' ? await Promise.all([startScreen(), startSessionBus()]) : []
  Object.assign(process.env, electronEnvironment(runtime), ...services.map((service) => service.environment))
  return async () => {
    await Promise.all(services.map((service) => service.stop()))
  }
}
