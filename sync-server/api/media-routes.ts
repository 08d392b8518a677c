import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { mediaTypeOf } from '#common/domain/media-type.ts'
import { uploadsPath } from '#common/protocol/http-api.ts'
import { mediaVariants } from '#common/domain/media-type.ts'
import type { BlobStore, ByteRange } from '../media/blob-store.ts'
import type { MediaRegister } from '../media/media-knowledge.ts'
import { thumbMime } from '../policy/media-facts.ts'
import type { VerifiedToken } from '../server-core.ts'
import { refuse, type ApiReply, type ApiRequest, type Route } from './http-exchange.ts'
import { rangeOf } from './byte-range.ts'

export type MediaRoutesOptions = {
  register: MediaRegister
  blobs: BlobStore
  uploads: { handle(request: IncomingMessage, userId: string): Promise<ApiReply> }
  /** Nothing comes of an upload's body for so long: its connection is cut. */
  uploadIdleMs: number
}

/** Photos and videos: they are brought by tus and fetched by who may read a room that shows them. */
export function mediaRoutes(options: MediaRoutesOptions): Route[] {
  const uploadRoutes = (['POST', 'OPTIONS'] as const).map((method) => uploadRoute(options, method, uploadsPath))
  const uploadIdRoutes = (['HEAD', 'PATCH', 'DELETE'] as const).map((method) =>
    uploadRoute(options, method, `${uploadsPath}/:id`),
  )
  return [...uploadRoutes, ...uploadIdRoutes, mediaRoute(options, 'GET'), mediaRoute(options, 'HEAD')]
}

function uploadRoute({ uploads, uploadIdleMs }: MediaRoutesOptions, method: Route['method'], path: string): Route {
  return {
    method,
    path,
    access: 'upload',
    summary: 'An upload by tus 1.0.0 (creation, creation-with-upload, expiration, termination).',
    replies: {
      201: { description: 'Begun; its address is in Location.' },
      204: { description: 'Taken; Upload-Offset tells up to where.' },
      404: { description: 'Absent, or another user’s.' },
      413: { description: 'Too many bytes or pixels (E_MEDIA_TOO_BIG).' },
      415: { description: 'Neither a photo nor a video, or unreadable (E_MEDIA_TYPE).' },
      460: { description: 'Not the announced bytes (E_MEDIA_CHECKSUM).' },
      507: { description: 'No space (E_MEDIA_FULL).' },
    },
    receive: async (request, token) => {
      const cut = (): void => void request.destroy()
      request.setTimeout(uploadIdleMs, cut)
      // From here on it is the server that takes its time.
      request.once('end', () => request.setTimeout(0))
      return uploads.handle(request, token.userId)
    },
  }
}

function mediaRoute(options: MediaRoutesOptions, method: 'GET' | 'HEAD'): Route {
  return {
    method,
    path: '/media/:sha256',
    access: 'token',
    summary: 'A photo or video that a message of a room shows. HEAD without a room: whether the user has uploaded it.',
    query: { room: 'The chat’s room.', variant: mediaVariants.join(' or ') },
    replies: {
      200: { description: 'The file.', mediaType: '*/*' },
      206: { description: 'The part of it that Range asked for.', mediaType: '*/*' },
      404: { description: 'Absent, or shown by no message the user may read.' },
      416: { description: 'The part lies outside of the file.' },
    },
    handle: (request) => answer(options, method, request),
  }
}

async function answer(
  { register, blobs }: MediaRoutesOptions,
  method: 'GET' | 'HEAD',
  { parameters, query, headers, token }: ApiRequest & { token: VerifiedToken },
): Promise<ApiReply> {
  const sha256 = parameters.get('sha256') ?? ''
  const room = query.get('room')
  if (room === null && method === 'HEAD')
    return register.uploadedBy(token.userId, sha256) ? { status: 200 } : refuse(404, 'E_NOT_FOUND')
  const variant = mediaVariants.find((known) => known === (query.get('variant') ?? 'full'))
  if (room === null || variant === undefined)
    return refuse(400, 'E_REQUEST', { field: room === null ? 'room' : 'variant' })
  const shown = register.shownTo(token.userId, room, sha256)
  const name = variant === 'full' ? shown?.stored.full : shown?.thumb
  const size = name === undefined ? undefined : await blobs.size(name)
  if (!shown || name === undefined || size === undefined) return refuse(404, 'E_NOT_FOUND')
  const mime = variant === 'full' ? shown.stored.mime : thumbMime
  return send(blobs, { name, size, mime, sha256 }, method, headers)
}

type Sent = { name: string; size: number; mime: string; sha256: string }

async function send(
  blobs: BlobStore,
  { name, size, mime, sha256 }: Sent,
  method: 'GET' | 'HEAD',
  asked: IncomingHttpHeaders,
): Promise<ApiReply> {
  const tag = `"${name}"`
  const headers = { ...mediaHeaders(mime, sha256, asked), etag: tag }
  if (asked['if-none-match'] === tag) return { status: 304, headers }
  const isSame = asked['if-range'] === undefined || asked['if-range'] === tag
  const range = isSame ? rangeOf(asked.range, size) : undefined
  if (range === 'outside')
    return refuse(416, 'E_REQUEST', { field: 'range', headers: { 'content-range': `bytes */${size}` } })
  const length = range ? range.last - range.first + 1 : size
  const described = {
    ...headers,
    'content-length': String(length),
    ...(range && { 'content-range': contentRange(range, size) }),
  }
  const status = range ? 206 : 200
  if (method === 'HEAD') return { status, headers: described }
  const stream = await blobs.open(name, range)
  return stream ? { status, headers: described, stream } : refuse(404, 'E_NOT_FOUND')
}

function contentRange({ first, last }: ByteRange, size: number): string {
  return `bytes ${first}-${last}/${size}`
}

/** M8: what a page may do with it is nothing but show it. The name says nothing: others may have called the same file otherwise. */
function mediaHeaders(mime: string, sha256: string, { origin }: IncomingHttpHeaders): Record<string, string> {
  const extension = mediaTypeOf(mime)?.extension ?? 'bin'
  return {
    'content-type': mime,
    'accept-ranges': 'bytes',
    'content-security-policy': "sandbox; default-src 'none'",
    'content-disposition': `inline; filename="${sha256.slice(0, 12)}.${extension}"`,
    // Under this address nothing else will ever be; but it is for this user's eyes.
    'cache-control': 'private, max-age=31536000, immutable',
    // The edge has checked the origin already.
    'cross-origin-resource-policy': origin === undefined ? 'same-origin' : 'cross-origin',
  }
}
