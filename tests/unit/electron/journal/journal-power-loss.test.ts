import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JournalEntry, JournalOutcome } from '#common/ipc.ts'
import { createBallast } from '#electron/main/journal/ballast.ts'
import { openJournal } from '#electron/main/journal/journal.ts'
import type { FaultyDisk } from '#tests/support/electron/faulty-disk.ts'
import { createFaultyDisk, seededRandom } from '#tests/support/electron/faulty-disk.ts'

const limits = { compactAboveBytes: 400, groupCharacters: 60 }
const ballastBytes = 200

const entry: fc.Arbitrary<JournalEntry> = fc.record({
  kind: fc.constantFrom('command' as const, 'draft' as const),
  id: fc.constantFrom('1', '2', '3', '4'),
  value: fc.option(fc.string({ maxLength: 40 }), { freq: 4 }),
})
/** Several calls at once, as a page makes them; the next burst begins when all were answered. */
const bursts = fc.array(fc.array(fc.array(entry, { maxLength: 4 }), { minLength: 1, maxLength: 4 }), { maxLength: 30 })

type State = Record<string, string>
type Call = { entries: readonly JournalEntry[]; outcome: JournalOutcome | undefined }

function after(state: State, entries: readonly JournalEntry[]): State {
  const next = { ...state }
  for (const { kind, id, value } of entries) {
    if (value === null) delete next[`${kind} ${id}`]
    else next[`${kind} ${id}`] = value
  }
  return next
}

async function open(disk: FaultyDisk) {
  const ballast = createBallast(disk, '/journal', ballastBytes)
  await ballast.fill()
  return openJournal(disk, '/journal', 'a1', ballast, limits)
}

async function stateOf(disk: FaultyDisk): Promise<State> {
  const { items } = await (await open(disk)).read()
  return Object.fromEntries(items.map(({ kind, id, value }) => [`${kind} ${id}`, value]))
}

/** Enough turns of the loop for everything that does not wait for a halted disk. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Writes burst by burst, until all are answered or the power is gone. Records what was answered in `calls`. */
async function write(disk: FaultyDisk, work: readonly (readonly JournalEntry[])[][], calls: Call[]): Promise<void> {
  const journal = await open(disk)
  for (const burst of work) {
    const made = burst.map((entries): Call => ({ entries, outcome: undefined }))
    calls.push(...made)
    await Promise.all(made.map(async (call) => (call.outcome = await journal.write(call.entries))))
  }
}

describe('a journal after a loss of power', { timeout: 120_000 }, () => {
  it('at any operation holds what was acknowledged and at most the calls that were being written', async () => {
    await fc.assert(
      fc.asyncProperty(bursts, fc.nat(400), fc.nat(), async (work, haltAfter, seed) => {
        const disk = createFaultyDisk()
        disk.haltAfter = haltAfter
        const calls: Call[] = []
        void write(disk, work, calls)
        while (disk.operations() < haltAfter && calls.length < work.flat().length) await settle()
        await settle()

        const allowed: State[] = [{}]
        let state: State = {}
        for (const { entries, outcome } of calls) {
          state = after(state, entries)
          if (outcome?.ok === true) allowed.length = 0
          allowed.push(state)
        }
        expect(allowed).toContainEqual(await stateOf(disk.afterPowerLoss(seededRandom(seed))))
      }),
      { numRuns: 500 },
    )
  })

  it('on a full disk holds exactly what was acknowledged', async () => {
    await fc.assert(
      fc.asyncProperty(bursts, fc.integer({ min: 250, max: 2000 }), fc.nat(), async (work, capacityBytes, seed) => {
        const disk = createFaultyDisk()
        disk.capacityBytes = capacityBytes
        const calls: Call[] = []
        await write(disk, work, calls)
        const expected = calls.reduce<State>(
          (state, { entries, outcome }) => (outcome?.ok ? after(state, entries) : state),
          {},
        )
        expect(await stateOf(disk)).toEqual(expected)
        const found = disk.afterPowerLoss(seededRandom(seed))
        found.capacityBytes = capacityBytes
        expect(await stateOf(found)).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  it('with a disk that fails at random never loses what was acknowledged', async () => {
    await fc.assert(
      fc.asyncProperty(bursts, fc.nat(), fc.nat(), async (work, faultSeed, seed) => {
        const disk = createFaultyDisk()
        const random = seededRandom(faultSeed)
        const calls: Call[] = []
        const journal = await open(disk)
        disk.fault = () => (random() < 0.15 ? 'EIO' : undefined)
        for (const burst of work)
          await Promise.all(
            burst.map(async (entries) => {
              const outcome = await journal.write(entries)
              calls.push({ entries, outcome })
            }),
          )
        disk.fault = () => undefined
        const found = await stateOf(disk.afterPowerLoss(seededRandom(seed)))
        // A write that failed together with the cutting off of its remains may show up: whoever wrote it still has it.
        for (const key of new Set(calls.flatMap(({ entries }) => entries.map(({ kind, id }) => `${kind} ${id}`)))) {
          const touching = calls.filter(({ entries }) => entries.some(({ kind, id }) => `${kind} ${id}` === key))
          const lastKept = touching.findLastIndex(({ outcome }) => outcome?.ok)
          const acceptable = touching.slice(Math.max(lastKept, 0)).map(({ entries }) => after({}, entries)[key])
          expect(lastKept === -1 ? [...acceptable, undefined] : acceptable).toContain(found[key])
        }
      }),
      { numRuns: 500 },
    )
  })
})
