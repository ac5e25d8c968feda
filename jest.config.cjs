const { availableParallelism } = require('node:os');

/** One runner, three filters: `.spec.ts` is pure, `.int.spec.ts` needs PostgreSQL, `test/e2e` goes through the public API. */
const swc = { ...JSON.parse(require('node:fs').readFileSync(`${__dirname}/.swcrc`, 'utf8')), exclude: undefined };

module.exports = {
  testEnvironment: 'node',
  globalSetup: '<rootDir>/libs/testing/src/servers/jest-global-setup.ts',
  globalTeardown: '<rootDir>/libs/testing/src/servers/jest-global-teardown.ts',
  testMatch: ['<rootDir>/{libs,services,test}/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swc, swcrc: false }] },
  moduleNameMapper: {
    '^@usvideo/contracts/(books|callers|names|text)$': '<rootDir>/libs/contracts/src/$1.ts',
    '^@usvideo/contracts/(.*)$': '<rootDir>/libs/contracts/src/generated/index.usvideo.$1.v1.ts',
    '^@usvideo/(artifacts|event-store|exchange|messaging|runtime|servers|service|testing)$':
      '<rootDir>/libs/$1/src/index.ts',
    '^@usvideo/(accounts|ledger|scheduler|render-fleet|webhooks|gateway|standalone)$':
      '<rootDir>/services/$1/src/$1.module.ts',
  },
  // Most files wait more than they compute; each cluster takes two GiB.
  maxWorkers: Math.min(4, Math.max(2, availableParallelism() - 1)),
  testSequencer: '<rootDir>/jest.longest-first.cjs',
  cacheDirectory: '<rootDir>/.jest-cache',
  // Deadlines are bounds for broken code, not expectations of a busy machine.
  testTimeout: 90_000,
};
