import { createHash } from 'node:crypto'
import type { PickedFile } from '#common/ipc-media.ts'
import type { MediaPorts } from '#renderer/data/media/ports.ts'

type Folder = MediaPorts['folder']

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** A file of so many bytes that differ from those of any other number. */
export function fileOf(name: string, size: number, seed = size): File {
  const bytes = new Uint8Array(size)
  for (let index = 0; index < size; index++) bytes[index] = (index * 31 + seed * 17 + (index >> 8)) & 0xff
  return new File([bytes], name)
}

/** The media folder of one computer, in memory: it outlives the app. A name ending in `.mp4` makes a video. */
export class MemoryFolder {
  readonly local = new Map<string, Uint8Array<ArrayBuffer>>()
  readonly cached = new Map<string, Uint8Array<ArrayBuffer>>()
  private readonly parts = new Map<string, Uint8Array<ArrayBuffer>>()
  toPick: File[] = []
  /** What preparing waits for. */
  beforePreparing: () => Promise<void> | void = () => {}
  readonly prepared: string[] = []
  readonly saved: string[] = []

  readonly folder: Folder = {
    pick: (account) => this.folder.adoptFiles(account, this.toPick.splice(0)),
    adoptFiles: async (account, files) => {
      const picked: PickedFile[] = []
      for (const file of files)
        picked.push(await this.folder.adopt(account, file.name, new Uint8Array(await file.arrayBuffer())))
      return picked
    },
    adopt: async (_account, name, given) => {
      if (given.length === 0) return { ok: false, name, reason: 'empty' }
      const bytes = Uint8Array.from(given)
      const sha256 = sha256Of(bytes)
      this.local.set(sha256, bytes)
      return { ok: true, sha256, name, size: bytes.length, type: name.endsWith('.mp4') ? 'video/mp4' : 'image/jpeg' }
    },
    list: async () => [...this.local].map(([sha256, { length }]) => ({ sha256, size: length })),
    forget: async (_account, sha256s) => sha256s.forEach((sha256) => this.local.delete(sha256)),
    release: async (_account, sha256s) =>
      sha256s.forEach((sha256) => {
        const bytes = this.local.get(sha256)
        if (bytes) this.cached.set(`${sha256}.full`, bytes)
        this.local.delete(sha256)
      }),
    cache: {
      state: async (_account, sha256, variant) => {
        const whole = this.cached.get(`${sha256}.${variant}`)
        if (whole) return { state: 'whole', size: whole.length }
        const part = this.parts.get(`${sha256}.${variant}`)
        return part ? { state: 'part', size: part.length } : { state: 'none', size: 0 }
      },
      write: async ({ sha256, variant, offset, total, bytes }) => {
        const key = `${sha256}.${variant}`
        const part = this.parts.get(key) ?? new Uint8Array()
        if (offset !== part.length) return { ok: false, reason: 'offset', size: part.length }
        const joined = new Uint8Array(part.length + bytes.length)
        joined.set(part)
        joined.set(bytes, part.length)
        if (joined.length < total) {
          this.parts.set(key, joined)
          return { ok: true, state: 'part', size: joined.length }
        }
        this.parts.delete(key)
        this.cached.set(key, joined)
        return { ok: true, state: 'whole', size: joined.length }
      },
      forget: async (_account, sha256s) => {
        for (const key of this.cached.keys()) if (sha256s?.includes(key.slice(0, 64)) ?? true) this.cached.delete(key)
      },
    },
    localUrl: (_account, sha256) => `local:${sha256}`,
    cacheUrl: (_account, sha256, variant) => `cache:${sha256}.${variant}`,
    saveAs: async (_account, _sha256, name) => {
      this.saved.push(name)
      return 'saved'
    },
    showInFolder: async () => true,
  }

  read: MediaPorts['read'] = async (_account, sha256, start, end) => this.local.get(sha256)?.slice(start, end) ?? null

  /** A photo loses its last byte, a video gets a poster: what is sent is another file than what was picked. */
  prepare: MediaPorts['prepare'] = async (account, { name, kind, picked }, { originals }) => {
    await this.beforePreparing()
    this.prepared.push(name)
    const bytes = this.local.get(picked.sha256)
    if (!bytes) return { ok: false, failure: 'lost' }
    const small = await this.folder.adopt(account, 'small.jpg', Uint8Array.of(...bytes.subarray(0, 20), 1))
    if (!small.ok) return { ok: false, failure: 'unreadable' }
    if (kind === 'video') {
      const poster = { sha256: small.sha256, size: small.size }
      const { sha256, size, type } = picked
      return { ok: true, sent: { sha256, size, mime: type, thumb: small.sha256, poster } }
    }
    const photo = await this.folder.adopt(account, name, originals ? bytes : bytes.subarray(0, -1))
    if (!photo.ok) return { ok: false, failure: 'unreadable' }
    return {
      ok: true,
      sent: { sha256: photo.sha256, size: photo.size, mime: 'image/jpeg', width: 4, height: 3, thumb: small.sha256 },
    }
  }
}
