import { sessionResponseSchema, type SessionResponse } from '#common/protocol/http-api.ts'

export type ApiAnswer = { status: number; headers: Headers; body: unknown }

/** Plain HTTP as any program would speak it; `body` goes as JSON unless headers say otherwise. */
export async function call(
  url: string,
  method: string,
  path: string,
  { token, body, headers }: { token?: string | undefined; body?: unknown; headers?: Record<string, string> } = {},
): Promise<ApiAnswer> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false
  return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as unknown) : text }
}

export const signInBody = (login: string, password = 'demo') => ({
  login,
  password,
  device: { id: 'test-device', name: 'Тест' },
})

export async function signInAs(url: string, login: string, password = 'demo'): Promise<SessionResponse> {
  const { status, body } = await call(url, 'POST', '/api/session', { body: signInBody(login, password) })
  if (status !== 200) throw new Error(`${login} was not signed in: ${status} ${JSON.stringify(body)}`)
  return sessionResponseSchema.parse(body)
}
