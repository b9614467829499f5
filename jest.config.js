/** Real parts are slow to start, so the whole-stack tests are a project of their own that runs in band. */
const shared = {
  transform: {
    '^.+\\.[jt]s$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!(jose|openid-client|oauth4webapi|@marcbachmann)/)'],
  // Sources import './x.js', which is './x.ts' here.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

module.exports = {
  // Real servers on a small, busy machine: a test fails by what it sees, not by how long it took.
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: 'rooms',
      testMatch: [
        '<rootDir>/{domain,contracts,connectors,workflows,activities,persistence,api,worker,sandbox}/**/*.spec.ts',
      ],
    },
    {
      ...shared,
      displayName: 'stack',
      testMatch: ['<rootDir>/test/**/*.spec.ts'],
      globalSetup: '<rootDir>/test/stack/build.ts',
    },
  ],
};
