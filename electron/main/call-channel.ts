import { ipcMain } from 'electron'
import type { CallReply } from '../envelope.ts'
import { callChannel } from '../envelope.ts'
import type { CallDispatcher } from './call-dispatcher.ts'

/** Takes the page's calls from Electron's channel. */
export function handleCalls(dispatch: CallDispatcher): void {
  ipcMain.handle(callChannel, (event, name: unknown, argument: unknown): Promise<CallReply> => {
    // Null, or throwing when asked, where the frame has gone in the meantime.
    const frame = event.senderFrame
    const sender = frame === null ? null : { url: frame.url, isMainFrame: frame.parent === null }
    return dispatch(sender, name, argument)
  })
}
