/** Work that is done for all who wait at once: a sync of the disk costs the same for one as for a hundred. */
export type GroupCommit<Item, Outcome> = {
  add(item: Item): Promise<Outcome>
  /** Resolves when nothing waits. */
  idle(): Promise<void>
}

export type Waiting<Item, Outcome> = { item: Item; answer: (outcome: Outcome) => void }

/**
 * While one group is being committed the next gathers, up to about `groupSize`. `commit` must answer each member and not
 * reject; groups follow one another.
 */
export function createGroupCommit<Item, Outcome>(
  groupSize: number,
  sizeOf: (item: Item) => number,
  commit: (group: Waiting<Item, Outcome>[]) => Promise<void>,
): GroupCommit<Item, Outcome> {
  const waiting: Waiting<Item, Outcome>[] = []
  let work: Promise<void> | undefined

  function takeGroup(): Waiting<Item, Outcome>[] {
    let size = 0
    let count = 0
    for (const { item } of waiting) {
      size += sizeOf(item)
      if (count > 0 && size > groupSize) break
      count++
    }
    return waiting.splice(0, count)
  }

  async function workOff(): Promise<void> {
    while (waiting.length > 0) await commit(takeGroup())
    work = undefined
  }

  return {
    add(item) {
      return new Promise((answer) => {
        waiting.push({ item, answer })
        work ??= workOff()
      })
    },
    async idle() {
      await work
    },
  }
}
