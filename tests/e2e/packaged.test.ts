import { execFileSync, spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, cp, mkdtemp, open, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureElectron } from '../../scripts/lib/electron-runtime.mjs'
import { ensurePackaged } from '../../scripts/dist/package-app.mjs'

const packagingTimeoutMs = 5 * 60_000
const nobody = 65_534

let executable: string
const temporaryFolders: string[] = []

beforeAll(async () => {
  executable = await ensurePackaged(await ensureElectron())
}, packagingTimeoutMs)

afterAll(async () => {
  for (const folder of temporaryFolders) await rm(folder, { recursive: true, force: true })
})

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'naryad-packaged-'))
  temporaryFolders.push(folder)
  return folder
}

type AsarNode = { files?: Record<string, AsarNode> }

/** The archive begins with four 32-bit numbers; the last one is the length of the JSON index that follows. */
async function filesInAsar(archive: string): Promise<string[]> {
  const file = await open(archive)
  try {
    const { buffer: sizes } = await file.read(Buffer.alloc(16), 0, 16, 0)
    const length = sizes.readUInt32LE(12)
    const { buffer: index } = await file.read(Buffer.alloc(length), 0, length, 16)
    const list = (node: AsarNode, path: string): string[] =>
      node.files ? Object.entries(node.files).flatMap(([name, child]) => list(child, `${path}/${name}`)) : [path]
    return list(JSON.parse(index.toString()) as AsarNode, '')
  } finally {
    await file.close()
  }
}

/** The inspect fuse is off, so Playwright can't start it: the window is reached over Chromium's own debugging port. */
async function withWindow(
  start: (args: string[]) => ChildProcess,
  body: (page: Awaited<ReturnType<typeof firstPage>>, app: ChildProcess) => Promise<void>,
): Promise<void> {
  const app = start(['--remote-debugging-port=0'])
  const closed = once(app, 'close')
  try {
    const browser = await chromium.connectOverCDP(await debuggerAddress(app), { noDefaults: true })
    try {
      await body(await firstPage(browser), app)
    } finally {
      await browser.close()
    }
  } finally {
    app.kill()
    await closed
  }
}

function debuggerAddress(app: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = []
    if (!app.stderr) throw new Error('stderr must be piped')
    createInterface(app.stderr).on('line', (line) => {
      said.push(line)
      const address = /^DevTools listening on (ws:\S+)/.exec(line)?.[1]
      if (address) resolve(address)
    })
    app.once('error', reject)
    app.once('exit', (code) => reject(new Error(`the app ended (exit code ${code}):\n${said.join('\n')}`)))
  })
}

async function firstPage(browser: Awaited<ReturnType<typeof chromium.connectOverCDP>>) {
  const context = browser.contexts()[0]
  if (!context) throw new Error('the browser has no context')
  return context.pages()[0] ?? (await context.waitForEvent('page'))
}

/**
 * Chromium has no sandbox for root, so root's tests start the app as `nobody`: from a copy, because the clone may lie in a closed
 * folder, and with the helper set up as the .deb does it, because some kernels refuse user namespaces.
 */
async function asOrdinaryUser(): Promise<(args: string[]) => ChildProcess> {
  const profile = await temporaryFolder()
  const stdio: StdioOptions = ['ignore', 'ignore', 'pipe']
  if (process.getuid?.() !== 0) return (args) => spawn(executable, [...args, `--user-data-dir=${profile}`], { stdio })
  const folder = await temporaryFolder()
  await cp(dirname(executable), folder, { recursive: true })
  await chmod(folder, 0o755)
  await chmod(join(folder, 'chrome-sandbox'), 0o4755)
  await chown(profile, nobody, nobody)
  const env = {
    ...process.env,
    HOME: profile,
    XDG_CONFIG_HOME: profile,
    XDG_CACHE_HOME: profile,
    XDG_RUNTIME_DIR: profile,
  }
  return (args) => spawn(join(folder, 'naryad'), args, { stdio, uid: nobody, gid: nobody, cwd: profile, env })
}

describe('the packaged app', () => {
  it('has its fuses set', async () => {
    const wire = await getCurrentFuseWire(executable)
    expect(wire).toMatchObject({
      [FuseV1Options.RunAsNode]: FuseState.DISABLE,
      [FuseV1Options.EnableCookieEncryption]: FuseState.ENABLE,
      [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: FuseState.DISABLE,
      [FuseV1Options.EnableNodeCliInspectArguments]: FuseState.DISABLE,
      [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: FuseState.ENABLE,
      [FuseV1Options.OnlyLoadAppFromAsar]: FuseState.ENABLE,
    })
    const fileProtocol = wire[FuseV1Options.GrantFileProtocolExtraPrivileges]
    expect(fileProtocol ?? FuseState.DISABLE, 'only Electron before 29 lacks this fuse').toBe(FuseState.DISABLE)
  })

  it('carries its own code and nothing else', async () => {
    const resources = join(dirname(executable), 'resources')
    expect(await readdir(resources)).not.toContain('default_app.asar')
    const files = await filesInAsar(join(resources, 'app.asar'))
    expect(files).toEqual(expect.arrayContaining(['/package.json', '/out/main/index.cjs', '/out/preload/index.cjs']))
    expect(files.filter((file) => /node_modules|\.map$|^\/out\/server|\.ts$/.test(file))).toEqual([])
  })

  it('opens at the sign-in screen, inside the real sandbox', async () => {
    await withWindow(await asOrdinaryUser(), async (page, app) => {
      await page.locator('input[type=password]').waitFor()
      expect(page.url()).toMatch(/^app:\/\/bundle\//)
      expect(await page.evaluate(() => typeof require)).toBe('undefined')
      const renderers = await descendants(app, '--type=renderer')
      expect(renderers.length).toBeGreaterThan(0)
      const ours = await readlink('/proc/self/ns/pid')
      for (const pid of renderers) {
        expect(await readFile(`/proc/${pid}/status`, 'utf8')).toMatch(/^Seccomp:\s+2$/m)
        expect(await readlink(`/proc/${pid}/ns/pid`)).not.toBe(ours)
      }
    })
  })

  it('comes as a .deb with a menu entry, an icon and what it depends on', async () => {
    const dist = dirname(dirname(executable))
    const name = (await readdir(dist)).find((file) => file.endsWith('.deb'))
    if (!name) throw new Error(`no .deb in ${dist}`)
    const contents = execFileSync('dpkg-deb', ['--contents', join(dist, name)], { encoding: 'utf8' })
    for (const path of [
      '/opt/Naryad/naryad',
      '/opt/Naryad/resources/app.asar',
      '/applications/naryad.desktop',
      '/apps/naryad.png',
    ])
      expect(contents).toContain(path)
    expect(contents.split('\n').filter((line) => line && !line.includes('root/root'))).toEqual([])
    const fields = execFileSync('dpkg-deb', ['--field', join(dist, name), 'Package', 'Depends'], { encoding: 'utf8' })
    expect(fields).toMatch(/^Package: naryad$/m)
    expect(fields).toContain('libgtk-3-0')
  })
})

/** Of the whole tree below the app (the zygotes stand between), the processes with that word in their command line. */
async function descendants(app: ChildProcess, word: string): Promise<number[]> {
  const found: number[] = []
  const look = async (pid: number): Promise<void> => {
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
    for (const child of children.split(' ').filter(Boolean).map(Number)) {
      const command = await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '')
      if (command.includes(word)) found.push(child)
      await look(child)
    }
  }
  if (app.pid !== undefined) await look(app.pid)
  return found
}
