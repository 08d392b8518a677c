import type { Settings } from '#common/ipc.ts'
import type { Actions } from './api.ts'
import { normaliseServer } from './session/server-address.ts'

export type PlainTextNeeds = {
  settings: { read(): Promise<Settings>; write(changes: Pick<Settings, 'servers'>): Promise<unknown> }
  /** Ends the worker and starts another at once. */
  restartWorker(): void
}

/**
 * Signing in to a server of the local network that has no encryption: the page's policy opens plain text only to servers of
 * the settings, and a worker keeps the policy it was started with. So the server is noted first, and the worker begins anew;
 * a server that can't be signed in to is not kept.
 */
export function signInAnywhere(
  signIn: Actions['signIn'],
  { settings, restartWorker }: PlainTextNeeds,
): Actions['signIn'] {
  return async (input) => {
    const address = normaliseServer(input.server)
    if (!address.ok || !isPlainText(address.value)) return signIn(input)
    const { servers } = await settings.read()
    if (servers.some(({ url }) => url === address.value)) return signIn(input)
    await settings.write({ servers: [{ url: address.value, login: input.login }, ...servers].slice(0, mostServers) })
    restartWorker()
    const answer = await signIn(input)
    if (!answer.ok) await settings.write({ servers })
    return answer
  }
}

const mostServers = 20
/** Hosts to which the page's policy lets plain text in any case: this computer. */
const alwaysOpen = ['127.0.0.1', 'localhost']

function isPlainText(address: string): boolean {
  const url = new URL(address)
  return url.protocol === 'http:' && !alwaysOpen.includes(url.hostname)
}
