/** What happened in a run: a hash over everything, to prove that a seed replays exactly, and the last lines for a report. */
export class Trace {
  private hash = 0x811c9dc5
  private readonly lines: string[] = []
  private readonly kept: number

  constructor(kept = 5_000) {
    this.kept = kept
  }

  /** A line worth reading in a report. */
  note(atMs: number, line: string): void {
    this.mark(line)
    this.lines.push(`${((atMs % 86_400_000) / 1000).toFixed(3)} ${line}`)
    if (this.lines.length > this.kept * 2) this.lines.splice(0, this.kept)
  }

  /** Something too frequent to read; it counts for the hash only. */
  mark(text: string, number = 0): void {
    let { hash } = this
    for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
    hash = Math.imul(hash ^ (number & 0xffff), 0x01000193)
    this.hash = hash
  }

  digest(): string {
    return (this.hash >>> 0).toString(16).padStart(8, '0')
  }

  last(): string[] {
    return this.lines.slice(-this.kept)
  }
}
