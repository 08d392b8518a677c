import type { IpcRendererEvent } from 'electron'
import { contextBridge, ipcRenderer } from 'electron'
import { createFileAdopter } from './adopt-files.ts'
import type { EventName, NaryadBridge } from '#common/ipc.ts'
import type { CallReply } from '../envelope.ts'
import { callChannel, dropChannel, eventChannel } from '../envelope.ts'

type Listener = (payload: unknown) => void

const listeners = new Map<string, Set<Listener>>()
/** Events that came before the page listened, the last of each name; a click on a notification may start the page. */
const missed = new Map<string, unknown>()
/** Always told to a new listener: the page cannot ask for it. */
const lastState = new Map<string, unknown>()
const stateEvents: ReadonlySet<string> = new Set<EventName>(['window-state'])

ipcRenderer.on(eventChannel, (_event: IpcRendererEvent, name: string, payload: unknown) => {
  if (stateEvents.has(name)) lastState.set(name, payload)
  const known = listeners.get(name)
  if (known === undefined || known.size === 0) missed.set(name, payload)
  else for (const listener of known) listener(payload)
})

function listen(name: string, listener: Listener): () => void {
  const known = listeners.get(name) ?? new Set()
  listeners.set(name, known)
  // The same function given twice is two listeners.
  const own: Listener = (payload) => listener(payload)
  known.add(own)
  const former = lastState.has(name) ? lastState : missed
  if (former.has(name)) {
    const payload = former.get(name)
    // Not before the caller holds its disposer.
    queueMicrotask(() => known.has(own) && own(payload))
  }
  missed.delete(name)
  return () => {
    known.delete(own)
  }
}

const call = (name: string, argument: unknown) => answerOf(ipcRenderer.invoke(callChannel, name, argument))

async function answerOf(invoked: Promise<unknown>): Promise<unknown> {
  // What `invoke` answers is untyped; the main process answers nothing but replies.
  const reply = (await invoked) as CallReply
  if (!reply.ok) throw new Error(`${reply.code}: ${reply.detail}`)
  return reply.value
}

const adoptFiles = createFileAdopter({
  call,
  drop: (file) => answerOf(ipcRenderer.invoke(dropChannel, file)),
})

// The types of names, arguments and answers hold at compile time only; the main process parses what really comes.
const bridge = { call, on: listen, adoptFiles } as NaryadBridge
contextBridge.exposeInMainWorld('naryad', bridge)
