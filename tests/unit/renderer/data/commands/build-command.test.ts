import { describe, expect, it } from 'vitest'
import { createUlidSource } from '#common/domain/ids.ts'
import { createCommandBuilder, type CommandContent } from '#renderer/data/commands/build-command.ts'

const now = Date.UTC(2026, 0, 15, 9)
const build = createCommandBuilder(
  createUlidSource(
    () => now,
    (bytes) => bytes.fill(7),
  ),
  () => now,
)

const post = (text: string): CommandContent => ({
  type: 'message.post',
  ticketId: 'T1',
  to: ['customer'],
  text,
  attachments: [],
})

describe('a command', () => {
  it('gets an id and the device’s time', () => {
    expect(build(post('Еду'))).toMatchObject({
      ok: true,
      value: { text: 'Еду', writtenAt: '2026-01-15T09:00:00.000Z' },
    })
  })

  it.each<[string, CommandContent, string, string | undefined]>([
    ['an empty message', post(' \n'), 'E_COMMAND_INVALID', 'text'],
    ['a message of 8,001 characters', post('я'.repeat(8_001)), 'E_COMMAND_INVALID', 'text'],
    ['a message to nobody', { ...post('а'), to: [] } as CommandContent, 'E_COMMAND_INVALID', 'to'],
    [
      'a ticket without a title',
      { type: 'ticket.create', fields: { title: '  ' } },
      'E_COMMAND_INVALID',
      'fields.title',
    ],
    ['a change of nothing', { type: 'ticket.update', ticketId: 'T1', fields: {} }, 'E_COMMAND_INVALID', 'fields'],
    [
      'a side exit without a reason',
      { type: 'ticket.stage', ticketId: 'T1', stage: 'customerRefused' },
      'E_COMMAND_INVALID',
      'reason',
    ],
    [
      'an edit to nothing',
      { type: 'message.edit', ticketId: 'T1', chat: 'team', target: '01HZZZZZZZZZZZZZZZZZZZZZZZ', text: ' ' },
      'E_COMMAND_INVALID',
      'text',
    ],
    [
      'a read mark below zero',
      { type: 'read.mark', ticketId: 'T1', chat: 'team', seq: -1 },
      'E_COMMAND_INVALID',
      'seq',
    ],
  ])('%s is refused before it is kept', (_name, content, code, field) => {
    expect(build(content)).toMatchObject({ ok: false, reason: { code, field } })
  })

  it('of the greatest length is small enough to be sent', () => {
    expect(build(post('😀'.repeat(8_000)))).toMatchObject({ ok: true })
  })
})
