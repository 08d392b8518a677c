import { factKinds, Facts, type FactKind } from '../policy/facts.ts'
import type { LogStore } from '../storage/log-store.ts'

/** What the server knows by heart, as it is stored. */
export async function loadFacts(store: LogStore): Promise<Facts> {
  const entries = await Promise.all(factKinds.map(async (kind) => [kind, await store.records(kind)] as const))
  return Facts.from(Object.fromEntries(entries) as Record<FactKind, Map<string, unknown>>)
}
