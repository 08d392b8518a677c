import { CsvError, parse } from 'csv-parse/sync'

/** One record. `line` is where it begins in the file, from 1: a quoted field may go over several lines. */
export type Row = { line: number; cells: string[] }

export type Table = {
  header: Row | undefined
  rows: Row[]
  /** Where reading had to stop, when it had to: nothing behind that line was looked at. */
  broken: { line: number; reason: 'quote' | 'unclosed-quote' } | undefined
}

const delimiters = [';', ',', '\t']

/**
 * Reads CSV whose lines end in line feeds. The delimiter is the one that makes most known column names out of the header;
 * records without any text are left out. Cells are as they are written: what looks like a formula is text.
 */
export function readTable(text: string, isColumn: (name: string) => boolean): Table {
  const { records, broken } = readRecords(text, delimiterOf(text, isColumn))
  const [header, ...rows] = records.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
  return { header, rows, broken }
}

function delimiterOf(text: string, isColumn: (name: string) => boolean): string {
  let best = { delimiter: ';', known: -1, cells: 0 }
  for (const delimiter of delimiters) {
    const cells = firstRecord(text, delimiter)
    const known = cells.filter(isColumn).length
    if (known > best.known || (known === best.known && cells.length > best.cells))
      best = { delimiter, known, cells: cells.length }
  }
  return best.delimiter
}

function firstRecord(text: string, delimiter: string): string[] {
  try {
    const [record = []] = parse(text.trimStart(), {
      delimiter,
      record_delimiter: '\n',
      relax_column_count: true,
      to: 1,
    })
    return record
  } catch (error) {
    if (error instanceof CsvError) return []
    throw error
  }
}

function readRecords(text: string, delimiter: string): { records: Row[]; broken: Table['broken'] } {
  const records: Row[] = []
  let nextLine = 1
  try {
    parse(text, {
      delimiter,
      record_delimiter: '\n',
      relax_column_count: true,
      // Records are taken as they come, so that those before a broken one are known too.
      on_record: (cells: string[], { lines }) => {
        records.push({ line: nextLine, cells })
        nextLine = lines + 1
        return null
      },
    })
    return { records, broken: undefined }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    // The parser finds out at the end of the file; the quote was opened where the record began.
    if (error.code === 'CSV_QUOTE_NOT_CLOSED') return { records, broken: { line: nextLine, reason: 'unclosed-quote' } }
    return { records, broken: { line: Number(error['lines'] ?? nextLine), reason: 'quote' } }
  }
}
