import { resolve } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Serves the interface over the fake data, for tests. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react(), tailwindcss()],
  server: { host: '127.0.0.1' },
  build: { target: 'chrome114', outDir: resolve(import.meta.dirname, '../../../../out/screens'), emptyOutDir: true },
})
