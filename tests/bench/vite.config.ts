import { defineConfig } from 'vite'

/** The measurements share the protocol's code with the product, so they are built like it. */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    outDir: 'out/bench',
    target: 'node20',
    minify: false,
    rolldownOptions: {
      input: { server: 'tests/bench/server.ts', upload: 'tests/bench/upload.ts' },
      output: { format: 'es', entryFileNames: '[name].js' },
    },
  },
})
