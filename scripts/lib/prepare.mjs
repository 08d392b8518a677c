// The set-up steps, for scripts to call with what they need. Works from a bare clone: nothing here uses a package.
import { ensureElectron } from './electron-runtime.mjs'
import { ensureNodeModules } from './node-modules.mjs'
import { Stop } from './project.mjs'
import { ensureSystemLibraries } from './system-libraries.mjs'

const oldestNode = [20, 19]

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]))
    throw new Stop(`Node ${oldestNode.join('.')} or newer is needed, this is ${process.versions.node}`)
}

/**
 * @param {readonly import('./system-libraries.mjs').SystemNeed[]} needs none: no Electron is fetched either
 */
export async function prepare(needs) {
  checkNode()
  await Promise.all([ensureNodeModules(), ensureSystemLibraries(needs)])
  return needs.includes('electron') ? await ensureElectron() : null
}
