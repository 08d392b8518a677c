import { resolve } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

// Low, explicit targets: the same build runs on the Electron of package.json and on the older stand-in that
// scripts/lib/electron-runtime.mjs uses where the official download is out of reach.
const node = 'node18.15'
const chrome = 'chrome114'

/** Everything is bundled, so the packaged app carries no node_modules; a sandboxed preload can require only `electron`. */
const commonJs = (entry: string) => ({
  target: node,
  sourcemap: true,
  externalizeDeps: false,
  lib: { entry: resolve(import.meta.dirname, entry), formats: ['cjs' as const] },
  rolldownOptions: { output: { entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' } },
})

export default defineConfig({
  main: { build: { outDir: 'out/main', ...commonJs('electron/main/index.ts') } },
  preload: { build: { outDir: 'out/preload', ...commonJs('electron/preload/index.ts') } },
  renderer: {
    root: 'renderer',
    plugins: [react(), tailwindcss()],
    worker: { format: 'es' },
    build: {
      outDir: 'out/renderer',
      target: chrome,
      sourcemap: true,
      minify: true,
      rolldownOptions: { input: resolve(import.meta.dirname, 'renderer/index.html') },
    },
  },
})
