// All measurements one after another. Arguments: «server», «upload» or «client» for one part only; the rest goes to them.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const args = process.argv.slice(2)
const part = ['server', 'upload', 'client'].includes(args[0] ?? '') ? args.shift() : undefined
/** @param {string} name */
const isWanted = (name) => part === undefined || part === name

/**
 * @param {string} command
 * @param {string[]} commandArgs
 * @param {string} folder
 */
async function run(command, commandArgs, folder = root) {
  const child = spawn(command, commandArgs, {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32' && command === 'npm',
  })
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code !== 0) throw new Error(`${command} ${commandArgs.join(' ')} ended with ${code}`)
}

/**
 * Other makers’ servers live in folders of their own: the product never depends on them.
 * @param {string} folder
 */
async function installPeers(folder) {
  const wanted = createHash('sha256')
    .update(await readFile(join(folder, 'package-lock.json')))
    .digest('hex')
  const stamp = join(folder, 'node_modules', '.naryad-installed')
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted) return
  await run('npm', ['ci', '--loglevel=error'], folder)
  await writeFile(stamp, wanted)
}

if (isWanted('server') && !args.includes('--without-peers')) {
  await installPeers(join(import.meta.dirname, 'peers'))
  await installPeers(join(import.meta.dirname, 'peers/y-websocket-2'))
}
if (isWanted('server') || isWanted('upload')) {
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  await run(process.execPath, [vite, 'build', '--config', 'tests/bench/vite.config.ts', '--logLevel', 'warn'])
}
if (isWanted('server')) await run(process.execPath, ['out/bench/server.js', ...args])
if (part === 'upload') await run(process.execPath, ['out/bench/upload.js', ...args])
else if (part === undefined) await run(process.execPath, ['out/bench/upload.js'])
if (isWanted('client')) await run(process.execPath, ['tests/bench/client/run.mjs', ...args])
