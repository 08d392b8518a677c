/** A client of the uploads as somebody would write it from tus 1.0.0 and SPEC.md: nothing but fetch. */
import { createHash } from 'node:crypto'
import { uploadsPath } from '#common/protocol/http-api.ts'

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export type TusAnswer = { status: number; headers: Headers; body: string; code: string | undefined }

export type UploadWords = { name?: string; sha256?: string; poster?: string; length?: number }

export class TusClient {
  readonly url: string
  private readonly token: string

  constructor(url: string, token: string) {
    this.url = url
    this.token = token
  }

  /** Begins an upload of `bytes`, or of what `words` says of them. */
  create(bytes: Uint8Array, words: UploadWords = {}): Promise<TusAnswer> {
    const { name = 'фото.jpg', sha256 = sha256Of(bytes), poster, length = bytes.length } = words
    const metadata = Object.entries({ sha256, name, ...(poster !== undefined && { poster }) })
    return this.call('POST', uploadsPath, {
      'upload-length': String(length),
      'upload-metadata': metadata.map(([key, text]) => `${key} ${Buffer.from(text).toString('base64')}`).join(','),
    })
  }

  /** `path` is what Location said. */
  patch(path: string, offset: number, bytes: Uint8Array): Promise<TusAnswer> {
    return this.call(
      'PATCH',
      path,
      { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
      bytes,
    )
  }

  head(path: string): Promise<TusAnswer> {
    return this.call('HEAD', path)
  }

  /** All of it in one go; the last answer. */
  async upload(bytes: Uint8Array, words: UploadWords = {}): Promise<TusAnswer> {
    const created = await this.create(bytes, words)
    return created.status === 201 ? this.patch(created.headers.get('location') ?? '', 0, bytes) : created
  }

  async call(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: Uint8Array,
  ): Promise<TusAnswer> {
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'tus-resumable': '1.0.0', ...headers },
      ...(body && { body: body as Uint8Array<ArrayBuffer> }),
    })
    const text = await response.text()
    const isJson = text !== '' && response.headers.get('content-type')?.startsWith('application/json') === true
    const code = isJson ? (JSON.parse(text) as { code?: string }).code : undefined
    return { status: response.status, headers: response.headers, body: text, code }
  }
}
