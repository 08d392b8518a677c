/** Runs journal-writer.ts in a process of its own, also on a disk of one megabyte. */
import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'

export type JournalWriter = {
  /** An empty folder for the journal. */
  folder: string
  start(mode: 'write', folder?: string): ChildProcess
  /** What `fill` prints on a disk of so many bytes. */
  fillDisk(bytes: number): Promise<string>
  remove(): Promise<void>
}

/** Node can't run TypeScript everywhere yet: the writer is built first. */
export async function buildJournalWriter(): Promise<JournalWriter> {
  const root = await mkdtemp(join(tmpdir(), 'naryad-journal-'))
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'journal-writer.ts'),
      outDir: join(root, 'out'),
      target: 'node20',
      rolldownOptions: { output: { format: 'es', entryFileNames: 'journal-writer.mjs' } },
    },
    ssr: { noExternal: true },
  })
  const script = join(root, 'out', 'journal-writer.mjs')
  const folder = await mkdtemp(join(root, 'data-'))
  return {
    folder,
    start: (mode, target = folder) =>
      spawn(process.execPath, [script, mode, target], { stdio: ['ignore', 'pipe', 'inherit'] }),
    async fillDisk(bytes) {
      // Not where other tests write: without a disk of its own the folder is what it was before.
      const full = await mkdtemp(join(root, 'full-'))
      const [command, ...args] = onSmallDisk(bytes, full, [process.execPath, script, 'fill', full])
      const child = spawn(command ?? '', args, { stdio: ['ignore', 'pipe', 'inherit'] })
      return outputOf(child)
    },
    remove: () => rm(root, { recursive: true, force: true }),
  }
}

async function outputOf(child: ChildProcess): Promise<string> {
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await once(child, 'close')
  return output
}

/**
 * The command with a disk of its own at `folder`, which vanishes with the process. That takes a mount namespace: root has
 * the right to one, others in a user namespace. Where neither is allowed no file may grow over half of `bytes`, which the
 * system refuses with another error that means the same.
 */
function onSmallDisk(bytes: number, folder: string, command: string[]): string[] {
  const mount = `mount -t tmpfs -o size=${bytes} tmpfs "$1" && shift && exec "$@"`
  for (const flags of [['--mount'], ['--user', '--map-root-user', '--mount']])
    if (spawnSync('unshare', [...flags, 'sh', '-c', mount, 'sh', folder, 'true']).status === 0)
      return ['unshare', ...flags, 'sh', '-c', mount, 'sh', folder, ...command]
  const blocks = Math.floor(bytes / 2 / 512)
  return ['sh', '-c', `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`, 'sh', ...command]
}
