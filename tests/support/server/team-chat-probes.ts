/** Everything a curious customer may ask a server for with their own token, hoping for a word of the team's chat. */
import { chatRoom, type MessageId, type TicketId } from '#common/domain/ids.ts'
import { nextId, openDocument, whenSynced } from '../room-client/room-client.ts'
import { call } from './api-client.ts'
import { SyncSocket } from './sync-socket.ts'

export type Asked = {
  /** Of the server, or of a link to it that records what it answers. */
  url: string
  token: string
  ticketId: TicketId
  /** A message of the team's chat. */
  target: MessageId
  /** Something to search tickets for. */
  text: string
}

/** Answers to requests, by what was asked. */
export async function askOverHttp({ url, token, ticketId, target, text }: Asked): Promise<Map<string, string>> {
  const paths = [
    '/api/me',
    '/api/tickets',
    `/api/tickets?q=${encodeURIComponent(text)}`,
    `/api/tickets/${ticketId}`,
    '/api/people',
    '/api/audit',
    `/api/audit?subject=ticket&subjectId=${ticketId}`,
    '/api/audit.csv',
    '/api/keys',
    '/api/users/dispatcher/sessions',
    `/rooms/${chatRoom(ticketId, 'team')}`,
  ]
  const message = { ticketId, chat: 'team', target }
  const commands = [
    { type: 'message.post', ticketId, to: ['team'], text: 'Что пишут?', attachments: [], replyTo: 1 },
    { type: 'message.post', ticketId, to: ['customer', 'team'], text: 'Что пишут?', attachments: [] },
    { type: 'message.edit', ...message, text: 'Моё' },
    { type: 'message.delete', ...message },
    { type: 'read.mark', ticketId, chat: 'team', seq: 1 },
    { type: 'participants.add', ticketId, chat: 'team', userIds: ['customer'] },
  ]
  const answers = new Map<string, string>()
  for (const path of paths) answers.set(path, JSON.stringify((await call(url, 'GET', path, { token })).body))
  for (const command of commands) {
    const body = { id: nextId(), writtenAt: new Date().toISOString(), ...command }
    const answer = await call(url, 'POST', '/api/commands', { token, body })
    answers.set(command.type, JSON.stringify(answer.body))
  }
  return answers
}

/** Opens, fetches and follows over sockets; resolves when the server has said all it says. Seen by who records the link. */
export async function askOverSockets({ url, token, ticketId }: Asked): Promise<void> {
  const room = chatRoom(ticketId, 'team')
  const { provider } = openDocument(url, token, room)
  const closed = new Promise<void>((resolve) => provider.once('connection-close', () => resolve()))
  // A server that is broken would open it.
  const answered = Promise.race([closed, whenSynced(provider)])
  const socket = await SyncSocket.open(url)
  socket.hello(token)
  await socket.until('WELCOME')
  socket.send({ type: 'OPEN', channel: 1, room })
  socket.send({ type: 'FETCH', room, from: 0 })
  socket.send({ type: 'SINCE', cursor: null, scope: 'all' })
  await socket.until('CAUGHT_UP')
  await answered
  provider.destroy()
  socket.webSocket.close()
  await socket.closed
}
