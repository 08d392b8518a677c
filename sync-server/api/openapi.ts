import * as z from 'zod/mini'
import { errorResponseSchema } from '#common/protocol/http-api.ts'
import type { Route } from './http-exchange.ts'

const bearerDescription = 'The access token of a session, or an API key: `naryad_<id>_<secret>`.'

/** The OpenAPI 3.1 document of the routes, itself among them. */
export function openApiRoute(routes: readonly Route[], version: string): Route {
  const own: Route = {
    method: 'GET',
    path: '/api/openapi.json',
    access: 'open',
    summary: 'This document.',
    replies: { 200: { description: 'OpenAPI 3.1.' } },
    handle: async () => ({ status: 200, body: document }),
  }
  const document = describe([...routes, own], version)
  return own
}

function describe(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Naryad', version, description: 'Messages and tickets travel over WebSockets; this is the rest.' },
    paths,
    components: {
      schemas: { Error: jsonSchema(errorResponseSchema) },
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: bearerDescription } },
    },
  }
}

function describeRoute({ summary, path, query, body, replies, access }: Route): object {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const inQuery = Object.entries(query ?? {}).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: { type: 'string' },
  }))
  return {
    summary,
    parameters: [...inPath, ...inQuery],
    ...(access === 'token' && { security: [{ token: [] }] }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body) } } } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(replies).map(([status, { description, schema, mediaType = 'application/json' }]) => [
          status,
          { description, ...(schema && { content: { [mediaType]: { schema: jsonSchema(schema) } } }) },
        ]),
      ),
      default: {
        description: 'Any failure.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  }
}

/** As it travels: what a schema makes of it afterwards is nobody's business outside. */
function jsonSchema(schema: z.core.$ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return rest
}
