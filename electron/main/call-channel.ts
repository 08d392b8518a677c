import type { IpcMainInvokeEvent } from 'electron'
import { ipcMain } from 'electron'
import type { CallReply } from '../envelope.ts'
import { callChannel, dropChannel } from '../envelope.ts'
import type { CallDispatcher, CallSender } from './call-dispatcher.ts'

function senderOf(event: IpcMainInvokeEvent): CallSender {
  // Null, or throwing when asked, where the frame has gone in the meantime.
  const frame = event.senderFrame
  return frame === null ? null : { url: frame.url, isMainFrame: frame.parent === null }
}

/** Takes the page's calls from Electron's channel. */
export function handleCalls(dispatch: CallDispatcher): void {
  ipcMain.handle(callChannel, (event, name: unknown, argument: unknown): Promise<CallReply> =>
    dispatch(senderOf(event), name, argument),
  )
}

/** Takes dropped files from the preload script. */
export function handleDrops(handle: (sender: CallSender, argument: unknown) => Promise<CallReply>): void {
  ipcMain.handle(dropChannel, (event, argument: unknown): Promise<CallReply> => handle(senderOf(event), argument))
}
