/** A promise of the product that a run found broken. `promise` is its number (P1–P11), or what was expected of the run. */
export class Violation extends Error {
  override name = 'Violation'
  readonly promise: string

  constructor(promise: string, detail: string) {
    super(`${promise}: ${detail}`)
    this.promise = promise
  }
}

/** Where checks report; the first violation ends the run. */
export type Report = (promise: string, detail: string) => void
