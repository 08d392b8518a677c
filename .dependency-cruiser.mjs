// Who may import whom. Imports go one way; everything sides share is in common/.

const ours = '^(common|electron|renderer|sync-server|scripts|tests)/'
const server = '^sync-server/'
const uiFolders = '^renderer/(ui|i18n)/'
const packagesOfCommon = '^node_modules/(yjs|lib0|y-protocols|zod)/'

/**
 * @param {string} name
 * @param {string} comment
 * @param {string} from
 * @param {object} to
 */
const forbid = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to,
})

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    forbid('no-cycles', 'a cycle has no order to read it in', ours, { circular: true }),
    forbid('resolvable', 'every import leads somewhere', ours, { couldNotResolve: true }),
    forbid(
      'nothing-imports-tests',
      'product code does not know of its tests',
      '^(common|electron|renderer|sync-server|scripts)/',
      {
        path: '^tests/',
      },
    ),
    forbid(
      'common-is-alone',
      'common imports nothing of the project; of packages only yjs, lib0, y-protocols and zod; no Node',
      '^common/',
      {
        pathNot: ['^common/', packagesOfCommon],
      },
    ),
    forbid('electron-imports-common', 'electron imports common only', '^electron/', {
      path: ours,
      pathNot: '^(common|electron)/',
    }),
    forbid('renderer-imports-common', 'renderer imports common only', '^renderer/', {
      path: ours,
      pathNot: '^(common|renderer)/',
    }),
    forbid('server-imports-common', 'sync-server imports common only', server, {
      path: ours,
      pathNot: '^(common|sync-server)/',
    }),
    forbid('preload-without-main', 'the bridge never reaches into the main process', '^electron/preload/', {
      path: '^electron/main/',
    }),
    forbid('preload-packages', 'a sandboxed preload can require electron only', '^electron/preload/', {
      path: '^node_modules/',
      pathNot: '^node_modules/(electron|zod)/',
    }),
    forbid('renderer-without-node', 'the page is sandboxed', '^renderer/', { dependencyTypes: ['core'] }),
    forbid('renderer-without-electron', 'the page talks to the desktop through renderer/platform', '^renderer/', {
      path: '^node_modules/electron/',
    }),
    forbid('data-without-react', 'renderer/data works without a screen', '^renderer/data/', {
      path: '^(node_modules/(react|react-dom|radix-ui|wouter|sonner|lucide-react|virtua)/|renderer/ui/)',
    }),
    forbid('ui-without-stores', 'screens speak to renderer/data/api.ts, never to the stores below it', uiFolders, {
      path: '^(renderer/data/(sync|store)/|node_modules/(yjs|y-protocols|y-websocket|lib0|rxdb|dexie)/)',
    }),
    forbid(
      'domain-is-pure',
      'rules decide; they import other rules, no documents and no transport',
      '^common/domain/',
      {
        path: '^(common/(documents|ipc)|node_modules/(yjs|y-protocols|lib0)/)',
      },
    ),
    forbid('policy-is-pure', 'rights are decided without storage, sockets or Node', '^sync-server/policy/', {
      path: '^sync-server/(?!policy/)',
    }),
    forbid('policy-without-node', 'rights are decided without storage, sockets or Node', '^sync-server/policy/', {
      dependencyTypes: ['core'],
    }),
    forbid('product-packages', 'what the server runs on is a dependency, not a devDependency', server, {
      dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
    }),
    forbid('scripts-stand-alone', 'the set-up runs before npm ci: no package in its way', '^scripts/lib/', {
      path: '^node_modules/',
      pathNot: '^node_modules/(@types|electron)/',
    }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The servers of others that we measure ourselves against have packages of their own, installed by the benchmark.
    exclude: { path: '^(out|dist|coverage|tests/bench/peers)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json'],
      mainFields: ['module', 'main', 'types'],
    },
  },
}
