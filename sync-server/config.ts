import { parseArgs } from 'node:util'
import * as z from 'zod/mini'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import { isLoopback } from './api/client-address.ts'
import { startLimits, type Limits } from './limits.ts'
import { logLevels, type LogLevel } from './logging.ts'

export type ServerConfig = {
  host: string
  /** 0 = a free one. */
  port: number
  dataFolder: string
  /** Origins of pages that may use the server, beside the desktop app. */
  origins: string[]
  trustedProxies: string[]
  seed: 'demo' | 'large' | undefined
  /** The data folder comes from a backup. */
  restored: boolean
  limits: Limits
  logLevel: LogLevel
}

export const usage = `naryad-server: tickets and messages for everybody of one organisation

  --host HOST        address to listen on (127.0.0.1)            NARYAD_HOST
  --port PORT        port to listen on, 0 = a free one (8181)    NARYAD_PORT
  --data FOLDER      where everything is kept (./naryad-data)    NARYAD_DATA
  --origin URL       origin of a web page that may use the       NARYAD_ORIGIN (parted by spaces)
                     server; may be repeated
  --proxy ADDRESS    address of a proxy before the server whose  NARYAD_PROXY (parted by spaces)
                     X-Forwarded-For is believed; may be repeated
  --seed demo|large  fills an empty data folder with a           NARYAD_SEED
                     demonstration; on a loopback host only
  --limits JSON      other limits than those of SPEC.md          NARYAD_LIMITS
  --restored         once, when the data folder comes from a backup: clients then replace their copies
  --log-level LEVEL  ${logLevels.join(', ')} (info)   NARYAD_LOG_LEVEL
  --help             this text

An argument goes before its variable. When the server accepts connections it prints one line, READY and its address.
A server without --seed makes the first administrator by itself and says where the password is.
`

const originSchema = z.string().check(z.refine((text) => URL.canParse(text) && new URL(text).origin === text))
const limitsSchema = z.partial(
  z.strictObject(
    Object.fromEntries(Object.keys(startLimits).map((name) => [name, z.number().check(z.positive())])) as Record<
      keyof Limits,
      z.ZodMiniNumber
    >,
  ),
)

const argumentOptions = {
  host: { type: 'string' },
  port: { type: 'string' },
  data: { type: 'string' },
  origin: { type: 'string', multiple: true },
  proxy: { type: 'string', multiple: true },
  seed: { type: 'string' },
  limits: { type: 'string' },
  restored: { type: 'boolean' },
  'log-level': { type: 'string' },
  help: { type: 'boolean' },
} as const

/** Reads the arguments and the environment; the reason of a failure is for the person at the terminal. */
export function parseConfig(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Result<ServerConfig | 'help', string> {
  let values
  try {
    values = parseArgs({ args: [...args], options: argumentOptions }).values
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
  if (values.help) return succeed('help')
  const listOf = (given: string[] | undefined, variable: string): string[] =>
    given ?? (environment[variable] ?? '').split(/[\s,]+/).filter((part) => part !== '')

  const port = Number(values.port ?? environment['NARYAD_PORT'] ?? 8181)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return fail('--port must be a number from 0 to 65535')
  const seed = values.seed ?? environment['NARYAD_SEED'] ?? ''
  if (seed !== '' && seed !== 'demo' && seed !== 'large') return fail('--seed must be demo or large')
  const host = values.host ?? environment['NARYAD_HOST'] ?? '127.0.0.1'
  if (seed !== '' && !isLoopback(host))
    return fail(`--seed makes users whose password everybody knows: it is refused on ${host}, use a loopback host`)
  const origins = listOf(values.origin, 'NARYAD_ORIGIN')
  const badOrigin = origins.find((origin) => !originSchema.safeParse(origin).success)
  if (badOrigin !== undefined) return fail(`--origin ${badOrigin} is not an origin such as https://example.org`)
  const limits = parseLimits(values.limits ?? environment['NARYAD_LIMITS'] ?? '{}')
  if (!limits.ok) return limits
  const level = values['log-level'] ?? environment['NARYAD_LOG_LEVEL'] ?? 'info'
  const logLevel = logLevels.find((known) => known === level)
  if (logLevel === undefined) return fail(`--log-level must be one of ${logLevels.join(', ')}`)

  return succeed({
    host,
    port,
    dataFolder: values.data ?? environment['NARYAD_DATA'] ?? './naryad-data',
    origins,
    trustedProxies: listOf(values.proxy, 'NARYAD_PROXY'),
    seed: seed === '' ? undefined : seed,
    restored: values.restored ?? false,
    limits: limits.value,
    logLevel,
  })
}

function parseLimits(text: string): Result<Limits, string> {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    return fail('--limits is not JSON')
  }
  const parsed = limitsSchema.safeParse(given)
  if (parsed.success) {
    const set = Object.entries(parsed.data).filter(([, value]) => value !== undefined)
    return succeed({ ...startLimits, ...Object.fromEntries(set) })
  }
  const [issue] = parsed.error.issues
  const name = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.join('.')
  return fail(`--limits: ${name ?? 'it'} is not a limit or not a positive number`)
}
