import type { IncomingMessage } from 'node:http'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import { refuse, type ApiReply } from './http-exchange.ts'

/**
 * Reads a JSON body of at most `limitBytes`. A form of another site can not send `application/json` without asking first
 * (CORS), which is why nothing else is taken.
 */
export async function readJsonBody(request: IncomingMessage, limitBytes: number): Promise<Result<unknown, ApiReply>> {
  const [mediaType] = (request.headers['content-type'] ?? '').split(';')
  if (mediaType?.trim().toLowerCase() !== 'application/json') return fail(refuse(415, 'E_BODY_TYPE'))
  // What is left unread would be taken for the next request: the connection ends with this answer.
  const tooBig = fail(refuse(413, 'E_BODY_TOO_BIG', { headers: { connection: 'close' } }))
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return tooBig
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limitBytes) return tooBig
    chunks.push(chunk)
  }
  try {
    return succeed(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))) as unknown)
  } catch {
    return fail(refuse(400, 'E_REQUEST'))
  }
}
