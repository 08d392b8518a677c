import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import { auditRoutes } from './api/audit-routes.ts'
import { createAddressOf } from './api/client-address.ts'
import { commandRoutes } from './api/command-routes.ts'
import { createHttpEdge } from './api/http-edge.ts'
import type { Route } from './api/http-exchange.ts'
import { importRoutes } from './api/import-routes.ts'
import { invitationRoutes } from './api/invitation-routes.ts'
import { keyRoutes } from './api/key-routes.ts'
import { openApiRoute } from './api/openapi.ts'
import { operationRoutes } from './api/operation-routes.ts'
import { createOriginCheck } from './api/origins.ts'
import { mediaRoutes } from './api/media-routes.ts'
import { peopleRoutes } from './api/people-routes.ts'
import { sessionRoutes } from './api/session-routes.ts'
import { ticketRoutes } from './api/ticket-routes.ts'
import { createAccessTokens } from './auth/access-tokens.ts'
import { ApiKeys } from './auth/api-keys.ts'
import { Credentials } from './auth/credentials.ts'
import { Invitations } from './auth/invitations.ts'
import { LoginLimit } from './auth/login-limit.ts'
import { createPasswordHasher, type PasswordHasher } from './auth/passwords.ts'
import { readOrMakeSecretKey } from './auth/secret-key.ts'
import { Sessions } from './auth/sessions.ts'
import type { ServerConfig } from './config.ts'
import { createServerCore } from './create-server-core.ts'
import { makeFirstAdministrator } from './first-administrator.ts'
import type { Limits } from './limits.ts'
import { logAnswered, logEvent } from './logging.ts'
import { openMedia, type Media } from './media/open-media.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { seedDataFolder } from './seed/seed-data-folder.ts'
import type { ServerCore, ServerEvent, VerifiedToken } from './server-core.ts'
import { createWebSocketEdge } from './socket/web-socket-edge.ts'
import { claimDataFolder, type DataFolder } from './storage/data-folder.ts'
import { StoreUnavailable, type LogStore } from './storage/log-store.ts'
import { openSqliteLogStore } from './storage/sqlite-log-store.ts'
import { systemClock } from './system-clock.ts'

export type RunningServer = {
  url: string
  /** Finishes what is under way, tells every client to come back later, and lets go of the data folder. */
  stop(): Promise<void>
}

export type StartOptions = {
  config: ServerConfig
  logger: Logger
  /** The built `sqlite-worker.js`. */
  workerUrl: URL
  /** The built `photo-process.js`. */
  photoProcessUrl: URL
  /** The built `demo-photos-process.js`. */
  demoPhotosUrl: URL
  /** Of the product, for the OpenAPI document. */
  version: string
  /** The store's worker died: nothing can be stored any more. */
  onStoreLost(): void
}

const bodyTimeoutMs = 30_000

/** Sockets that do not close by themselves are cut after this. */
const closeGraceMs = 3_000

/** A request's head in 10 s and a body in 30 s, whatever a slow or hostile client does. */
const httpSettings = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  // An upload takes as long as it takes: the edge limits the others.
  requestTimeout: 0,
  keepAliveTimeout: 20_000,
  connectionsCheckingInterval: 2_000,
}

/** Wires the server together and starts it; the reason of a failure is for the person at the terminal. */
export async function startServer(options: StartOptions): Promise<Result<RunningServer, string>> {
  const claimed = await claimDataFolder(options.config.dataFolder)
  if (!claimed.ok) return claimed
  const folder = claimed.value
  try {
    const started = await startOn(folder, options)
    if (!started.ok) folder.release()
    return started
  } catch (error) {
    folder.release()
    // The disk, not a defect: full, not a database, of a newer server.
    if (error instanceof StoreUnavailable) return fail(error.message)
    throw error
  }
}

async function startOn(folder: DataFolder, options: StartOptions): Promise<Result<RunningServer, string>> {
  const { config, logger, workerUrl } = options
  const hasher = createPasswordHasher()
  if (config.seed) await seedDataFolder({ ...options, folder, seed: config.seed, hasher })
  const key = await readOrMakeSecretKey(folder.keyFile)
  if (!key.ok) return key
  const openStore = { file: folder.logFile, restored: config.restored, workerUrl, onLost: options.onStoreLost }
  const store = await openSqliteLogStore(openStore)

  // The core asks the sessions who comes, and they ask the core what a user is called.
  const sessions = await openSessions(store, key.value, config.limits, (userId) => nameOf(userId))
  const credentials = await Credentials.open(store)
  const metrics = createMetrics()
  const report = (event: ServerEvent): void => {
    metrics.event(event)
    logEvent(logger, event)
  }
  const verifyToken = (token: string) => sessions.verify(token)
  const hasPassword = (userId: string): boolean => credentials.hashOf(userId) !== undefined
  const { limits } = config
  const core = await createServerCore({ store, clock: systemClock, limits, verifyToken, hasPassword, report })
  const nameOf = (userId: string): string => core.directory().users.get(userId)?.name ?? ''
  metrics.countConnections(() => core.connections())
  sessions.onEnded((sessionId) => core.endSession(sessionId))
  await makeFirstAdministrator({ core, store, credentials, hasher, folder, logger })

  const accounts = { sessions, credentials, hasher, ...(await openAccess(store, core, config.limits)) }
  const media = await openMedia({
    folder: folder.mediaFolder,
    register: core.media,
    limits: config.limits,
    clock: systemClock,
    photoProcessUrl: options.photoProcessUrl,
    report,
  })
  metrics.measureMedia(media.bytes)
  const edges = createEdges({ options, core, store, ...accounts, media, metrics, report })
  const stop = async (): Promise<void> => {
    await edges.stop()
    media.close()
    await store.close()
    folder.release()
  }
  const listening = await listen(edges.server, config)
  if (listening.ok) return succeed({ url: listening.value, stop })
  await stop()
  return listening
}

async function openAccess(
  store: LogStore,
  core: ServerCore,
  { invitationMs }: Limits,
): Promise<{ invitations: Invitations; keys: ApiKeys }> {
  const invitations = await Invitations.open({ store, clock: systemClock, lifetimeMs: invitationMs })
  return { invitations, keys: await ApiKeys.open({ store, clock: systemClock, core }) }
}

function openSessions(
  store: LogStore,
  key: Uint8Array,
  { accessTokenMs, refreshTokenMs }: Limits,
  nameOf: (userId: string) => string,
): Promise<Sessions> {
  const accessTokens = createAccessTokens(key, systemClock)
  return Sessions.open({ store, clock: systemClock, accessTokens, key, accessTokenMs, refreshTokenMs, nameOf })
}

type EdgeParts = {
  options: StartOptions
  core: ServerCore
  store: LogStore
  sessions: Sessions
  invitations: Invitations
  keys: ApiKeys
  credentials: Credentials
  hasher: PasswordHasher
  media: Media
  metrics: Metrics
  report(event: ServerEvent): void
}

/** What the world talks to: HTTP and WebSockets on one port. */
function createEdges(parts: EdgeParts): { server: Server; stop(): Promise<void> } {
  const { options, core, sessions, keys, metrics, report } = parts
  const { config, logger, version } = options
  const { limits } = config
  let isStopping = false
  const routes = createRoutes(parts, () => core.ready() && !isStopping)
  // Sockets are for people: what a key presents there is no token.
  const sessionOf = (token: string): VerifiedToken | undefined => {
    const verified = sessions.verify(token)
    return verified && core.viewer(verified.userId) ? verified : undefined
  }
  const guards = {
    isAllowedOrigin: createOriginCheck(config.origins),
    addressOf: createAddressOf(config.trustedProxies),
  }
  const httpEdge = createHttpEdge({
    ...guards,
    verifyToken: (token) => keys.verify(token) ?? sessionOf(token),
    routes: [...routes, openApiRoute(routes, version)],
    bodyLimitBytes: limits.requestBytes,
    bodyTimeoutMs,
    answered: (request) => {
      metrics.answered(request)
      logAnswered(logger, request)
    },
  })
  const socketEdge = createWebSocketEdge({ ...guards, verifyToken: sessionOf, core, limits, report })
  const server = createServer(httpSettings, httpEdge)
  server.maxHeadersCount = 100
  server.on('upgrade', (request, socket, head) => socketEdge.upgrade(request, socket, head))
  const stop = async (): Promise<void> => {
    isStopping = true
    server.close()
    await core.drain()
    await socketEdge.close(closeGraceMs)
    server.closeAllConnections()
  }
  return { server, stop }
}

function createRoutes(
  { options, core, store, sessions, invitations, keys, credentials, hasher, media, metrics }: EdgeParts,
  isReady: () => boolean,
): Route[] {
  const { limits } = options.config
  const { loginFailures: failures, loginWindowMs: windowMs } = limits
  const signInOptions = { credentials, hasher, limit: new LoginLimit({ clock: systemClock, failures, windowMs }) }
  const redeemOptions = { ...signInOptions, nowMs: () => systemClock.nowMs() }
  return [
    ...sessionRoutes({ core, sessions, signInOptions }),
    ...invitationRoutes({ core, sessions, invitations, redeemOptions }),
    ...keyRoutes({ core, keys }),
    ...ticketRoutes(core),
    ...commandRoutes({ core, clock: systemClock, limits }),
    ...importRoutes({ core, limits }),
    ...peopleRoutes(core),
    ...auditRoutes({ core, store }),
    ...mediaRoutes({ ...media, register: core.media, uploadIdleMs: limits.uploadIdleMs }),
    ...operationRoutes({ isReady, metrics }),
  ]
}

function listen(server: Server, { host, port }: ServerConfig): Promise<Result<string, string>> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'the port is in use' : error.message
      resolve(fail(`can not listen on ${host}:${port}: ${reason}`))
    })
    server.listen(port, host, () => {
      // Not a pipe: we listen on a host and a port.
      const { port: chosen } = server.address() as AddressInfo
      resolve(succeed(`http://${host.includes(':') ? `[${host}]` : host}:${chosen}`))
    })
  })
}
