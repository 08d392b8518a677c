import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'

/**
 * Makes an Electron app of this folder.
 * @param {string} folder where to
 */
export async function buildEmptyWindow(folder) {
  const here = import.meta.dirname
  await mkdir(folder, { recursive: true })
  await build({
    configFile: false,
    root: here,
    logLevel: 'warn',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'chrome114',
      lib: { entry: join(here, 'window.tsx'), formats: ['iife'], name: 'empty', fileName: () => 'window.js' },
    },
  })
  for (const file of ['main.cjs', 'window.html']) await copyFile(join(here, file), join(folder, file))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'empty-window', main: 'main.cjs' }))
}
