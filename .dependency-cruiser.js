/*
 * Who may import whom (docs/adr/0001-the-house.md). Each rule says why it is there; `npm test` runs them all.
 */

const ROOMS = 'domain|contracts|connectors|workflows|activities|persistence|api|worker|sandbox';

/** Specs, and what only specs use (`*.harness.ts`), may reach anywhere; neither is built. */
const SPECS = '\\.(spec|harness)\\.ts$';

/** A room may use itself and the given paths of other rooms; packages are the business of other rules. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: `^${from}/`, pathNot: SPECS },
  to: { path: `^(${ROOMS})/`, pathNot: [`^${from}/`, ...allowed] },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'What needs each other is one thing and belongs in one file, or needs a third.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only('domain-knows-only-itself', 'domain', [], 'The rules of identity are pure: they run the same everywhere.'),
    {
      name: 'domain-is-pure',
      comment: 'No clock, no disk, no network, no framework in the rules: only libraries that compute.',
      severity: 'error',
      from: { path: '^domain/', pathNot: SPECS },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'],
        pathNot: 'node_modules/(zod|yaml|uuid|re2js|@marcbachmann/cel-js|@zxcvbn-ts/)',
      },
    },
    only(
      'contracts-know-the-domain',
      'contracts',
      ['^domain/'],
      'What crosses a process speaks in words of the domain.',
    ),
    only(
      'workflows-are-deterministic',
      'workflows',
      ['^contracts/', '^domain/', '^activities/'],
      'Workflows run in a sandbox and are replayed: contracts, pure rules, and the types of activities.',
    ),
    {
      name: 'workflows-import-activity-types-only',
      comment: 'An activity in the workflow bundle would bring its database and network with it.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^activities/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'workflows-use-no-node',
      comment: 'Node modules are not deterministic.',
      severity: 'error',
      from: { path: '^workflows/', pathNot: SPECS },
      to: { dependencyTypes: ['core'] },
    },
    only(
      'activities-know-the-connector-contract',
      'activities',
      ['^contracts/', '^domain/', '^connectors/contract/', '^persistence/'],
      'Activities work on any connector, not on a particular one.',
    ),
    {
      name: 'connectors-are-islands',
      comment: 'A kind of directory knows the contract and the words of the domain, never another kind.',
      severity: 'error',
      from: { path: '^connectors/([^/]+)/', pathNot: `${SPECS}|^connectors/conformance/` },
      to: { path: `^(${ROOMS})/`, pathNot: ['^connectors/$1/', '^connectors/contract/', '^domain/'] },
    },
    {
      name: 'connectors-know-no-framework',
      comment: 'A connector knows nothing of Temporal, Nest or the database.',
      severity: 'error',
      from: { path: '^connectors/' },
      to: { path: 'node_modules/(@temporalio|@nestjs|typeorm)/' },
    },
    only('persistence-knows-the-domain', 'persistence', ['^domain/'], 'Tables hold words of the domain.'),
    only(
      'api-never-calls-a-connector',
      'api',
      ['^contracts/', '^domain/', '^persistence/'],
      'A directory may stand behind a gateway: whoever wants something of it starts a workflow.',
    ),
    only('sandbox-is-independent', 'sandbox', [], 'A stand-in built on our own code would share its mistakes.'),
    {
      name: 'nobody-imports-worker',
      comment: 'Only the worker wires; nothing else may reach into the wiring.',
      severity: 'error',
      from: {
        path: '^(domain|contracts|connectors|workflows|activities|persistence|api|sandbox)/',
        pathNot: SPECS,
      },
      to: { path: '^worker/' },
    },
    {
      name: 'no-test-in-product',
      comment: 'What runs in production must not need what only tests have.',
      severity: 'error',
      from: { pathNot: `${SPECS}|^(test|bench|connectors/conformance)/` },
      to: { path: '^(test|bench|connectors/conformance)/' },
    },
    {
      name: 'no-development-package-in-product',
      comment:
        'Images are built without them (docker/Dockerfile). Stand-ins and Samba are for the demo and tests only.',
      severity: 'error',
      from: { path: `^(${ROOMS})/`, pathNot: `${SPECS}|^(sandbox|connectors/conformance)/|^worker/embedded/samba` },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
    },
    {
      name: 'no-unlisted-package',
      comment: 'What is imported is in package.json, or it breaks on the next install.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'default'],
    },
  },
};
