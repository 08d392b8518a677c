/** A reproducible source of chance (sfc32): the same seed gives the same numbers on every machine. */
export class SeededRandom {
  private a: number
  private b: number
  private c: number
  private counter = 1

  constructor(seed: number, stream: string) {
    let hash = seed | 0
    for (const character of stream) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
    this.a = hash
    this.b = seed | 0
    this.c = 0x9e3779b9 | 0
    for (let round = 0; round < 12; round++) this.word()
  }

  /** 32 random bits. */
  word(): number {
    const sum = (this.a + this.b + this.counter++) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum
    this.c |= 0
    return sum >>> 0
  }

  /** From 0 up to but not including 1. */
  next(): number {
    return this.word() / 4_294_967_296
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<Value>(values: readonly Value[]): Value {
    const value = values[this.below(values.length)]
    if (value === undefined) throw new Error('nothing to pick from')
    return value
  }

  fill<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
    for (let index = 0; index < bytes.length; index++) bytes[index] = this.word() & 255
    return bytes
  }
}
