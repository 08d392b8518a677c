// Chromium's sandbox on Linux needs user namespaces or a helper that belongs to root; Ubuntu since 23.10 denies the former to
// programs it doesn't know, such as an Electron under a developer's home.
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { say } from './project.mjs'

const restriction = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns'
const setUserId = 0o4000

/**
 * Says what to do where the sandbox can't start; the app itself would only end with a trace.
 * @param {import('./electron-runtime.mjs').ElectronRuntime} runtime
 */
export async function explainSandbox(runtime) {
  if (process.platform !== 'linux' || process.getuid?.() === 0) return
  const restricted = await readFile(restriction, 'utf8').catch(() => '0')
  if (restricted.trim() !== '1') return
  const helper = join(runtime.dist, 'chrome-sandbox')
  const { uid, mode } = await stat(helper)
  if (uid === 0 && (mode & setUserId) !== 0) return
  say(
    `this kernel denies Chromium its sandbox; run this once:\n  sudo chown root ${helper} && sudo chmod 4755 ${helper}`,
  )
}

/** Chromium can't sandbox a process of root, and would refuse to start; everyone else keeps the sandbox. */
export const sandboxSwitches = process.getuid?.() === 0 ? ['--no-sandbox'] : []
