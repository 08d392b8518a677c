/**
 * Stands in for the part of the desktop that shows a number on an app's icon (Unity's launcher, which GNOME's docks imitate):
 * owns `com.canonical.Unity` on the session bus and reads what the app tells it.
 *
 *   const launcher = await startLauncher()     // before the app starts: it looks for the name only then
 *   const desk = await launchApp()
 *   await expect.poll(launcher.badge).toBe(3)
 *   await launcher.stop()
 *
 * Without it `app.getBadgeCount()` stays 0 on Linux. With several apps `badge` is what any of them said last.
 */
import dbus from 'dbus-next'

export type Launcher = {
  /** The number on the icon; 0 when none is shown. */
  badge: () => number
  stop(): Promise<void>
}

const busName = 'com.canonical.Unity'
const entryInterface = 'com.canonical.Unity.LauncherEntry'

type EntryProperties = { count?: { value: bigint | number }; 'count-visible'?: { value: boolean } }

export async function startLauncher(): Promise<Launcher> {
  const bus = dbus.sessionBus()
  let count = 0
  let isVisible = false
  bus.on('message', (message) => {
    if (message.interface !== entryInterface || message.member !== 'Update') return
    const properties = message.body[1] as EntryProperties
    count = Number(properties.count?.value ?? count)
    isVisible = properties['count-visible']?.value ?? isVisible
  })
  await bus.call(
    new dbus.Message({
      destination: 'org.freedesktop.DBus',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      member: 'AddMatch',
      signature: 's',
      body: [`type='signal',interface='${entryInterface}'`],
    }),
  )
  const reply = await bus.requestName(busName, dbus.NameFlag.DO_NOT_QUEUE)
  if (reply !== dbus.RequestNameReply.PRIMARY_OWNER) {
    bus.disconnect()
    throw new Error(`${busName} has an owner already: run with a session bus of its own`)
  }
  return {
    badge: () => (isVisible ? count : 0),
    async stop() {
      await bus.releaseName(busName)
      bus.disconnect()
    },
  }
}
