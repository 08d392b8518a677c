/**
 * How a call crosses from the preload script to the main process: one channel for all calls and one for all events, so the
 * page can name nothing that the two do not handle themselves. Dropped files have a channel of their own: the preload script
 * alone speaks on it, for it alone knows where a file of the user's lies.
 */
export const callChannel = 'naryad.call'
export const dropChannel = 'naryad.drop'
export const eventChannel = 'naryad.event'

/**
 * E_IPC_SENDER: not our page's main frame. E_IPC_CALL: no such call. E_IPC_ARGUMENT: the argument is not what the call takes.
 * E_IPC_FAILED: the call itself failed; the detail says how.
 */
export type CallErrorCode = 'E_IPC_SENDER' | 'E_IPC_CALL' | 'E_IPC_ARGUMENT' | 'E_IPC_FAILED'

/** An answer instead of a rejection, which Electron would print with its stack and prefix for the page. */
export type CallReply = { ok: true; value: unknown } | { ok: false; code: CallErrorCode; detail: string }
