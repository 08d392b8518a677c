import type { TicketId } from '#common/domain/ids.ts'
import { hasRight, type Right, type Situation } from './rights-table.ts'

type Body = { type: string; [member: string]: unknown }

/**
 * A command by which the server is asked for one right. It can not succeed even for who has the right: what it names is not
 * there. So it changes nothing, and the answer tells whether the right or the thing was missing.
 */
export type Question = { right: Right; command: Body; /** The answer to who has the right. */ allowed: RegExp }

const absentMessage = '01JZZZZZZZZZZZZZZZZZZZZZZZ'
const absent = 'nobody-of-this-name'
const chats = ['customer', 'team'] as const

export function questionsAbout(ticketId: TicketId): Question[] {
  const post = (to: readonly string[], right: Right): Question => ({
    right,
    command: { type: 'message.post', ticketId, to, text: 'Можно?', attachments: [], expects: { assigneeId: absent } },
    allowed: /^E_STALE/,
  })
  return [
    ...chats.flatMap((chat): Question[] => [
      post([chat], `write ${chat} chat`),
      {
        right: `write ${chat} chat`,
        command: { type: 'message.edit', ticketId, chat, target: absentMessage, text: 'Можно?' },
        allowed: /^E_NOT_FOUND target/,
      },
      {
        right: `write ${chat} chat`,
        command: { type: 'message.delete', ticketId, chat, target: absentMessage },
        allowed: /^E_NOT_FOUND target/,
      },
      { right: `read ${chat} chat`, command: { type: 'read.mark', ticketId, chat, seq: 0 }, allowed: /^done/ },
      {
        right: `add to ${chat} chat`,
        command: { type: 'participants.add', ticketId, chat, userIds: [absent] },
        allowed: /^E_NOT_FOUND userIds/,
      },
      {
        right: `remove from ${chat} chat`,
        // Who is not there any more is removed already.
        command: { type: 'participants.remove', ticketId, chat, userId: absent },
        allowed: /^done/,
      },
    ]),
    post(chats, 'write both chats'),
    post(['team', 'customer'], 'write both chats'),
    {
      right: 'edit ticket',
      command: { type: 'ticket.update', ticketId, fields: { title: 'Моя' }, expects: { assigneeId: absent } },
      allowed: /^E_STALE/,
    },
    {
      right: 'change stage',
      command: { type: 'ticket.stage', ticketId, stage: 'customerRefused' },
      allowed: /^E_COMMAND_INVALID reason/,
    },
    {
      right: 'assign ticket',
      command: { type: 'ticket.assign', ticketId, assigneeId: absent },
      allowed: /^E_NOT_FOUND assigneeId/,
    },
  ]
}

/** What is asked without a ticket. */
export const generalQuestions: readonly Question[] = [
  {
    right: 'create ticket',
    command: { type: 'ticket.create', fields: { title: 'Можно?', requesterId: absent } },
    // A customer may only open one of their own.
    allowed: /^E_(NOT_FOUND|FORBIDDEN) fields\.requesterId/,
  },
  {
    right: 'administer users',
    command: { type: 'user.update', userId: absent, name: 'Другое имя' },
    allowed: /^E_NOT_FOUND userId/,
  },
  {
    right: 'administer users',
    command: { type: 'user.create', login: 'novyj', name: 'Новый', kind: 'employee', roleId: absent },
    allowed: /^E_NOT_FOUND roleId/,
  },
  {
    right: 'administer roles',
    command: { type: 'role.update', roleId: absent, name: 'Другая' },
    allowed: /^E_NOT_FOUND roleId/,
  },
  { right: 'administer roles', command: { type: 'role.delete', roleId: absent }, allowed: /^E_NOT_FOUND roleId/ },
  { right: 'administer organisation', command: { type: 'organisation.update' }, allowed: /^(done|E_COMMAND_INVALID)/ },
]

/** The answer in one word: `done`, or the refusal's code with the field. */
export function expectedAnswer({ right, command, allowed }: Question, situation: Situation, answer: string): string {
  if (hasRight(situation, right)) return allowed.test(answer) ? answer : String(allowed)
  const refused = refusalOf(command, situation)
  return answer === refused || answer.startsWith(`${refused} `) ? answer : refused
}

/** N2, R5: what is not seen is absent; a chat that does not exist yet is a feature switched off; the rest is forbidden. */
function refusalOf(command: Body, situation: Situation): string {
  if (!('ticketId' in command)) return 'E_FORBIDDEN'
  const asksForChat = 'chat' in command || 'to' in command
  const seesSomething = (['see ticket', 'read customer chat', 'read team chat'] as const).some((right) =>
    hasRight(situation, right),
  )
  if (!(asksForChat ? seesSomething : hasRight(situation, 'see ticket'))) return 'E_NOT_FOUND ticketId'
  if (!asksForChat) return 'E_FORBIDDEN'
  const failing = chatsOf(command).find((chat) => !hasRight(situation, `write ${chat} chat`))
  const chat = 'to' in command ? failing : command['chat']
  return chat === 'team' && !situation.split && situation.kind === 'employee' ? 'E_FEATURE_OFF' : 'E_FORBIDDEN'
}

function chatsOf({ to }: Body): (typeof chats)[number][] {
  return Array.isArray(to) ? (to as (typeof chats)[number][]) : []
}
