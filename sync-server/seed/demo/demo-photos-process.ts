/**
 * Entry of the process that draws the demonstration's photos beside the seeding: `demo-photos-process.js FOLDER` writes the
 * files of each into the folder and tells of it. The server itself never loads what decodes pictures.
 */
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { mediaLimits } from '#common/domain/media-type.ts'
import { encodePhoto, type EncodedPhoto } from '../../media/photo-encoding.ts'
import { drawScene, sceneSize } from './photo-scenes.ts'
import { sceneNames, type SceneName } from './script.ts'

/** A photo was made: `full` and `thumb` are files. */
export type DrawnPhoto = { scene: SceneName; sha256: string; encoded: EncodedPhoto; full: string; thumb: string }

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

async function makePhoto(scene: SceneName, grain: Buffer, folder: string): Promise<DrawnPhoto> {
  const fileOf = (ending: string): string => join(folder, scene + ending)
  const [input, full, thumb] = [fileOf('.jpg'), fileOf('.full'), fileOf('.thumb')]
  const taken = await takePhoto(scene, grain)
  await writeFile(input, taken)
  const encoded = await encodePhoto(input, { full, thumb }, mediaLimits.photoPixels)
  if (!encoded.ok) throw new Error(`the photo «${scene}» is ${encoded.reason}`)
  const sha256 = createHash('sha256').update(taken).digest('hex')
  return { scene, sha256, encoded: encoded.value, full, thumb }
}

const [folder = '.'] = process.argv.slice(2)
const grain = makeGrain()
for (const scene of sceneNames) process.send?.(await makePhoto(scene, grain, folder))
process.disconnect()
