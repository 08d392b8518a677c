import type { KnipConfig } from 'knip'

/** Dead files, exports and dependencies. Entries are what is started from outside: by Electron, Node, a browser, npm or a tool. */
const config: KnipConfig = {
  entry: [
    'renderer/main.ts',
    'renderer/data/worker.ts',
    'renderer/data/media/prepare/photo-worker.ts',
    'sync-server/main.ts',
    'sync-server/storage/sqlite-worker.ts',
    'sync-server/media/photo-process.ts',
    'sync-server/seed/demo/demo-photos-process.ts',
    'scripts/*.mjs',
    'scripts/vitest/*.mjs',
    'scripts/dist/*.{mjs,cjs}',
    'vite.server.config.ts',
    'scripts/lib/electron-default-app/main.cjs',
    'tests/**/*.test.{ts,tsx}',
    'tests/bench/*.{ts,mjs,cjs}',
    'tests/bench/**/run.mjs',
    'tests/bench/client/empty-window/{main.cjs,window.tsx}',
    'tests/support/media/prepare-page/page.ts',
    'tests/support/ui/harness/{main.tsx,vite.config.ts,window.cjs}',
  ],
  project: [
    '{common,electron,renderer,sync-server}/**/*.{ts,tsx,css}',
    '{scripts,tests}/**/*.{ts,tsx,mjs,cjs}',
    '*.config.ts',
  ],
  // Other makers' servers, which we measure ourselves against: packages of their own, installed by the benchmark.
  ignore: ['tests/bench/peers/**'],
  ignoreExportsUsedInFile: { interface: true, type: true },
  // Started by their path under node_modules, or by another tool (oxlint starts tsgolint).
  ignoreDependencies: ['electron-builder', 'oxlint', 'oxlint-tsgolint', 'prettier'],
  // Of the operating system; scripts/lib/system-libraries.mjs installs those that may be missing.
  ignoreBinaries: ['Xvfb', 'dbus-daemon', 'dpkg-query', 'apt-cache', 'du', 'dpkg-deb', 'unshare', 'mkfifo'],
}

export default config
