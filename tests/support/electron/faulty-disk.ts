/**
 * A disk in memory for tests of the journal: it fills up, fails when told to, stops at any operation as a loss of power
 * does, and then shows what a real one might still hold: of what was not synced any part, torn and in any combination.
 */
import type { Disk, DiskFile } from '#electron/main/journal/disk.ts'

type Change = { kind: 'write'; position: number; bytes: Uint8Array } | { kind: 'truncate'; length: number }
type Inode = { content: Uint8Array; durable: Uint8Array; unsynced: Change[] }
type NameChange =
  | { kind: 'create'; name: string; inode: Inode }
  | { kind: 'remove'; name: string }
  | { kind: 'rename'; from: string; to: string }

export type Operation =
  'makeFolder' | 'read' | 'open' | 'rename' | 'remove' | 'syncFolder' | 'write' | 'truncate' | 'sync' | 'close'

export type FaultyDisk = Disk & {
  /** All that the files hold may not be longer than this. */
  capacityBytes: number
  /** Asked before each operation: a code makes it fail. */
  fault: (operation: Operation, path: string) => string | undefined
  /** After so many operations the power is gone: nothing answers any more. */
  haltAfter: number
  operations(): number
  /** Changes what is stored, as decay of the medium would. */
  damage(path: string, change: (bytes: Uint8Array) => Uint8Array): void
  contentOf(path: string): Uint8Array | undefined
  names(): string[]
  /** A new disk with what might be found after a loss of power now. `random` answers from 0 to below 1. */
  afterPowerLoss(random: () => number): FaultyDisk
}

function diskError(code: string): Error {
  return Object.assign(new Error(`${code}: by order of the test`), { code })
}

function apply(content: Uint8Array, change: Change): Uint8Array {
  if (change.kind === 'truncate') {
    const cut = new Uint8Array(change.length)
    cut.set(content.subarray(0, change.length))
    return cut
  }
  const end = change.position + change.bytes.length
  const grown = new Uint8Array(Math.max(content.length, end))
  grown.set(content)
  grown.set(change.bytes, change.position)
  return grown
}

function applyName(names: Map<string, Inode>, change: NameChange): void {
  if (change.kind === 'create') names.set(change.name, change.inode)
  else if (change.kind === 'remove') names.delete(change.name)
  else {
    const inode = names.get(change.from)
    if (inode === undefined) return
    names.delete(change.from)
    names.set(change.to, inode)
  }
}

/** Of the changes that were never synced, in their order, some arrive whole, some in part, some not at all. */
function remainder({ durable, unsynced }: Inode, random: () => number): Inode {
  let content = durable
  for (const change of unsynced) {
    const fate = random()
    if (fate < 0.3) continue
    const isTorn = change.kind === 'write' && fate < 0.6
    content = apply(
      content,
      isTorn ? { ...change, bytes: change.bytes.slice(0, change.bytes.length * random()) } : change,
    )
  }
  return { content, durable: content, unsynced: [] }
}

export function createFaultyDisk(stored: ReadonlyMap<string, Inode> = new Map()): FaultyDisk {
  const names = new Map(stored)
  const durableNames = new Map(stored)
  let unsyncedNames: NameChange[] = []
  let operations = 0

  const usedBytes = () => [...names.values()].reduce((sum, { content }) => sum + content.length, 0)

  async function begin(operation: Operation, path: string): Promise<void> {
    if (operations >= disk.haltAfter) return new Promise(() => {})
    operations++
    const code = disk.fault(operation, path)
    if (code !== undefined) throw diskError(code)
  }

  function rename(change: NameChange): void {
    applyName(names, change)
    unsyncedNames.push(change)
  }

  function change(inode: Inode, each: Change): void {
    inode.content = apply(inode.content, each)
    inode.unsynced.push(each)
  }

  function fileOf(inode: Inode, path: string): DiskFile {
    return {
      async write(bytes, position) {
        await begin('write', path)
        const grows = Math.max(0, position + bytes.length - inode.content.length)
        const lacking = Math.max(0, usedBytes() + grows - disk.capacityBytes)
        if (lacking >= bytes.length) throw diskError('ENOSPC')
        const part = bytes.slice(0, bytes.length - lacking)
        change(inode, { kind: 'write', position, bytes: part })
        return part.length
      },
      async truncate(length) {
        await begin('truncate', path)
        change(inode, { kind: 'truncate', length })
      },
      async sync() {
        await begin('sync', path)
        inode.durable = inode.content
        inode.unsynced = []
      },
      close: () => begin('close', path),
    }
  }

  const disk: FaultyDisk = {
    capacityBytes: Infinity,
    fault: () => undefined,
    haltAfter: Infinity,
    operations: () => operations,
    makeFolder: (path) => begin('makeFolder', path),
    async read(path) {
      await begin('read', path)
      return names.get(path)?.content
    },
    async open(path) {
      await begin('open', path)
      const inode = names.get(path) ?? { content: new Uint8Array(), durable: new Uint8Array(), unsynced: [] }
      if (!names.has(path)) rename({ kind: 'create', name: path, inode })
      return fileOf(inode, path)
    },
    async rename(from, to) {
      await begin('rename', from)
      if (!names.has(from)) throw diskError('ENOENT')
      rename({ kind: 'rename', from, to })
    },
    async remove(path) {
      await begin('remove', path)
      if (names.has(path)) rename({ kind: 'remove', name: path })
    },
    async syncFolder(path) {
      await begin('syncFolder', path)
      for (const each of unsyncedNames) applyName(durableNames, each)
      unsyncedNames = []
    },
    damage(path, alter) {
      const inode = names.get(path)
      if (inode === undefined) throw new Error(`no ${path} to damage`)
      inode.content = inode.durable = alter(inode.content)
    },
    contentOf: (path) => names.get(path)?.content,
    names: () => [...names.keys()],
    afterPowerLoss(random) {
      const found = new Map(durableNames)
      const kept = Math.floor(random() * (unsyncedNames.length + 1))
      for (const each of unsyncedNames.slice(0, kept)) applyName(found, each)
      return createFaultyDisk(new Map([...found].map(([name, inode]) => [name, remainder(inode, random)])))
    },
  }
  return disk
}

/** Small, seeded, good enough to choose what breaks (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
