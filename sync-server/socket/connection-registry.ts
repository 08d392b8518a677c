import type { DeviceId, UserId } from '#common/domain/ids.ts'

/** A connection as the server manages it, whatever it speaks. */
export type ManagedConnection = {
  readonly endpoint: 'sync' | 'room'
  readonly userId: UserId
  readonly sessionId: string
  /** Of `GET /sync` only. */
  readonly deviceId?: DeviceId | undefined
  close(code: number, reason: string): void
  /** Rights of anybody may have changed. Says what this user may do now where the protocol has a word for it. */
  rightsChanged(): void
  /** Says goodbye where the protocol has a word for it. */
  shutDown(): void
}

/** All connections with a checked token. */
export class ConnectionRegistry {
  private readonly connections = new Set<ManagedConnection>()
  private readonly devices = new Map<string, ManagedConnection>()

  /** Returns the connection of the same device that must give way. Devices are told apart within their user only. */
  add(connection: ManagedConnection): ManagedConnection | undefined {
    this.connections.add(connection)
    const key = deviceKey(connection)
    if (key === undefined) return undefined
    const older = this.devices.get(key)
    this.devices.set(key, connection)
    return older
  }

  remove(connection: ManagedConnection): void {
    this.connections.delete(connection)
    const key = deviceKey(connection)
    if (key !== undefined && this.devices.get(key) === connection) this.devices.delete(key)
  }

  all(): ManagedConnection[] {
    return [...this.connections]
  }

  countOf(userId: UserId, endpoint: ManagedConnection['endpoint']): number {
    let count = 0
    for (const connection of this.connections)
      if (connection.userId === userId && connection.endpoint === endpoint) count++
    return count
  }

  counts(): { sync: number; room: number; devices: DeviceId[] } {
    const devices: DeviceId[] = []
    let sync = 0
    for (const { endpoint, deviceId } of this.connections) {
      if (endpoint === 'sync') sync++
      if (deviceId !== undefined) devices.push(deviceId)
    }
    return { sync, room: this.connections.size - sync, devices }
  }
}

function deviceKey({ userId, deviceId }: ManagedConnection): string | undefined {
  return deviceId === undefined ? undefined : `${userId} ${deviceId}`
}
