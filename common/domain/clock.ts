/** Time as a dependency: the system's in products, a virtual one in simulations. */
export type Clock = {
  /** ms since 1970. */
  nowMs(): number
  /** Calls back once after `delayMs`; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void
}
