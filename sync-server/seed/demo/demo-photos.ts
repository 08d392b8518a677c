import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { mediaLimits } from '#common/domain/media-type.ts'
import type { BlobStore } from '../../media/blob-store.ts'
import { encodePhoto } from '../../media/photo-encoding.ts'
import { drawScene, sceneSize } from './photo-scenes.ts'
import type { DemoPhoto, DemoPhotos, SceneName } from './script.ts'

export type DemoPhotosOptions = {
  blobs: BlobStore
  /** Made and removed; on the disk of the blobs. */ workFolder: string
}

/** Photos of the demonstration, drawn when they are needed and taken in as an upload would be. */
export function createDemoPhotos({ blobs, workFolder }: DemoPhotosOptions): DemoPhotos {
  const made = new Map<SceneName, Promise<DemoPhoto>>()
  const grain = makeGrain()
  return {
    photo: (scene) => {
      const known = made.get(scene) ?? makePhoto(scene, grain, blobs, workFolder)
      made.set(scene, known)
      return known
    },
    finish: () => rm(workFolder, { recursive: true, force: true }),
  }
}

async function makePhoto(scene: SceneName, grain: Buffer, blobs: BlobStore, workFolder: string): Promise<DemoPhoto> {
  await mkdir(workFolder, { recursive: true })
  const [input, full, thumb] = [`${scene}.jpg`, `${scene}.full`, `${scene}.thumb`].map((name) => join(workFolder, name))
  if (input === undefined || full === undefined || thumb === undefined) throw new Error('three files')
  const taken = await takePhoto(scene, grain)
  await writeFile(input, taken)
  const encoded = await encodePhoto(input, { full, thumb }, mediaLimits.photoPixels)
  if (!encoded.ok) throw new Error(`the photo «${scene}» is ${encoded.reason}`)
  const [fullBlob, thumbBlob] = [await blobs.adopt(full), await blobs.adopt(thumb)]
  const stored = {
    kind: 'photo' as const,
    ...encoded.value,
    full: fullBlob.name,
    thumb: thumbBlob.name,
    bytes: fullBlob.bytes + thumbBlob.bytes,
  }
  return { sha256: createHash('sha256').update(taken).digest('hex'), stored }
}

const rawGrain = { ...sceneSize, channels: 3 as const }

/** A drawing with the grain of a telephone's camera. */
function takePhoto(scene: SceneName, grain: Buffer): Promise<Buffer> {
  return sharp(Buffer.from(drawScene(scene)))
    .composite([{ input: grain, raw: rawGrain, blend: 'soft-light' }])
    .jpeg({ quality: 88 })
    .toBuffer()
}

/** Grey around the middle, the same each time. */
function makeGrain(): Buffer {
  const pixels = Buffer.alloc(rawGrain.width * rawGrain.height * rawGrain.channels)
  let state = 1
  for (let at = 0; at < pixels.length; at += rawGrain.channels) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    pixels.fill(96 + (state >>> 26), at, at + rawGrain.channels)
  }
  return pixels
}
