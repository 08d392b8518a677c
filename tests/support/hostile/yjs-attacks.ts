import * as encoding from 'lib0/encoding'
import { rawUpdate, type RawStruct } from './raw-update.ts'

/** A Yjs update no honest client sends. `start` gives the first free clock of the attacker's client. */
export type YjsAttack = { name: string; update(start: number): Uint8Array }

export const attackerClient = 4_242
/** Somebody else's client: no document of the attacker has it. */
const otherClient = 777

const command = (more: Partial<RawStruct> = {}): RawStruct => ({
  content: 8,
  parent: 'commands',
  values: [{ id: 'x' }],
  ...more,
})
const own = (start: number, ...structs: RawStruct[]): Uint8Array =>
  rawUpdate([{ client: attackerClient, clock: start, structs }])

const nested = (depth: number) => (encoder: encoding.Encoder) => {
  for (let level = 0; level < depth; level++) {
    encoding.writeUint8(encoder, 117)
    encoding.writeVarUint(encoder, 1)
  }
  encoding.writeAny(encoder, 1)
}

const withPrototype = (encoder: encoding.Encoder): void => {
  encoding.writeUint8(encoder, 118)
  encoding.writeVarUint(encoder, 1)
  encoding.writeVarString(encoder, '__proto__')
  encoding.writeAny(encoder, { id: 'x', polluted: true })
}

const orphans = Array.from({ length: 1_500 }, (_, index) => ({
  client: 10_000 + index,
  clock: 5,
  structs: [command()],
}))

/** Documents that must be dropped whole. */
export const fatalAttacks: YjsAttack[] = [
  { name: 'GC over 2^31 clocks', update: (start) => own(start, { content: 0, length: 2 ** 31 }) },
  { name: 'skip', update: (start) => own(start, { content: 10, length: 5 }, command()) },
  { name: 'deletion kept for the future', update: () => rawUpdate([], [[attackerClient, [[1_000_000, 50]]]]) },
  { name: 'deletion of somebody else’s clocks', update: () => rawUpdate([], [[otherClient, [[0, 1]]]]) },
  {
    name: '33 million deletions',
    update: () =>
      encoding.encode((encoder) => {
        for (const part of [0, 1, attackerClient, 33_000_000]) encoding.writeVarUint(encoder, part)
      }),
  },
  { name: 'clock gap', update: (start) => own(start + 10, command()) },
  { name: '1,500 orphans', update: () => rawUpdate(orphans) },
  {
    name: '33 million structs in seven bytes',
    update: () => rawUpdate([{ client: 1, clock: 0, structs: [], claimed: 33_000_000 }]),
  },
  { name: '2^50 clients', update: () => encoding.encode((encoder) => encoding.writeVarUint(encoder, 2 ** 50)) },
  {
    name: 'truncated delete set after a valid struct',
    update: (start) => own(start, command()).slice(0, -1),
  },
  {
    name: 'delete set that claims more than there is',
    update: (start) => {
      const update = own(start, command())
      update[update.length - 1] = 5
      return update
    },
  },
  { name: '5,000 levels of nesting', update: (start) => own(start, command({ values: [nested(5_000)] })) },
  { name: '200,000 levels of nesting', update: (start) => own(start, command({ values: [nested(200_000)] })) },
  { name: 'list of 4 billion values', update: (start) => own(start, command({ values: [1], claimed: 4_000_000_000 })) },
  { name: 'member named __proto__', update: (start) => own(start, command({ values: [withPrototype] })) },
  { name: 'subdocument', update: (start) => own(start, command({ content: 9 })) },
  { name: 'binary content', update: (start) => own(start, command({ content: 3 })) },
  { name: 'bytes within a value', update: (start) => own(start, command({ values: [new Uint8Array(8)] })) },
  { name: 'text content', update: (start) => own(start, command({ content: 4 })) },
  { name: 'embed content', update: (start) => own(start, command({ content: 5 })) },
  { name: 'format content', update: (start) => own(start, command({ content: 6 })) },
  { name: 'nested type', update: (start) => own(start, command({ content: 7 })) },
  { name: 'BigInt', update: (start) => own(start, command({ values: [12n] })) },
  { name: 'unknown content', update: (start) => own(start, command({ content: 11 })) },
  { name: 'unknown top-level type', update: (start) => own(start, command({ parent: 'entries' })) },
  { name: 'parent by id', update: (start) => own(start, command({ parent: [attackerClient, 0] })) },
  { name: 'key in the list of commands', update: (start) => own(start, command({ key: 'k' })) },
  {
    name: 'a refusal in the server’s place',
    update: (start) => own(start, command({ parent: 'refused', key: 'k' })),
  },
  { name: 'unknown predecessor', update: (start) => own(start, { content: 8, origin: [otherClient, 5], values: [1] }) },
  {
    name: 'predecessor in the future',
    update: (start) => own(start, { content: 8, origin: [attackerClient, start + 5], values: [1] }),
  },
  {
    name: 'two blocks of one client',
    update: (start) =>
      rawUpdate([
        { client: attackerClient, clock: start, structs: [command()] },
        { client: attackerClient, clock: start + 1, structs: [command()] },
      ]),
  },
  {
    name: 'structs that wait for each other',
    update: () =>
      rawUpdate([
        { client: 31, clock: 0, structs: [{ content: 8, origin: [32, 0], values: [1] }] },
        { client: 32, clock: 0, structs: [{ content: 8, origin: [31, 0], values: [1] }] },
      ]),
  },
  { name: 'deleted content of length 2^31', update: (start) => own(start, command({ content: 1, length: 2 ** 31 })) },
  { name: 'empty struct', update: (start) => own(start, command({ values: [] })) },
  { name: 'empty block', update: (start) => rawUpdate([{ client: attackerClient, clock: start, structs: [] }]) },
  {
    name: '200 kB behind the update',
    update: (start) => Buffer.concat([own(start, command()), new Uint8Array(200_000)]),
  },
  { name: 'nothing at all', update: () => new Uint8Array(0) },
]

/** Every update with one bit turned, from a seed. */
export function bitFlips(update: Uint8Array, count: number, seed: number): Uint8Array[] {
  let state = seed
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % below
  }
  return Array.from({ length: count }, () => {
    const flipped = update.slice()
    const at = random(flipped.length)
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random(8))
    return flipped
  })
}
