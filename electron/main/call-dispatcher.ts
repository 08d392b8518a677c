import * as z from 'zod/mini'
import type { CallAnswers, CallArgument, CallName } from '#common/ipc.ts'
import { calls } from '#common/ipc.ts'
import type { CallErrorCode, CallReply } from '../envelope.ts'

/** Who calls, as the main process saw it; null where the frame has gone. */
export type CallSender = { url: string; isMainFrame: boolean } | null

export type CallHandlers = {
  [Name in CallName]: (argument: CallArgument<Name>) => CallAnswers[Name] | Promise<CallAnswers[Name]>
}

export type CallDispatcher = (sender: CallSender, name: unknown, argument: unknown) => Promise<CallReply>

function isCallName(name: unknown): name is CallName {
  return typeof name === 'string' && Object.hasOwn(calls, name)
}

function refuse(code: CallErrorCode, detail: string): CallReply {
  return { ok: false, code, detail }
}

const longestDetail = 300

/** Checks the sender, then the name, then the argument; only what passes reaches a handler. */
export function createCallDispatcher(handlers: CallHandlers, isOwnPage: (url: string) => boolean): CallDispatcher {
  async function handle<Name extends CallName>(name: Name, argument: CallArgument<Name>): Promise<CallReply> {
    try {
      return { ok: true, value: await handlers[name](argument) }
    } catch (error) {
      return refuse('E_IPC_FAILED', String(error).slice(0, longestDetail))
    }
  }

  return async (sender, name, argument) => {
    if (sender === null || !sender.isMainFrame || !isOwnPage(sender.url)) return refuse('E_IPC_SENDER', 'not our page')
    if (!isCallName(name)) return refuse('E_IPC_CALL', 'no such call')
    const parsed = z.safeParse(calls[name], argument)
    if (!parsed.success) return refuse('E_IPC_ARGUMENT', z.prettifyError(parsed.error).slice(0, longestDetail))
    // `parsed` comes from the schema of this very name; the compiler loses the link between the two.
    return handle(name, parsed.data as CallArgument<typeof name>)
  }
}
