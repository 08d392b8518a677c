// What every script does first, with what it needs of the system. Works from a bare clone: nothing here uses a package.
import { ensureNodeModules } from './node-modules.mjs'
import { Stop } from './project.mjs'
import { ensureSystemLibraries } from './system-libraries.mjs'

const oldestNode = { major: 20, minor: 19 }

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < oldestNode.major || (major === oldestNode.major && minor < oldestNode.minor))
    throw new Stop(`Node ${oldestNode.major}.${oldestNode.minor} or newer is needed, this is ${process.versions.node}`)
}

/** @param {readonly import('./system-libraries.mjs').SystemNeed[]} needs */
export async function prepare(needs) {
  checkNode()
  await Promise.all([ensureNodeModules(), ensureSystemLibraries(needs)])
}
