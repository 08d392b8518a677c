/** Photos for tests, made when they are needed. */
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'

/** Not two pixels alike: it does not compress away, and two seeds make two photos. */
function noisyPixels(width: number, height: number, seed: number): Buffer {
  const pixels = Buffer.alloc(width * height * 3)
  let state = seed * 2_654_435_761 + 1
  for (let index = 0; index < pixels.length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const across = (index / 3) % width
    pixels[index] = ((across * 255) / width + (state >>> 27)) & 255
  }
  return pixels
}

export function makeJpeg({ width = 320, height = 240, seed = 1 } = {}): Promise<Buffer> {
  return sharp(noisyPixels(width, height, seed), { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer()
}

/** What only the camera and its owner know. */
export const secretPlace = 'TAYNIK-NA-DACHE-59.9'

/** As a phone takes it: turned on its side, with place, owner, and a text in the EXIF part. */
export async function makeGpsJpeg(): Promise<Buffer> {
  return sharp(await makeJpeg({ width: 640, height: 360, seed: 7 }))
    .withMetadata({ orientation: 6 })
    .withExifMerge({
      IFD0: { Make: 'Phone', ImageDescription: secretPlace, Orientation: '6' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '59/1 57/1 3127/100',
        GPSLongitudeRef: 'E',
        GPSLongitude: '30/1 18/1 2519/100',
      },
    })
    .jpeg({ quality: 90 })
    .toBuffer()
}

/** A PNG that says it has so many pixels, all black: some bytes on the wire, gigabytes once decoded. */
export function makePngBomb(side: number): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(side, 0)
  head.writeUInt32BE(side, 4)
  // One bit a pixel, grey.
  head[8] = 1
  const line = Buffer.alloc(Math.ceil(side / 8) + 1)
  // The same deflate stream for all lines would need zlib's whole window once: some lines do, the head is what is judged.
  const data = deflateSync(Buffer.concat(Array.from({ length: 2_000 }, () => line)))
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(name: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1
  }
  return (sum ^ 0xffffffff) >>> 0
}

/** The head of an MP4 and then whatever: servers keep videos as they are. */
export function makeVideo(bytes: number, seed = 1): Buffer<ArrayBuffer> {
  const video = Buffer.alloc(bytes)
  let state = seed
  for (let index = 0; index + 4 <= bytes; index += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    video.writeUInt32LE(state, index)
  }
  Buffer.from('0000001c6674797069736f6d0000020069736f6d69736f32617663316d703431', 'hex').copy(video)
  return video
}
