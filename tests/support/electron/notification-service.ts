/**
 * Stands in for the desktop's notification service: owns `org.freedesktop.Notifications` on the session bus that
 * DBUS_SESSION_BUS_ADDRESS names, sees what the app shows and clicks on it.
 *
 *   const service = await startNotificationService()
 *   const banner = await service.next((shown) => shown.title.includes('Иванова'))
 *   service.click(banner.id)
 *   await service.stop()
 *
 * One service at a time: the name has one owner.
 */
import dbus from 'dbus-next'

export type ShownNotification = { id: number; title: string; body: string; actions: string[] }

export type NotificationService = {
  /** All that were shown since the start, also those closed by now. */
  shown(): readonly ShownNotification[]
  /** Those on the screen. */
  open(): readonly ShownNotification[]
  /** The first one shown, before or after this call, that the test accepts; rejects after `timeoutMs`. */
  next(accepts?: (shown: ShownNotification) => boolean, timeoutMs?: number): Promise<ShownNotification>
  /** The user clicks on it; as on a desktop it closes. */
  click(id: number): void
  /** The user wipes it away. */
  dismiss(id: number): void
  /** Forgets what was shown so far. */
  clear(): void
  stop(): Promise<void>
}

const busName = 'org.freedesktop.Notifications'
const dismissedByUser = 2
const closedByCall = 3

class Desktop extends dbus.interface.Interface {
  readonly shown: ShownNotification[] = []
  readonly closed = new Set<number>()
  readonly watchers = new Set<() => void>()
  private lastId = 0

  /* The names and the order of arguments are those of the Desktop Notifications Specification 1.2. */
  Notify(_app: string, replaces: number, _icon: string, title: string, body: string, actions: string[]): number {
    const id = replaces === 0 ? ++this.lastId : replaces
    this.closed.delete(id)
    this.shown.push({ id, title, body, actions })
    for (const watcher of this.watchers) watcher()
    return id
  }

  CloseNotification(id: number): void {
    this.closed.add(id)
    this.NotificationClosed(id, closedByCall)
  }

  GetCapabilities(): string[] {
    return ['body', 'body-markup', 'actions', 'persistence']
  }

  GetServerInformation(): string[] {
    return ['stand-in', 'naryad', '1.0', '1.2']
  }

  ActionInvoked(id: number, action: string): unknown[] {
    return [id, action]
  }

  NotificationClosed(id: number, reason: number): unknown[] {
    return [id, reason]
  }
}
Desktop.configureMembers({
  methods: {
    Notify: { inSignature: 'susssasa{sv}i', outSignature: 'u' },
    CloseNotification: { inSignature: 'u', outSignature: '' },
    GetCapabilities: { inSignature: '', outSignature: 'as' },
    GetServerInformation: { inSignature: '', outSignature: 'ssss' },
  },
  signals: { ActionInvoked: { signature: 'us' }, NotificationClosed: { signature: 'uu' } },
})

export async function startNotificationService(): Promise<NotificationService> {
  const bus = dbus.sessionBus()
  const desktop = new Desktop(busName)
  bus.export('/org/freedesktop/Notifications', desktop)
  const reply = await bus.requestName(busName, dbus.NameFlag.DO_NOT_QUEUE)
  if (reply !== dbus.RequestNameReply.PRIMARY_OWNER) {
    bus.disconnect()
    throw new Error(`${busName} has an owner already: run with a session bus of its own`)
  }

  function next(accepts: (shown: ShownNotification) => boolean = () => true, timeoutMs = 10_000) {
    return new Promise<ShownNotification>((fulfil, reject) => {
      const timer = setTimeout(() => {
        desktop.watchers.delete(look)
        reject(new Error(`no such notification within ${timeoutMs} ms; shown: ${JSON.stringify(desktop.shown)}`))
      }, timeoutMs)
      const look = () => {
        const found = desktop.shown.find(accepts)
        if (found === undefined) return
        clearTimeout(timer)
        desktop.watchers.delete(look)
        fulfil(found)
      }
      desktop.watchers.add(look)
      look()
    })
  }

  return {
    shown: () => desktop.shown,
    open: () => desktop.shown.filter(({ id }) => !desktop.closed.has(id)),
    next,
    click(id) {
      desktop.ActionInvoked(id, 'default')
      desktop.closed.add(id)
      desktop.NotificationClosed(id, dismissedByUser)
    },
    dismiss(id) {
      desktop.closed.add(id)
      desktop.NotificationClosed(id, dismissedByUser)
    },
    clear() {
      desktop.shown.length = 0
      desktop.closed.clear()
    },
    async stop() {
      await bus.releaseName(busName)
      bus.disconnect()
    },
  }
}
