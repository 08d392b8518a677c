import type { NotificationRequest } from '#common/ipc.ts'
import { notificationBody, notificationTitle } from './notification-text.ts'

/** One banner of the system; Electron's Notification in the app. */
export type Banner = {
  on(event: 'click' | 'close' | 'show' | 'failed', listener: () => void): unknown
  show(): void
  close(): void
}

export type Notifications = {
  /** False when the system shows none. */
  show(request: NotificationRequest): Promise<boolean>
  withdraw(tag: string): void
  withdrawAll(): void
}

type Dependencies = {
  isSupported: () => boolean
  createBanner: (text: { title: string; body: string }) => Banner
  platform: NodeJS.Platform
  /** A banner was clicked. */
  onOpen: (path: string) => void
  /** How long the system may take to show one. */
  showTimeoutMs: number
}

const mostBanners = 50

export function createNotifications(dependencies: Dependencies): Notifications {
  /** By tag, the oldest first. A banner that nobody refers to is collected, and its click goes nowhere. */
  const banners = new Map<string, Banner>()

  function withdraw(tag: string): void {
    const banner = banners.get(tag)
    banners.delete(tag)
    banner?.close()
  }

  function forget(tag: string, banner: Banner): void {
    if (banners.get(tag) === banner) banners.delete(tag)
  }

  function shown(banner: Banner): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), dependencies.showTimeoutMs)
      const settle = (isShown: boolean) => () => {
        clearTimeout(timer)
        resolve(isShown)
      }
      banner.on('show', settle(true))
      banner.on('failed', settle(false))
    })
  }

  return {
    async show({ tag, title, body, path }) {
      if (!dependencies.isSupported()) return false
      withdraw(tag)
      const [oldest] = banners.keys()
      if (oldest !== undefined && banners.size >= mostBanners) withdraw(oldest)
      const banner = dependencies.createBanner({
        title: notificationTitle(title),
        body: notificationBody(body, dependencies.platform),
      })
      banners.set(tag, banner)
      banner.on('click', () => {
        forget(tag, banner)
        dependencies.onOpen(path)
      })
      banner.on('close', () => forget(tag, banner))
      const outcome = shown(banner)
      banner.show()
      return outcome
    },
    withdraw,
    withdrawAll() {
      for (const tag of banners.keys()) withdraw(tag)
    },
  }
}
