import { fork } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { BlobStore } from '../../media/blob-store.ts'
import type { DrawnPhoto } from './demo-photos-process.ts'
import type { DemoPhoto, DemoPhotos, SceneName } from './script.ts'

export type DemoPhotosOptions = {
  blobs: BlobStore
  /** Made and removed; on the disk of the blobs. */
  workFolder: string
  /** The built `demo-photos-process.js`. */
  processUrl: URL
}

/** Photos of the demonstration, drawn by a process of their own while the rest is written, and kept as uploads are. */
export async function startDemoPhotos({ blobs, workFolder, processUrl }: DemoPhotosOptions): Promise<DemoPhotos> {
  await rm(workFolder, { recursive: true, force: true })
  await mkdir(workFolder, { recursive: true })
  const drawn = drawAll(processUrl, workFolder)
  const kept = new Map<SceneName, Promise<DemoPhoto>>()
  return {
    photo: (scene) => {
      const photo = kept.get(scene) ?? drawn.then((photos) => keep(photos.get(scene), blobs))
      kept.set(scene, photo)
      return photo
    },
    finish: () => rm(workFolder, { recursive: true, force: true }),
  }
}

function drawAll(processUrl: URL, workFolder: string): Promise<Map<SceneName, DrawnPhoto>> {
  const child = fork(fileURLToPath(processUrl), [workFolder], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const photos = new Map<SceneName, DrawnPhoto>()
  const all = new Promise<Map<SceneName, DrawnPhoto>>((resolve, reject) => {
    child.on('message', (photo: DrawnPhoto) => photos.set(photo.scene, photo))
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve(photos) : reject(new Error(`drawing photos ended with ${code}`)),
    )
  })
  // It may fail before anybody asks for a photo; who asks is told.
  all.catch(() => {})
  return all
}

async function keep(drawn: DrawnPhoto | undefined, blobs: BlobStore): Promise<DemoPhoto> {
  if (!drawn) throw new Error('a photo of the demonstration was not drawn')
  const [full, thumb] = [await blobs.adopt(drawn.full), await blobs.adopt(drawn.thumb)]
  const bytes = full.bytes + thumb.bytes
  return {
    sha256: drawn.sha256,
    stored: { kind: 'photo', ...drawn.encoded, full: full.name, thumb: thumb.name, bytes },
  }
}
