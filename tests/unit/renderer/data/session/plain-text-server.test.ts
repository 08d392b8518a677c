import { describe, expect, it } from 'vitest'
import type { Settings } from '#common/ipc.ts'
import { fail, succeed } from '#common/domain/result.ts'
import { signInAnywhere } from '#renderer/data/plain-text-server.ts'
import { dispatcher } from '#tests/support/client/core-double.ts'

function createWorld(isRight: boolean, known: Settings['servers'] = []) {
  let settings: Settings = { theme: 'system', language: 'ru', servers: known, deviceId: 'D1' }
  const events: string[] = []
  const signIn = signInAnywhere(
    ({ server }) => {
      events.push(`sign in at ${server}`)
      return Promise.resolve(isRight ? succeed(dispatcher) : fail({ kind: 'unreachable' }))
    },
    {
      settings: {
        read: () => Promise.resolve(settings),
        write: (changes) => {
          events.push(`note ${changes.servers.map(({ url }) => url).join() || 'nothing'}`)
          settings = { ...settings, ...changes }
          return Promise.resolve()
        },
      },
      restartWorker: () => events.push('restart'),
    },
  )
  return {
    events,
    signIn: (server: string) => signIn({ server, login: 'dispatcher', password: 'demo', remember: false }),
  }
}

describe('signing in to a server without encryption', () => {
  it('opens the way to it first', async () => {
    const { events, signIn } = createWorld(true)
    expect((await signIn('http://10.0.0.5:8080/')).ok).toBe(true)
    expect(events).toEqual(['note http://10.0.0.5:8080', 'restart', 'sign in at http://10.0.0.5:8080/'])
  })

  it('closes the way again when it fails', async () => {
    const { events, signIn } = createWorld(false)
    expect((await signIn('http://10.0.0.5:8080')).ok).toBe(false)
    expect(events.at(-1)).toBe('note nothing')
  })

  it.each([
    'https://naryad.example',
    'naryad.example',
    'http://127.0.0.1:4000',
    'localhost:4000',
    'not an address at all',
  ])('changes nothing for %s', async (server) => {
    const { events, signIn } = createWorld(true)
    await signIn(server)
    expect(events).toEqual([`sign in at ${server}`])
  })

  it('changes nothing for a server that was signed in to before', async () => {
    const { events, signIn } = createWorld(true, [{ url: 'http://10.0.0.5', login: 'dispatcher' }])
    await signIn('http://10.0.0.5')
    expect(events).toEqual(['sign in at http://10.0.0.5'])
  })
})
