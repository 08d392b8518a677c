import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { commandSchema } from '#common/domain/command.ts'
import { assertNever } from '#common/domain/result.ts'
import type { AnsweredRequest } from './api/http-edge.ts'
import type { ServerCore, ServerEvent } from './server-core.ts'

export type Metrics = {
  /** Where the number of open connections comes from. */
  countConnections(source: ServerCore['connections']): void
  /** Where the bytes of photos and videos come from. */
  measureMedia(source: () => { stored: number; unfinished: number }): void
  event(event: ServerEvent): void
  answered(request: AnsweredRequest): void
  contentType: string
  /** In Prometheus' format. */
  text(): Promise<string>
}

const secondsBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]
const commandTypes = new Set<string>(commandSchema.def.options.map(({ shape }) => String(shape.type.def.values[0])))

/** Counts what the server does. Labels take only values that the server itself knows, so a client can not make new ones. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  // Memory, processor time and the event loop's lag.
  collectDefaultMetrics({ register: registry })
  new Gauge({ name: 'naryad_server_up', help: '1 while the server runs.', registers: [registry] }).set(1)
  const { requests, requestSeconds } = httpCounters(registry)
  return {
    countConnections: (source) => countConnections(registry, source),
    measureMedia: (source) => measureMedia(registry, source),
    event: eventCounter(registry),
    answered: ({ method, route, status, durationMs }) => {
      requests.inc({ method: knownMethods.has(method) ? method : 'other', route, status })
      requestSeconds.observe({ route }, durationMs / 1000)
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}

function countConnections(registry: Registry, source: ServerCore['connections']): void {
  const gauge = new Gauge({
    name: 'naryad_connections',
    help: 'Open WebSockets.',
    labelNames: ['endpoint'],
    registers: [registry],
    collect: () => {
      const { sync, room } = source()
      gauge.set({ endpoint: 'sync' }, sync)
      gauge.set({ endpoint: 'room' }, room)
    },
  })
}

function measureMedia(registry: Registry, source: () => { stored: number; unfinished: number }): void {
  const gauge = new Gauge({
    name: 'naryad_media_bytes',
    help: 'Photos and videos on the disk.',
    labelNames: ['state'],
    registers: [registry],
    collect: () => {
      for (const [state, bytes] of Object.entries(source())) gauge.set({ state }, bytes)
    },
  })
}

function httpCounters(registry: Registry) {
  const { counter, histogram } = makers(registry)
  return {
    requests: counter('naryad_http_requests_total', 'Answered HTTP requests.', ['method', 'route', 'status']),
    requestSeconds: histogram('naryad_http_request_duration_seconds', 'HTTP requests.', ['route']),
  }
}

function eventCounter(registry: Registry): (event: ServerEvent) => void {
  const { counter, histogram } = makers(registry)
  const closed = counter('naryad_connections_closed_total', 'WebSockets that ended.', ['endpoint', 'code'])
  const commands = counter('naryad_commands_total', 'Commands, by what became of them.', ['type', 'outcome', 'code'])
  const commandSeconds = histogram('naryad_command_duration_seconds', 'From a command to its durability.', ['type'])
  const commitSeconds = histogram('naryad_commit_duration_seconds', 'One call of the store until it is on the disk.')
  const committed = counter('naryad_commits_total', 'Commands and other changes made durable.')
  const updates = counter('naryad_delivered_updates_total', 'Updates handed to connections.')
  const bytes = counter('naryad_delivered_bytes_total', 'Bytes handed to connections.')
  const violations = counter('naryad_violations_total', 'Input that no honest client sends.', ['code'])
  const unavailable = counter('naryad_store_unavailable_total', 'Commits that the disk did not take.')
  const uploads = counter('naryad_uploads_total', 'Uploads whose bytes had come.', ['outcome', 'code'])
  const uploadBytes = counter('naryad_upload_bytes_total', 'Bytes of uploads that were stored.')
  const uploadSeconds = histogram('naryad_upload_finish_seconds', 'From the last byte until it is stored or refused.')
  return (event) => {
    switch (event.type) {
      case 'command': {
        const type = commandTypes.has(event.command) ? event.command : 'unknown'
        commands.inc({ type, outcome: event.outcome, code: event.code ?? '' })
        return commandSeconds.observe({ type }, event.durationMs / 1000)
      }
      case 'commit':
        committed.inc(event.commits)
        return commitSeconds.observe(event.durationMs / 1000)
      case 'delivery':
        updates.inc(event.updates)
        return bytes.inc(event.bytes)
      case 'violation':
        return violations.inc({ code: event.code })
      case 'connection':
        if (event.change === 'closed') closed.inc({ endpoint: event.endpoint, code: event.code ?? 0 })
        return
      case 'store-unavailable':
        return unavailable.inc()
      case 'upload':
        uploads.inc({ outcome: event.outcome, code: event.code ?? '' })
        if (event.outcome === 'stored') uploadBytes.inc(event.bytes)
        return uploadSeconds.observe(event.durationMs / 1000)
      default:
        return assertNever(event)
    }
  }
}

function makers(registry: Registry) {
  const registers = [registry]
  return {
    counter: (name: string, help: string, labelNames: string[] = []) =>
      new Counter({ name, help, labelNames, registers }),
    histogram: (name: string, help: string, labelNames: string[] = []) =>
      new Histogram({ name, help, labelNames, buckets: secondsBuckets, registers }),
  }
}

const knownMethods = new Set(['GET', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PUT', 'PATCH'])
