/** The worker of the built server: Node 20 does not run TypeScript by itself. */
export const builtWorkerUrl = new URL('../../../out/server/sqlite-worker.js', import.meta.url)
