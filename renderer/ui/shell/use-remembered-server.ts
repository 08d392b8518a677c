import { useEffect } from 'react'
import { useApp } from '../common/app-context.tsx'

const rememberedServers = 20

/** Puts the server that one is signed in to first among those offered at the next sign-in. */
export function useRememberedServer(url: string, login: string): void {
  const { settings, changeSettings } = useApp()
  const [first] = settings.servers
  useEffect(() => {
    if (first?.url === url && first.login === login) return
    const others = settings.servers.filter((known) => known.url !== url || known.login !== login)
    changeSettings({ servers: [{ url, login }, ...others].slice(0, rememberedServers) })
  }, [url, login, first, settings.servers, changeSettings])
}
