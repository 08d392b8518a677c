import { describe, expect, it } from 'vitest'
import { parseConfig } from '#server/config.ts'
import { startLimits } from '#server/limits.ts'

const configOf = (args: string[], environment: Record<string, string> = {}) => {
  const config = parseConfig(args, environment)
  if (!config.ok || config.value === 'help') throw new Error(JSON.stringify(config))
  return config.value
}

describe('options of the server', () => {
  it('has a value for everything', () => {
    expect(configOf([])).toEqual({
      host: '127.0.0.1',
      port: 8181,
      dataFolder: './naryad-data',
      origins: [],
      trustedProxies: [],
      seed: undefined,
      restored: false,
      limits: startLimits,
      logLevel: 'info',
    })
  })

  it('prefers an argument to its variable', () => {
    const environment = {
      NARYAD_PORT: '1',
      NARYAD_HOST: '::1',
      NARYAD_ORIGIN: 'https://a.example',
      NARYAD_SEED: 'demo',
    }
    const fromBoth = configOf(
      ['--port', '2', '--origin', 'https://b.example', '--origin', 'http://c.example:81'],
      environment,
    )
    expect(fromBoth).toMatchObject({
      port: 2,
      host: '::1',
      seed: 'demo',
      origins: ['https://b.example', 'http://c.example:81'],
    })
    expect(configOf([], environment)).toMatchObject({ port: 1, origins: ['https://a.example'] })
    expect(configOf([], { NARYAD_ORIGIN: ' https://a.example, https://b.example ' }).origins).toHaveLength(2)
  })

  it('changes the limits it is given and leaves the others', () => {
    const { limits } = configOf(['--limits', '{"frameBytes":1000,"accessTokenMs":2000}'])
    expect(limits).toEqual({ ...startLimits, frameBytes: 1000, accessTokenMs: 2000 })
  })

  it.each([
    ['--port', 'banana', /--port must be a number/],
    ['--port', '65536', /--port/],
    ['--prot', '1', /--prot/],
    ['--seed', 'huge', /--seed must be demo or large/],
    ['--origin', 'https://naryad.example/app', /is not an origin/],
    ['--origin', 'naryad.example', /is not an origin/],
    ['--origin', 'null', /is not an origin/],
    ['--limits', '{', /--limits is not JSON/],
    ['--limits', '[]', /--limits/],
    ['--limits', '{"frameBites":1}', /frameBites/],
    ['--limits', '{"frameBytes":0}', /frameBytes/],
    ['--limits', '{"frameBytes":"1"}', /frameBytes/],
    ['--log-level', 'loud', /--log-level/],
  ])('refuses %s %s', (name, value, message) => {
    const config = parseConfig([name, value], {})
    expect(config.ok ? '' : config.reason).toMatch(message)
  })

  it.each(['0.0.0.0', '::', '192.168.1.2', 'naryad.example', '127.0.0.1.evil.example'])(
    'seeds no server that listens on %s: everybody knows the password',
    (host) => {
      const config = parseConfig(['--seed', 'demo', '--host', host], {})
      expect(config.ok ? '' : config.reason).toContain(host)
      expect(parseConfig(['--host', host], {}).ok).toBe(true)
    },
  )

  it.each(['127.0.0.1', 'localhost', '::1', '127.1.2.3'])('seeds one on %s', (host) => {
    expect(configOf(['--seed', 'large', '--host', host]).seed).toBe('large')
  })
})
