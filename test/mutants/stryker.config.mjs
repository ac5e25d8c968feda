import { existsSync, readdirSync } from 'node:fs';

const SERVICES = ['accounts', 'ledger', 'scheduler', 'webhooks'];

/** Rules: files without a role, with a test of their own beside them. */
const pure = SERVICES.flatMap((service) =>
  readdirSync(`services/${service}/src`, { recursive: true })
    .filter((file) => /\/[a-z-]+\.ts$/.test(file))
    .map((file) => `services/${service}/src/${file}`)
    .filter(
      (file) =>
        existsSync(file.replace(/\.ts$/, '.spec.ts')) || existsSync(file.replace(/\.ts$/, '.properties.spec.ts')),
    ),
);

/** Run from the root of the repository. */
export default {
  mutate: pure,
  testRunner: 'jest',
  plugins: [new URL('node_modules/@stryker-mutator/jest-runner/dist/src/index.js', import.meta.url).pathname],
  jest: { projectType: 'custom', configFile: 'test/mutants/jest.config.cjs' },
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  coverageAnalysis: 'perTest',
  // Of what is thrown and logged the words are no rule; what is decided once, when a module is loaded, would need a process for each mutant.
  mutator: { excludedMutations: ['StringLiteral'] },
  ignoreStatic: true,
  ignorePatterns: [
    '**',
    '!.swcrc',
    '!jest.config.cjs',
    '!jest.longest-first.cjs',
    '!package.json',
    '!libs/**',
    '!proto/**',
    '!services/**',
    '!test/mutants/jest.config.cjs',
    'services/dashboard/**',
    '**/dist/**',
  ],
  tempDirName: '.data/stryker',
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { allowColor: false, reportTests: false, skipFull: true },
  allowConsoleColors: false,
  timeoutMS: 30_000,
};
