import type { Route } from './http-exchange.ts'

export type RouteMatch =
  | { type: 'found'; route: Route; parameters: ReadonlyMap<string, string> }
  | { type: 'other-method'; allowed: string[] }
  | { type: 'none' }

/** Finds the route of a method and path. A part that is not valid percent-encoding leads nowhere. */
export function createRouting(routes: readonly Route[]): (method: string, path: string) => RouteMatch {
  const patterns = routes.map((route) => ({ route, parts: route.path.split('/') }))
  return (method, path) => {
    const parts = path.split('/')
    const allowed: string[] = []
    for (const pattern of patterns) {
      const parameters = parametersOf(pattern.parts, parts)
      if (parameters === undefined) continue
      if (pattern.route.method === method) return { type: 'found', route: pattern.route, parameters }
      allowed.push(pattern.route.method)
    }
    return allowed.length > 0 ? { type: 'other-method', allowed } : { type: 'none' }
  }
}

function parametersOf(pattern: readonly string[], parts: readonly string[]): Map<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined
  const parameters = new Map<string, string>()
  for (const [index, expected] of pattern.entries()) {
    const part = parts[index] ?? ''
    if (!expected.startsWith(':')) {
      if (part !== expected) return undefined
      continue
    }
    try {
      parameters.set(expected.slice(1), decodeURIComponent(part))
    } catch {
      return undefined
    }
  }
  return parameters
}
