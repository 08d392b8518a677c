import { parseRoom, type UserId } from '#common/domain/ids.ts'
import type { Ledger } from './ledger.ts'
import type { Marker, Markers } from './markers.ts'
import type { Report } from './violation.ts'

/** Looks into all bytes on their way to somebody, and into all that a customer's device keeps. */
export class Secrecy {
  private readonly ledger: Ledger
  private readonly markers: Markers
  private readonly report: Report

  constructor(ledger: Ledger, markers: Markers, report: Report) {
    this.ledger = ledger
    this.markers = markers
    this.report = report
  }

  /** P7, P8, and rule C4: no byte goes to who may not see it, and none before it is durable. */
  check(userId: UserId, way: string, bytes: Uint8Array): void {
    const { visibility, world } = this.ledger
    const isCustomer = world.users.get(userId)?.kind === 'customer'
    for (const [word, { author, places }] of this.markers.findIn(bytes)) {
      if (author === userId) continue
      const what = `${word} by ${author}, ${way} ${userId},`
      if (places.length === 0) this.report('C4', `${what} was not durable`)
      else if (isCustomer && places.every(isOfTeam)) this.report('P8', `${what} was said in ${namesOf(places)}`)
      else if (!places.some(({ room, position }) => visibility.mayHaveSeen(userId, room, position)))
        this.report('P7', `${what} who may not see ${namesOf(places)}`)
    }
  }

  /** The same for a value on its way to a disk, with the bytes that lie in it. */
  checkValue(userId: UserId, way: string, value: unknown): void {
    const text = JSON.stringify(value, (_key, part: unknown) => {
      if (!(part instanceof Uint8Array)) return part
      this.check(userId, way, part)
      return undefined
    })
    this.check(userId, way, Buffer.from(text ?? ''))
  }
}

function isOfTeam({ room }: Marker['places'][number]): boolean {
  const parsed = parseRoom(room)
  return parsed?.kind === 'chat' && parsed.chat === 'team'
}

function namesOf(places: Marker['places']): string {
  return places.map(({ room }) => room).join(', ')
}
