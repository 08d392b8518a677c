import { defineConfig } from 'vite'

/** The sync server: plain ES modules for Node; packages stay outside (libsql has native parts), our own folders go in. */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    outDir: 'out/server',
    target: 'node20',
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: {
        main: 'sync-server/main.ts',
        'sqlite-worker': 'sync-server/storage/sqlite-worker.ts',
        'photo-process': 'sync-server/media/photo-process.ts',
        'demo-photos-process': 'sync-server/seed/demo/demo-photos-process.ts',
      },
      output: {
        format: 'es',
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name]-[hash].js',
        banner: (chunk) => (chunk.isEntry && chunk.name === 'main' ? '#!/usr/bin/env node' : ''),
      },
    },
  },
})
