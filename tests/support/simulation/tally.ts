/** How often what happened: a clean run proves nothing about what never came to pass in it. */
export class Tally {
  private readonly counts = new Map<string, number>()

  count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times)
  }

  add(other: Tally): void {
    for (const [what, times] of other.counts) this.count(what, times)
  }

  of(what: string): number {
    return this.counts.get(what) ?? 0
  }

  /** One line for each word that `what` begins with. */
  describe(): string {
    const groups = new Map<string, string[]>()
    for (const [what, times] of [...this.counts].sort(([one], [other]) => (one < other ? -1 : 1))) {
      const [group = '', ...rest] = what.split(': ')
      groups.set(group, [...(groups.get(group) ?? []), `${rest.join(': ') || 'times'} ${times}`])
    }
    return [...groups].map(([group, lines]) => `  ${group}: ${lines.join(', ')}`).join('\n')
  }
}
