import { commandMaxBytes, parseCommand, type Command } from '#common/domain/command.ts'
import { chatRoom, type RoomName } from '#common/domain/ids.ts'
import { stageNeedsReason } from '#common/domain/ticket.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import { refusal, type Refusal } from '#common/protocol/refusals.ts'

/** The part of a command that its action knows; id and time are put on by {@link createCommandBuilder}. */
export type CommandContent = Command extends infer Member
  ? Member extends Command
    ? Omit<Member, 'id' | 'writtenAt'>
    : never
  : never

export type BuildCommand = (content: CommandContent, writtenAt?: string) => Result<Command>

/** Makes commands that the server's rules of form accept; what they would not, is refused here with the field's name. */
export function createCommandBuilder(newId: () => string, nowMs: () => number): BuildCommand {
  return (content, writtenAt = new Date(nowMs()).toISOString()) => {
    const parsed = parseCommand({ ...content, id: newId(), writtenAt })
    if (!parsed.ok) return parsed
    const problem = problemOf(parsed.value)
    return problem ? fail(problem) : succeed(parsed.value)
  }
}

/** Whether the server's rules of form accept this command. */
export function isAcceptable(command: Command): boolean {
  const parsed = parseCommand(command)
  return parsed.ok && problemOf(parsed.value) === undefined
}

function problemOf(command: Command): Refusal | undefined {
  if (command.type === 'ticket.stage' && stageNeedsReason(command.stage) && command.reason === undefined)
    return refusal('E_COMMAND_INVALID', 'reason')
  if (new TextEncoder().encode(JSON.stringify(command)).length > commandMaxBytes) return refusal('E_COMMAND_TOO_BIG')
  return undefined
}

/** The chats a command is about. */
export function chatsOf(command: Command): RoomName[] {
  switch (command.type) {
    case 'message.post':
      return command.to.map((chat) => chatRoom(command.ticketId, chat))
    case 'message.edit':
    case 'message.delete':
    case 'read.mark':
    case 'participants.add':
    case 'participants.remove':
      return [chatRoom(command.ticketId, command.chat)]
    default:
      return []
  }
}

/** The same content under the type and fields of `command`, to be sent again. */
export function contentOf(command: Command): CommandContent {
  const { id: _id, writtenAt: _writtenAt, ...content } = command
  return content
}
