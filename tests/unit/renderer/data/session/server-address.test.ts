import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { accountKey } from '#renderer/data/session/account-key.ts'
import { normaliseServer, syncAddress } from '#renderer/data/session/server-address.ts'

describe('a server’s address', () => {
  it.each([
    ['naryad.example.ru', 'https://naryad.example.ru'],
    ['  https://Naryad.Example.RU/  ', 'https://naryad.example.ru'],
    ['http://10.0.0.5:8080', 'http://10.0.0.5:8080'],
    ['10.0.0.5:8080', 'https://10.0.0.5:8080'],
    ['localhost:4000', 'http://localhost:4000'],
    ['localhost:443', 'http://localhost:443'],
    ['127.0.0.1:4000/', 'http://127.0.0.1:4000'],
    ['[::1]:4000', 'http://[::1]:4000'],
    ['https://localhost:4000', 'https://localhost:4000'],
    ['https://example.ru/naryad//', 'https://example.ru/naryad'],
    ['https://example.ru:443', 'https://example.ru'],
    ['наряд.рф', 'https://xn--80aizn9e.xn--p1ai'],
  ])('%s is %s', (typed, server) => {
    expect(normaliseServer(typed)).toEqual({ ok: true, value: server })
  })

  it.each([
    '',
    '   ',
    'ftp://example.ru',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user:secret@example.ru',
    'https://example.ru?x=1',
    'https://example.ru#x',
    'not a host',
    'не_адрес!!',
    'naryad.example.ru%20x',
    'a,b;c',
    'http://',
  ])('%j is none', (typed) => {
    expect(normaliseServer(typed)).toEqual({ ok: false, reason: 'bad-address' })
  })

  it('gives the address of the socket', () => {
    expect(syncAddress('https://example.ru/naryad')).toBe('wss://example.ru/naryad/sync')
    expect(syncAddress('http://localhost:4000')).toBe('ws://localhost:4000/sync')
  })
})

describe('an account’s key', () => {
  it('is the beginning of the sha256 of user and server', () => {
    const expected = createHash('sha256').update('ковалёва@https://example.ru').digest('hex').slice(0, 32)
    expect(accountKey('ковалёва', 'https://example.ru')).toBe(expected)
  })
})
