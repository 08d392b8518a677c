export type Size = { width: number; height: number }
/** At most `length` bytes from `position`. */
export type ReadBytes = (position: number, length: number) => Promise<Uint8Array>

/** Metadata of a JPEG comes before its size, in segments of at most 64 kB; more of them than this is no photo. */
const mostSegments = 2_000

/**
 * Width and height as the header of a photo tells them, before anything is decoded: a picture of a few kilobytes may claim
 * more pixels than there is memory. As stored, so without its orientation. Undefined where the header is damaged.
 */
export async function readPhotoSize(read: ReadBytes): Promise<Size | undefined> {
  const head = await read(0, 32)
  if (head[0] === 0xff && head[1] === 0xd8) return jpegSize(read)
  if (head.length < 30) return undefined
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const size = head[0] === 0x89 ? { width: view.getUint32(16), height: view.getUint32(20) } : webpSize(head, view)
  return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined
}

function webpSize(head: Uint8Array, view: DataView): Size | undefined {
  const chunk = String.fromCharCode(...head.subarray(12, 16))
  if (chunk === 'VP8X')
    return { width: (view.getUint32(24, true) & 0xffffff) + 1, height: (view.getUint32(26, true) >>> 8) + 1 }
  if (chunk === 'VP8L') {
    const bits = view.getUint32(21, true)
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  if (chunk === 'VP8 ') return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  return undefined
}

/** Start of frame, of any kind of compression; between them are tables that share the numbers. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

async function jpegSize(read: ReadBytes): Promise<Size | undefined> {
  let position = 2
  for (let segment = 0; segment < mostSegments; segment++) {
    const head = await read(position, 9)
    if (head.length < 9 || head[0] !== 0xff) return undefined
    const marker = head[1] ?? 0
    const view = new DataView(head.buffer, head.byteOffset, head.length)
    if (marker === 0xff) position += 1
    else if (isFrame(marker)) {
      const size = { width: view.getUint16(7), height: view.getUint16(5) }
      return size.width > 0 && size.height > 0 ? size : undefined
    } else position += 2 + view.getUint16(2)
  }
  return undefined
}
