// npm run import -- FILE.csv [ARGUMENTS]: tickets of another system, all or none. --help lists the arguments, docs/import.md
// the columns.
import { join } from 'node:path'
import { defaultProfile } from './lib/demo.mjs'
import { prepare } from './lib/prepare.mjs'
import { main, root } from './lib/project.mjs'

await main(async () => {
  await prepare([])
  // The vocabulary of the application is TypeScript, which the oldest Node we run on does not read by itself.
  const { runnerImport } = await import('vite')
  /** @type {{ module: typeof import('./import/import-command.ts') }} */
  const { module } = await runnerImport(join(root, 'scripts/import/import-command.ts'), {
    root,
    configFile: false,
    logLevel: 'error',
  })
  return module.runImport(process.argv.slice(2), {
    environment: process.env,
    // npm runs its scripts in the project's folder, wherever the user stands.
    folder: process.env['INIT_CWD'] ?? process.cwd(),
    demoPortFile: join(defaultProfile, 'demo-server.port'),
    now: () => new Date(),
    print: (line) => console.log(line),
    warn: (line) => console.error(line),
  })
})
