import { rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A folder given as `electronDist` is copied as it is, with the default app in it: it would be shipped, and, where it is a
 * folder, break the asar integrity step.
 * @param {{ appOutDir: string, electronPlatformName: string }} context
 */
export default async function afterExtract({ appOutDir, electronPlatformName }) {
  if (electronPlatformName === 'darwin') return
  await rm(join(appOutDir, 'resources', 'default_app.asar'), { recursive: true, force: true })
}
