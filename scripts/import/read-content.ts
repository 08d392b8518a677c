import { readFile, stat } from 'node:fs/promises'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import { columnKeyOf } from './columns.ts'
import { decodeText } from './decode-text.ts'
import { readTable, type Row, type Table } from './read-table.ts'
import type { Texts } from './texts.ts'

/** As many as the server takes at once (`importRequestSchema`). More would be two imports, of which one could fail. */
const mostTickets = 5000
const mostMebibytes = 32

export type Content = { header: Row; rows: Row[]; broken: Table['broken']; encoding: string }

/** `code`: 1 when the file is not what it should be, 2 when it can't be read. */
export type ContentFailure = { code: 1 | 2; text: string }

/** The records of a CSV file, or why there are none. */
export async function readContent(
  path: string,
  encoding: string | undefined,
  texts: Texts,
): Promise<Result<Content, ContentFailure>> {
  const bytes = await readBytes(path, texts)
  if (!bytes.ok) return bytes
  const decoded = decodeText(bytes.value, encoding)
  if (!decoded.ok) return fail({ code: 1, text: texts.decoding(decoded.reason) })
  const { header, rows, broken } = readTable(decoded.value.text, (name) => columnKeyOf(name) !== undefined)
  if (rows.length > mostTickets) return fail({ code: 1, text: texts.tooMany(rows.length, mostTickets) })
  if (!broken && (!header || rows.length === 0)) return fail({ code: 1, text: texts.noTickets })
  return succeed({ header: header ?? { line: 1, cells: [] }, rows, broken, encoding: decoded.value.encoding })
}

async function readBytes(path: string, texts: Texts): Promise<Result<Uint8Array, ContentFailure>> {
  try {
    const { size } = await stat(path)
    if (size > mostMebibytes * 1024 * 1024) return fail({ code: 1, text: texts.fileTooBig(mostMebibytes) })
    return succeed(await readFile(path))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException // all that node:fs rejects with
    return fail({ code: 2, text: texts.unreadable(path, code ?? message) })
  }
}
