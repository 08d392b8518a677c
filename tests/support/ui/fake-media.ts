import type { PickedFile } from '#common/ipc-media.ts'
import { cleanFileName, sniffMediaType } from '#common/domain/media-type.ts'
import type { MediaPlatform } from '#renderer/platform/platform.ts'

/** Photos and videos of a machine in memory: keeps what it is given and shows it under blob addresses. */
export type FakeMedia = MediaPlatform & {
  /** What the next picking answers; nothing once it was taken. */
  willPick(files: File[]): void
  /** Names under which files were saved. */
  readonly saved: string[]
}

type Kept = { bytes: Uint8Array<ArrayBuffer>; url: string }

async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function createFakeMedia(): FakeMedia {
  const local = new Map<string, Kept>()
  const cache = new Map<string, Kept>()
  const parts = new Map<string, Uint8Array<ArrayBuffer>>()
  const saved: string[] = []
  let toPick: File[] = []
  const keep = (bytes: Uint8Array<ArrayBuffer>): Kept => ({
    bytes,
    url: URL.createObjectURL(new Blob([bytes], { type: sniffMediaType(bytes)?.mime ?? '' })),
  })

  async function adopt(_account: string, name: string, given: Uint8Array): Promise<PickedFile> {
    const bytes = Uint8Array.from(given)
    if (bytes.length === 0) return { ok: false, name, reason: 'empty' }
    const type = sniffMediaType(bytes)
    if (type === undefined) return { ok: false, name, reason: 'type' }
    if (type.kind === 'heic') return { ok: false, name, reason: 'heic' }
    const sha256 = await hashOf(bytes)
    if (!local.has(sha256)) local.set(sha256, keep(bytes))
    return { ok: true, sha256, name: cleanFileName(name, type), size: bytes.length, type: type.mime }
  }

  async function adoptFiles(account: string, files: File[]): Promise<PickedFile[]> {
    const picked: PickedFile[] = []
    for (const file of files) picked.push(await adopt(account, file.name, new Uint8Array(await file.arrayBuffer())))
    return picked
  }

  return {
    saved,
    willPick: (files) => {
      toPick = files
    },
    pick: (account) => adoptFiles(account, toPick.splice(0)),
    adoptFiles,
    adopt,
    list: async () => [...local].map(([sha256, { bytes }]) => ({ sha256, size: bytes.length })),
    forget: async (_account, sha256s) => sha256s.forEach((sha256) => local.delete(sha256)),
    release: async (_account, sha256s) =>
      sha256s.forEach((sha256) => {
        const file = local.get(sha256)
        if (file) cache.set(`${sha256}.full`, file)
        local.delete(sha256)
      }),
    cache: {
      state: async (_account, sha256, variant) => {
        const whole = cache.get(`${sha256}.${variant}`)
        if (whole) return { state: 'whole', size: whole.bytes.length }
        const part = parts.get(`${sha256}.${variant}`)
        return part ? { state: 'part', size: part.length } : { state: 'none', size: 0 }
      },
      write: async ({ sha256, variant, offset, total, bytes }) => {
        const key = `${sha256}.${variant}`
        const part = parts.get(key) ?? new Uint8Array()
        if (offset !== part.length) return { ok: false, reason: 'offset', size: part.length }
        const joined = Uint8Array.from([...part, ...bytes])
        parts.set(key, joined)
        if (joined.length < total) return { ok: true, state: 'part', size: joined.length }
        parts.delete(key)
        cache.set(key, keep(joined))
        return { ok: true, state: 'whole', size: joined.length }
      },
      forget: async (_account, sha256s) => {
        for (const key of cache.keys()) if (sha256s?.includes(key.slice(0, 64)) ?? true) cache.delete(key)
      },
    },
    localUrl: (_account, sha256) => local.get(sha256)?.url ?? 'blob:none',
    cacheUrl: (_account, sha256, variant) => cache.get(`${sha256}.${variant}`)?.url ?? 'blob:none',
    saveAs: async (_account, _sha256, name) => {
      saved.push(name)
      return 'saved'
    },
    showInFolder: async () => true,
    useCamera: async () => undefined,
  }
}
