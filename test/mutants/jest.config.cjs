const { globalSetup: _, globalTeardown: __, ...whole } = require('../../jest.config.cjs');

/** The tests of rules alone: no database is started for them. */
module.exports = {
  ...whole,
  rootDir: `${__dirname}/../..`,
  testMatch: ['<rootDir>/services/*/src/*/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.int\\.spec\\.ts$'],
};
