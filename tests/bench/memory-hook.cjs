// Loaded into each measured server (node --expose-gc): on SIGUSR2 collects garbage and writes the memory in use, in kB.
const { renameSync, writeFileSync } = require('node:fs')

const file = process.env.NARYAD_BENCH_MEMORY ?? 'memory.json'
let count = 0
process.on('SIGUSR2', () => {
  globalThis.gc?.()
  setTimeout(() => {
    globalThis.gc?.()
    const { rss, heapUsed, external } = process.memoryUsage()
    writeFileSync(
      `${file}.new`,
      JSON.stringify({ count: ++count, resident: rss / 1024, heap: (heapUsed + external) / 1024 }),
    )
    renameSync(`${file}.new`, file)
  }, 300)
})
