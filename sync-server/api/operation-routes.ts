import { isLoopback } from './client-address.ts'
import { refuse, type Route } from './http-exchange.ts'

export type OperationRoutesOptions = {
  /** Takes work: the last commit was stored and the server is not about to end. */
  isReady(): boolean
  /** Text in Prometheus' format. */
  metrics: { contentType: string; text(): Promise<string> }
}

/** What the people and programs that run the server ask it. */
export function operationRoutes({ isReady, metrics }: OperationRoutesOptions): Route[] {
  return [
    {
      method: 'GET',
      path: '/healthz',
      access: 'open',
      summary: 'The process answers.',
      replies: { 200: { description: 'It does.' } },
      handle: async () => ({ status: 200, body: { status: 'ok' } }),
    },
    {
      method: 'GET',
      path: '/readyz',
      access: 'open',
      summary: 'The server takes work: its disk takes commits and it is not shutting down.',
      replies: { 200: { description: 'It does.' }, 503: { description: 'Not now.' } },
      handle: async () => (isReady() ? { status: 200, body: { status: 'ready' } } : refuse(503, 'E_UNAVAILABLE')),
    },
    {
      method: 'GET',
      path: '/metrics',
      access: 'open',
      summary: 'Counters for Prometheus; answered on the machine itself only.',
      replies: { 200: { description: 'Text in Prometheus’ format.' }, 404: { description: 'Asked from elsewhere.' } },
      handle: async ({ address, isForwarded }) => {
        if (isForwarded || !isLoopback(address)) return refuse(404, 'E_ROUTE')
        return { status: 200, body: await metrics.text(), headers: { 'content-type': metrics.contentType } }
      },
    },
  ]
}
