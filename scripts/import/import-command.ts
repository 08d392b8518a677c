import { resolve } from 'node:path'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import type { Refusal } from '#common/protocol/refusals.ts'
import { fold, type Column } from './columns.ts'
import { connect } from './connect.ts'
import { personFinder } from './find-person.ts'
import type { ImportServer } from './import-server.ts'
import { readOptions, textsFor, type ImportOptions } from './options.ts'
import type { Problem } from './problem.ts'
import { readContent, type Content } from './read-content.ts'
import { readHeader, readTickets, type FileTicket } from './read-tickets.ts'
import type { Texts } from './texts.ts'

/** What the command needs of its surroundings. */
export type ImportSurroundings = {
  environment: NodeJS.ProcessEnv
  /** Where the user stands: relative names of files begin there. */
  folder: string
  /** Holds the port of the demonstration server on this computer. */
  demoPortFile: string
  now: () => Date
  /** Takes the result. */
  print: (line: string) => void
  /** Takes everything else: problems, warnings. */
  warn: (line: string) => void
}

/** 0: done. 1: something in the file is wrong. 2: the command could not be carried out. Nothing is ever imported in part. */
export type ExitCode = 0 | 1 | 2

type Stopped = { code: 1 | 2; text: string }
type Run = ImportSurroundings & { options: ImportOptions; texts: Texts }

const mostProblems = 100

/** The command with its arguments; resolves with the exit code. */
export async function runImport(args: readonly string[], surroundings: ImportSurroundings): Promise<ExitCode> {
  const texts = textsFor(args)
  const options = readOptions(args, surroundings.environment, texts)
  const done = await carryOut(options, surroundings, texts)
  if (done.ok) surroundings.print(done.value)
  else surroundings.warn(done.reason.text)
  return done.ok ? 0 : done.reason.code
}

/** Resolves with what to tell of the success. */
async function carryOut(
  options: ReturnType<typeof readOptions>,
  surroundings: ImportSurroundings,
  texts: Texts,
): Promise<Result<string, Stopped>> {
  if (!options.ok) return fail({ code: 2, text: texts.usage(options.reason) })
  if (options.value === 'help') return succeed(texts.help)
  const run: Run = { ...surroundings, options: options.value, texts }
  const content = await readContent(resolve(run.folder, run.options.file), run.options.encoding, texts)
  if (!content.ok) return content
  const { header, rows, encoding } = content.value
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  run.warn(texts.fileIsRead(run.options.file, { tickets: rows.length, encoding, zone }))
  const ignored = new Set(run.options.ignored.map(fold))
  const { columns, problems } = readHeader(header, (name) => ignored.has(fold(name)))
  if (problems.length > 0) return refuse(run, [...problems, ...brokenLine(content.value)])
  const connection = await connect(run)
  if (!connection.ok) return fail({ code: 2, text: connection.reason })
  try {
    return await importContent(run, content.value, columns, connection.value.server)
  } finally {
    await connection.value.end()
  }
}

async function importContent(
  run: Run,
  content: Content,
  columns: readonly Column[],
  server: ImportServer,
): Promise<Result<string, Stopped>> {
  const { options, texts } = run
  const people = await server.people()
  if (!people.ok) return fail({ code: 2, text: texts.failure(people.reason) })
  const { header, rows } = content
  const findPerson = personFinder(people.value)
  const { tickets, problems } = readTickets(rows, { header, columns, findPerson, source: options.source })
  problems.push(...brokenLine(content))
  if (tickets.length === 0) return refuse(run, problems)
  // The server is asked about the other lines even when one is wrong already, so that everything wrong is told at once.
  const isDryRun = options.isDryRun || problems.length > 0
  const answer = await server.importTickets(tickets, isDryRun, run.now().toISOString())
  if (!answer.ok) {
    tell(run, problems)
    return fail({ code: answer.reason.kind === 'too-big' ? 1 : 2, text: texts.failure(answer.reason) })
  }
  const { imported, repeated, errors } = answer.value
  const refused = errors.map(({ index, refusal }) => problemOf(tickets[index], refusal, columns))
  if (problems.length + refused.length > 0) return refuse(run, [...problems, ...refused])
  return succeed(isDryRun ? texts.wouldImport(imported, repeated) : texts.imported(imported, repeated))
}

function brokenLine({ broken }: Content): Problem[] {
  return broken ? [{ line: broken.line, reason: { kind: broken.reason } }] : []
}

/** The server names a field of the command, the user knows the column it came from. */
function problemOf(ticket: FileTicket | undefined, refusal: Refusal, columns: readonly Column[]): Problem {
  const field = refusal.field === 'id' ? 'externalId' : refusal.field?.replace(/^fields\./, '')
  const column = columns.find(({ key }) => key === field)?.name
  return { line: ticket?.line ?? 0, column, reason: { kind: 'refused', refusal } }
}

function refuse(run: Run, problems: readonly Problem[]): Result<string, Stopped> {
  tell(run, problems)
  return fail({ code: 1, text: run.texts.nothingImported(problems.length) })
}

function tell({ texts, warn }: Run, problems: readonly Problem[]): void {
  const inOrder = [...problems].sort((one, other) => one.line - other.line)
  for (const { line, column, reason } of inOrder.slice(0, mostProblems))
    warn(`${texts.at(line, column)}: ${texts.reason(reason)}`)
  if (problems.length > mostProblems) warn(texts.moreProblems(problems.length - mostProblems))
}
