/**
 * The app under Chromium's real sandbox. Root can't have it (all other tests run without it there), so root runs this one as
 * `nobody`, from a copy that `nobody` may read.
 */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, cp, link, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'

const nobody = 65_534
const project = resolve(import.meta.dirname, '../..')
const isRoot = process.getuid?.() === 0

let root: string
let child: ChildProcess
let printed = ''

/** Links take no room; a copy does where the temporary folder is on another disk. */
async function copyTree(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) continue
    const source = join(entry.parentPath, entry.name)
    const target = join(to, relative(from, source))
    await mkdir(dirname(target), { recursive: true })
    await link(source, target).catch(() => cp(source, target))
  }
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'naryad-sandbox-'))
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? ''
  await Promise.all([copyTree(dist, join(root, 'electron')), copyTree(join(project, 'out'), join(root, 'app', 'out'))])
  await cp(join(project, 'package.json'), join(root, 'app', 'package.json'))
  if (isRoot) {
    // Where user namespaces are refused, as in a chroot, this helper with root's rights takes their place.
    const helper = join(root, 'electron', 'chrome-sandbox')
    await rm(helper)
    await cp(join(dist, 'chrome-sandbox'), helper)
    await chmod(helper, 0o4755)
  }
  const home = join(root, 'home')
  await mkdir(home)
  await chmod(root, 0o755)
  if (isRoot) await chown(home, nobody, nobody)

  const electron = join(root, 'electron', 'electron')
  const args = [join(root, 'app'), `--user-data-dir=${join(home, 'data')}`, '--remote-debugging-port=0']
  const command = isRoot
    ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', electron, ...args]
    : [electron, ...args]
  const { DBUS_SESSION_BUS_ADDRESS: _bus, XDG_RUNTIME_DIR: _runtime, ...inherited } = process.env
  const environment = {
    ...inherited,
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
  }
  child = spawn(command[0] ?? '', command.slice(1), {
    cwd: home,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
})
afterAll(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }
  await rm(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
})

/** The kernel's word on each process of ours that shows a page. */
async function renderers(): Promise<{ uid: number; seccomp: number; noNewPrivileges: number }[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    processes.map(async (id) => {
      // A process may end while one looks at it.
      const read = (name: string) => readFile(`/proc/${id}/${name}`, 'utf8').catch(() => '')
      const command = await read('cmdline')
      if (!command.includes('--type=renderer') || !command.includes(root)) return []
      const status = await read('status')
      const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
      return [{ uid: field('Uid'), seccomp: field('Seccomp'), noNewPrivileges: field('NoNewPrivs') }]
    }),
  )
  return found.flat()
}

it('shows its page in a process that the kernel holds in a sandbox', async () => {
  const address = () => /^DevTools listening on (ws:\S+)$/m.exec(printed)?.[1]
  await expect.poll(address, { timeout: 30_000, message: printed }).toBeDefined()
  const browser = await chromium.connectOverCDP(address() ?? '', { noDefaults: true })
  const page = () => browser.contexts()[0]?.pages()[0]
  await expect.poll(() => page()?.url(), { timeout: 30_000 }).toMatch(/^app:\/\/bundle\//)
  const information = await page()?.evaluate(() => window.naryad?.call('app.information', undefined))
  expect(information).toMatchObject({ platform: 'linux' })

  const uid = isRoot ? nobody : process.getuid?.()
  const filtered = 2
  expect(await renderers()).toContainEqual({ uid, seccomp: filtered, noNewPrivileges: 1 })
  for (const each of await renderers()) expect(each.seccomp).toBe(filtered)
  await browser.close()
})
