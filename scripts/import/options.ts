import { parseArgs } from 'node:util'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import type { Texts } from './texts.ts'
import { english } from './texts-en.ts'
import { russian } from './texts-ru.ts'

export type ImportOptions = {
  file: string
  isDryRun: boolean
  /** As typed; undefined = the demonstration on this computer. */
  server: string | undefined
  key: { from: 'argument' | 'environment'; key: string } | { from: 'file'; file: string } | undefined
  encoding: string | undefined
  /** Which system the file comes from: keeps apart tickets that are equal in two of them. */
  source: string
  /** Columns to leave out. */
  ignored: string[]
}

/** In which language to answer: known even when the arguments are wrong otherwise. */
export function textsFor(args: readonly string[]): Texts {
  return args.some((arg, index) => arg === '--lang=en' || (arg === '--lang' && args[index + 1] === 'en'))
    ? english
    : russian
}

/** Reads the arguments; `help` when only the usage is wanted, a text when they are wrong. */
export function readOptions(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  texts: Texts,
): Result<ImportOptions | 'help', string> {
  const parsed = parse(args)
  if (!parsed.ok) return parsed
  const { values, positionals } = parsed.value
  if (values.help) return succeed('help')
  const [file, ...more] = positionals
  if (file === undefined || more.length > 0) return fail(texts.oneFile)
  if (values.lang !== undefined && values.lang !== 'ru' && values.lang !== 'en') return fail('--lang ru, --lang en')
  if (values.key !== undefined && values['key-file'] !== undefined) return fail(texts.keyTwice)
  return succeed({
    file,
    isDryRun: values['dry-run'] ?? false,
    server: values.server,
    key: keyOf(values.key, values['key-file'], environment['NARYAD_API_KEY']),
    encoding: values.encoding,
    source: values.source ?? '',
    ignored: values.ignore ?? [],
  })
}

function parse(args: readonly string[]) {
  try {
    return succeed(
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
          'dry-run': { type: 'boolean' },
          help: { type: 'boolean' },
          server: { type: 'string' },
          key: { type: 'string' },
          'key-file': { type: 'string' },
          encoding: { type: 'string' },
          ignore: { type: 'string', multiple: true },
          source: { type: 'string' },
          lang: { type: 'string' },
        },
      }),
    )
  } catch (error) {
    // Node words these for people: «Unknown option '--x'».
    if (error instanceof TypeError) return fail(error.message.split('. ')[0] ?? error.message)
    throw error
  }
}

function keyOf(
  argument: string | undefined,
  file: string | undefined,
  variable: string | undefined,
): ImportOptions['key'] {
  if (argument !== undefined) return { from: 'argument', key: argument }
  if (file !== undefined) return { from: 'file', file }
  return variable === undefined || variable === '' ? undefined : { from: 'environment', key: variable }
}
