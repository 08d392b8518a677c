import { sniffedBytes, sniffMediaType } from '#common/domain/media-type.ts'
import type { MediaVariant } from '#common/domain/media-type.ts'
import { parseByteRange } from './byte-range.ts'
import type { LocalFiles } from './local-files.ts'
import type { MediaCache } from './media-cache.ts'
import type { MediaDisk, OpenFile } from './media-disk.ts'

export const mediaScheme = 'app-media'

type Address =
  | { place: 'local'; account: string; sha256: string }
  | { place: 'cache'; account: string; sha256: string; variant: MediaVariant }

const localAddress = /^app-media:\/\/local\/([0-9a-f]{8,64})\/([0-9a-f]{64})$/
const cacheAddress = /^app-media:\/\/cache\/([0-9a-f]{8,64})\/([0-9a-f]{64})\.(full|thumb)$/

/** Addresses are matched as they come: nothing is decoded, so there is nothing to smuggle a path in. */
export function parseMediaAddress(url: string): Address | undefined {
  const [, localAccount, localHash] = localAddress.exec(url) ?? []
  if (localAccount !== undefined && localHash !== undefined)
    return { place: 'local', account: localAccount, sha256: localHash }
  const [, account, sha256, variant] = cacheAddress.exec(url) ?? []
  if (account === undefined || sha256 === undefined) return undefined
  return { place: 'cache', account, sha256, variant: variant === 'thumb' ? 'thumb' : 'full' }
}

type Dependencies = {
  disk: MediaDisk
  local: LocalFiles
  cache: MediaCache
  /** Whether a page of this origin is ours. */
  isOwnPage: (url: string) => boolean
}

const pieceBytes = 262_144

/** Reads as fast as it is taken, and no further than it is wanted: a video is left in the middle. */
function streamOf(file: OpenFile, start: number, end: number): ReadableStream<Uint8Array> {
  let position = start
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const piece = await file.read(position, Math.min(pieceBytes, end - position))
          position += piece.length
          if (piece.length > 0) controller.enqueue(piece)
          if (piece.length > 0 && position < end) return
          controller.close()
        } catch (error) {
          controller.error(error)
        }
        await file.close()
      },
      cancel: () => file.close(),
    },
    { highWaterMark: 0 },
  )
}

/**
 * Answers the page's requests for photos and videos. Whatever lies in the folder, nothing but a photo or video by its first
 * bytes is given out, as that type, and as something that can't run.
 */
export function createMediaResponder({ disk, local, cache, isOwnPage }: Dependencies) {
  function headersFor(origin: string | null): Record<string, string> {
    const reader =
      origin === null || !isOwnPage(origin)
        ? {}
        : {
            'Access-Control-Allow-Origin': origin,
            'Access-Control-Allow-Headers': 'Range',
            'Access-Control-Expose-Headers': 'Accept-Ranges, Content-Length, Content-Range',
          }
    return {
      'Content-Security-Policy': "sandbox; default-src 'none'",
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
      ...reader,
    }
  }

  function pathOf(address: Address): string {
    return address.place === 'local' ? local.pathOf(address.account, address.sha256) : cache.pathOf(address)
  }

  async function answer(file: OpenFile, range: string | null, headers: Record<string, string>): Promise<Response> {
    const type = sniffMediaType(await file.read(0, sniffedBytes))
    if (type === undefined || type.kind === 'heic') {
      await file.close()
      return new Response(null, { status: 404, headers })
    }
    const asked = parseByteRange(range, file.size)
    if (asked.kind === 'unsatisfiable') {
      await file.close()
      return new Response(null, { status: 416, headers: { ...headers, 'Content-Range': `bytes */${file.size}` } })
    }
    const { start, end } = asked.kind === 'part' ? asked : { start: 0, end: file.size }
    const partial = asked.kind === 'part' ? { 'Content-Range': `bytes ${start}-${end - 1}/${file.size}` } : {}
    return new Response(streamOf(file, start, end), {
      status: asked.kind === 'part' ? 206 : 200,
      headers: {
        ...headers,
        ...partial,
        'Content-Type': type.mime,
        'Content-Length': String(end - start),
        'Accept-Ranges': 'bytes',
      },
    })
  }

  return async (request: Request): Promise<Response> => {
    const headers = headersFor(request.headers.get('origin'))
    // Asked before a request with a range, by browsers that do not count it among the harmless headers.
    if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers })
    const address = request.method === 'GET' ? parseMediaAddress(request.url) : undefined
    if (address === undefined) return new Response(null, { status: 404, headers })
    const file = await disk.openFile(pathOf(address))
    if (file === undefined) return new Response(null, { status: 404, headers })
    if (address.place === 'cache') cache.used(address)
    try {
      return await answer(file, request.headers.get('range'), headers)
    } catch (error) {
      await file.close()
      throw error
    }
  }
}
