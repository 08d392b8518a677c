import type { HttpRequest, HttpResponse, HttpStack } from 'tus-js-client'
import { sha256Of } from './memory-folder.ts'

type Upload = { owner: string; metadata: Record<string, string>; length: number; bytes: Uint8Array[]; offset: number }
type Answer = { status: number; headers?: Record<string, string>; body?: string }

export type MediaServerOptions = {
  /** Called once a whole file has come, before that is answered. */
  finished?: (owner: string, file: { sha256: string; size: number; poster: string | undefined }) => Promise<void>
}

/** The server's `/media` as a client sees it, in memory: uploads by tus, questions, downloads. The token is the user's name. */
export class MediaServer {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>()
  /** `<method> <path>` of each request, and what each upload was created for. */
  readonly requests: string[] = []
  readonly created: string[] = []
  /** Bytes of uploads that went over the wire, also those that were lost. */
  sentBytes = 0
  isReachable = true
  /** After so many further bytes of uploads the connection breaks; what came before is kept. */
  breaksAfter = Infinity
  /** Called when it broke. */
  broken: () => void = () => {}
  /** Tokens that are answered 401. */
  readonly staleTokens = new Set<string>()
  /** Answers a request instead of what it would get; undefined: as usual. */
  instead: (method: string, path: string) => Answer | undefined = () => undefined
  /** What a piece waits for before it is taken. */
  beforePiece: () => Promise<void> | void = () => {}
  private readonly uploads = new Map<string, Upload>()
  private readonly options: MediaServerOptions

  constructor(options: MediaServerOptions = {}) {
    this.options = options
  }

  get piecesUnderWay(): number {
    return this.waitingPieces
  }
  private waitingPieces = 0

  readonly httpStack: HttpStack = {
    createRequest: (method, url) => this.createRequest(method, url),
    getName: () => 'MediaServer',
  }

  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { pathname, searchParams } = new URL(url)
    const method = init.method ?? 'GET'
    const headers = new Headers(init.headers)
    await this.arrive(method, pathname)
    const token = headers.get('Authorization')?.slice('Bearer '.length) ?? ''
    const other = this.instead(method, pathname)
    if (other) return new Response(other.body ?? null, { status: other.status, headers: other.headers ?? {} })
    if (this.staleTokens.has(token)) return new Response(null, { status: 401 })
    const sha256 = pathname.split('/')[2] ?? ''
    const bytes = this.files.get(method === 'HEAD' ? sha256 : `${sha256}.${searchParams.get('variant')}`)
    if (!bytes) return new Response(null, { status: 404 })
    if (method === 'HEAD') return new Response(null, { status: 200 })
    const start = Number(/^bytes=(\d+)-$/.exec(headers.get('Range') ?? '')?.[1] ?? 0)
    const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`
    return new Response(bytes.slice(start), {
      status: start > 0 ? 206 : 200,
      headers: { 'Content-Length': String(bytes.length - start), 'Content-Range': range },
    })
  }

  private createRequest(method: string, url: string): HttpRequest {
    const headers = new Map<string, string>()
    let progress: (bytes: number) => void = () => {}
    const { pathname } = new URL(url)
    return {
      getMethod: () => method,
      getURL: () => url,
      setHeader: (name, value) => void headers.set(name.toLowerCase(), value),
      getHeader: (name) => headers.get(name.toLowerCase()),
      setProgressHandler: (handler) => (progress = handler),
      send: async (body: unknown) => {
        await this.arrive(method, pathname)
        const answer =
          this.instead(method, pathname) ??
          (await this.answer(method, pathname, headers, body instanceof Uint8Array ? body : new Uint8Array(), progress))
        return responseOf(answer)
      },
      abort: () => Promise.resolve(),
      getUnderlyingObject: () => null,
    }
  }

  private async arrive(method: string, pathname: string): Promise<void> {
    await Promise.resolve()
    if (!this.isReachable) throw new Error('ECONNREFUSED')
    this.requests.push(`${method} ${pathname}`)
  }

  private async answer(
    method: string,
    pathname: string,
    headers: ReadonlyMap<string, string>,
    body: Uint8Array,
    progress: (bytes: number) => void,
  ): Promise<Answer> {
    const owner = headers.get('authorization')?.slice('Bearer '.length) ?? ''
    if (this.staleTokens.has(owner)) return { status: 401 }
    if (method === 'POST') return this.create(owner, headers)
    const upload = this.uploads.get(pathname)
    if (upload?.owner !== owner) return { status: 404 }
    if (method === 'PATCH') {
      if (Number(headers.get('upload-offset')) !== upload.offset) return { status: 409 }
      this.waitingPieces++
      await this.beforePiece()
      this.waitingPieces--
      await this.take(pathname, upload, body, progress)
      if (upload.offset === upload.length && !(await this.finish(pathname, upload))) return { status: 460 }
    }
    return { status: 200, headers: { 'upload-offset': String(upload.offset), 'upload-length': String(upload.length) } }
  }

  private create(owner: string, headers: ReadonlyMap<string, string>): Answer {
    const metadata = Object.fromEntries(
      (headers.get('upload-metadata') ?? '').split(',').map((pair) => {
        const [key = '', value = ''] = pair.split(' ')
        return [key, Buffer.from(value, 'base64').toString()]
      }),
    )
    const path = `/media/uploads/${this.created.length + 1}`
    this.created.push(metadata['poster'] === undefined ? (metadata['name'] ?? '') : `poster of ${metadata['name']}`)
    this.uploads.set(path, { owner, metadata, length: Number(headers.get('upload-length')), bytes: [], offset: 0 })
    return { status: 201, headers: { location: path } }
  }

  private async take(path: string, upload: Upload, body: Uint8Array, progress: (bytes: number) => void) {
    if (!this.isReachable) throw new Error('ECONNRESET')
    this.sentBytes += Math.min(body.length, this.breaksAfter)
    const kept = body.slice(0, this.breaksAfter)
    upload.bytes.push(kept)
    upload.offset += kept.length
    this.breaksAfter -= kept.length
    progress(kept.length)
    if (kept.length === body.length) return
    this.broken()
    throw new Error(`ECONNRESET ${path}`)
  }

  /** False: other bytes than announced; they are gone. */
  private async finish(path: string, { owner, metadata, bytes, length }: Upload): Promise<boolean> {
    const whole = Uint8Array.from(Buffer.concat(bytes))
    const sha256 = metadata['sha256'] ?? ''
    this.uploads.delete(path)
    if (sha256Of(whole) !== sha256) return false
    this.files.set(sha256, whole)
    await this.options.finished?.(owner, { sha256, size: length, poster: metadata['poster'] })
    return true
  }
}

function responseOf({ status, headers = {}, body = '' }: Answer): HttpResponse {
  return {
    getStatus: () => status,
    getHeader: (name) => headers[name.toLowerCase()],
    getBody: () => body,
    getUnderlyingObject: () => null,
  }
}
