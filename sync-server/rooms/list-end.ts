import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'

/** A value of a document: by whom it was written, and as the how manyth. */
type ItemId = { client: number; clock: number }

/**
 * The end of a list that only one writer writes. Knowing it, values are appended without the document: the update is written
 * as version 1 of Yjs' encoding has it, byte by byte what Yjs would say, in a fraction of the time.
 */
export class ListEnd {
  private readonly name: string
  private readonly client: number
  private clock: number
  private last: ItemId | null

  /** Of the list `name` of a document at whose end `document.clientID` writes next. */
  constructor(document: Y.Doc, name: string) {
    const list = document.getArray(name)
    this.name = name
    this.client = document.clientID
    this.clock = Y.getState(document.store, document.clientID)
    this.last = Y.createRelativePositionFromTypeIndex(list, list.length, -1).item
  }

  /** Returns the update that appends JSON values, at least one. */
  append(values: readonly unknown[]): Uint8Array {
    const update = encoding.encode((encoder) => {
      const blocks = 1
      const structs = 1
      for (const number of [blocks, structs, this.client, this.clock]) encoding.writeVarUint(encoder, number)
      this.writeLeft(encoder)
      encoding.writeVarUint(encoder, values.length)
      for (const value of values) encoding.writeAny(encoder, value as encoding.AnyEncodable)
      const deletions = 0
      encoding.writeVarUint(encoder, deletions)
    })
    this.clock += values.length
    this.last = { client: this.client, clock: this.clock - 1 }
    return update
  }

  private writeLeft(encoder: encoding.Encoder): void {
    if (this.last) {
      encoding.writeUint8(encoder, jsonValues | hasLeft)
      encoding.writeVarUint(encoder, this.last.client)
      encoding.writeVarUint(encoder, this.last.clock)
    } else {
      const isNamed = 1
      encoding.writeUint8(encoder, jsonValues)
      encoding.writeVarUint(encoder, isNamed)
      encoding.writeVarString(encoder, this.name)
    }
  }
}

/** First byte of a struct: what it holds (JSON values are 8), and whether it names what stands left of it. */
export const jsonValues = 8
export const hasLeft = 0x80
