import type { RoomName, UserId } from '#common/domain/ids.ts'

const tag = 'MK'
const digits = 6
const pattern = /MK\d{6}/g

export type Marker = {
  author: UserId
  /** Where the log holds it, with the position of the commit that brought it there. */
  places: { room: RoomName; position: number }[]
}

/** Unique words in texts, by which any text can be found in the bytes of a connection. */
export class Markers {
  private readonly known = new Map<string, Marker>()
  private next = 0

  /** A text that nobody wrote before. */
  text(author: UserId, words: string): string {
    const word = tag + String(++this.next).padStart(digits, '0')
    this.known.set(word, { author, places: [] })
    return `${words} ${word}`
  }

  place(text: string, room: RoomName, position: number): void {
    for (const [word] of text.matchAll(pattern)) this.known.get(word)?.places.push({ room, position })
  }

  get(word: string): Marker | undefined {
    return this.known.get(word)
  }

  /** The markers whose text stands in `bytes`. */
  *findIn(bytes: Uint8Array): Generator<[string, Marker]> {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let at = buffer.indexOf(tag); at >= 0; at = buffer.indexOf(tag, at + tag.length)) {
      const word = buffer.toString('latin1', at, at + tag.length + digits)
      const marker = this.known.get(word)
      if (marker) yield [word, marker]
    }
  }
}
