// Child processes: run to the end, or keep in the background and end with us.
import { spawn } from 'node:child_process'
import { root, Stop } from './project.mjs'

/**
 * @typedef {object} RunResult
 * @property {number} code exit code; 1 where a signal ended the process
 * @property {string} output stdout and stderr in the order they came ('' where they were inherited)
 */

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ capture?: boolean, environment?: NodeJS.ProcessEnv, folder?: string, timeoutMs?: number }} [options]
 * @returns {Promise<RunResult>}
 */
export function run(command, args, { capture = false, environment = process.env, folder = root, timeoutMs } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: folder,
      env: environment,
      stdio: capture ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      timeout: timeoutMs,
    })
    let output = ''
    child.stdout?.on('data', (chunk) => (output += chunk))
    child.stderr?.on('data', (chunk) => (output += chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/**
 * Like {@link run}, but a failure ends the script.
 * @param {string} what said in the message
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export async function mustRun(what, command, args, options) {
  const { code, output } = await run(command, args, options)
  if (code !== 0) throw new Stop(`${what} failed (exit code ${code})${output ? `:\n${output}` : ''}`)
  return output
}

/**
 * npm as it was started (npm_execpath names its script), else the one on the PATH. On Windows npm is a .cmd file,
 * which only a shell can start; none of our arguments needs quoting.
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function runNpm(args, options) {
  const script = process.env['npm_execpath']
  if (script && /npm-cli\.[cm]?js$/.test(script)) return run(process.execPath, [script, ...args], options)
  if (process.platform === 'win32')
    return run(process.env['ComSpec'] ?? 'cmd.exe', ['/d', '/s', '/c', 'npm', ...args], options)
  return run('npm', args, options)
}

/**
 * A package's command, started with this Node rather than through npx.
 * @param {string} script path below node_modules, e.g. 'oxlint/bin/oxlint'
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function runTool(script, args, options) {
  return run(process.execPath, [`${root}/node_modules/${script}`, ...args], options)
}

/**
 * Ends a child: asks first, insists after `graceMs`.
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} [graceMs]
 * @returns {Promise<void>}
 */
export function end(child, graceMs = 10_000) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill('SIGTERM')
  })
}
