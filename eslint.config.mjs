import tseslint from 'typescript-eslint';

const services = ['accounts', 'ledger', 'scheduler', 'render-fleet', 'webhooks', 'gateway', 'standalone'];

/** What package names say, relative paths must not get around. */
const otherProject = {
  regex: '^\\.\\.?/.*/src/',
  message: 'A relative path stays inside its project; across projects, import a library by its name.',
};

/** Imports that are expressions are not seen by no-restricted-imports; those of our own packages have no reason to be. */
const ownPackagesStatically = [
  'ImportExpression[source.value=/^(@usvideo.|\\..*.src.)/]',
  "CallExpression[callee.name='require'][arguments.0.value=/^(@usvideo.|\\..*.src.)/]",
].map((selector) => ({
  selector,
  message: 'Import our own packages by an import declaration, so that boundaries are seen.',
}));

/** What a file may do besides computing; the closed list of STYLE.md. */
const IMPURE = [
  'client',
  'consumer',
  'controller',
  'engine',
  'filter',
  'grpc',
  'guard',
  'http',
  'interceptor',
  'loop',
  'module',
  'pipe',
  'process',
  'saga',
  'service',
  'sql',
  'store',
  'stream',
  'worker',
];

/** A file without a role suffix is pure: no I/O, clock, randomness or framework. Each ban says what to do instead. */
const pure = {
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        {
          group: ['node:crypto'],
          importNames: ['randomBytes', 'randomUUID', 'randomInt', 'randomFillSync', 'webcrypto'],
          message: 'A pure file has no randomness: pass it in. Hashes are fine.',
        },
        {
          group: ['node:*', '!node:assert', '!node:buffer', '!node:crypto'],
          message:
            'A file without a role suffix is pure: do the I/O in one that has it (.sql, .store, .client …) and pass the result in.',
        },
        {
          regex: '^(?!\\.|node:|@usvideo/|(zod|ipaddr\\.js)$)',
          message: 'A pure file knows no framework and does no I/O: decorate and call from a file with a role suffix.',
        },
        otherProject,
        {
          group: [
            '@usvideo/*',
            '!@usvideo/event-store',
            '!@usvideo/contracts',
            '!@usvideo/contracts/*',
            '!@usvideo/runtime',
          ],
          message: 'A pure file may use the decider types, contract types and formatUsd only.',
        },
        { group: ['**/inbound/*'], message: 'inbound/ is the wire: it imports the rooms, never the other way round.' },
        {
          regex: `\\.(${IMPURE.join('|')})$`,
          allowTypeImports: true,
          message: 'A pure file imports no file that does I/O: pass the result in.',
        },
      ],
    },
  ],
  'no-restricted-globals': [
    'error',
    ...['process', 'fetch', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'crypto', 'require'].map(
      (name) => ({ name, message: 'A pure file takes the value as an argument.' }),
    ),
  ],
  'no-restricted-syntax': [
    'error',
    ...ownPackagesStatically,
    {
      selector: "NewExpression[callee.name='Date'][arguments.length=0]",
      message: 'A pure file has no clock: pass `now` in.',
    },
    {
      selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
      message: 'A pure file has no clock: pass `now` in.',
    },
    {
      selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
      message: 'A pure file has no randomness: pass it in.',
    },
    {
      selector: 'FunctionDeclaration[async=true], ArrowFunctionExpression[async=true], AwaitExpression',
      message: 'A pure file does no I/O and so is never asynchronous.',
    },
  ],
};

const neverEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only config.ts reads the environment; take the value from the configuration.',
};

/** The only two that may: gRPC wants a deadline as a time of day, and an age of a stored time is told by it. */
const READS_TIME_OF_DAY = ['libs/runtime/src/grpc/grpc-client.ts', 'libs/runtime/src/tracing/steady-clock.ts'];

/** The time of day is set back and forth: an interval measured by it may end at once or never. */
const neverTimeOfDay = [
  "CallExpression[callee.object.name='Date'][callee.property.name='now']",
  "CallExpression[callee.property.name=/^(getTime|valueOf)$/][callee.object.type='NewExpression'][callee.object.callee.name='Date'][callee.object.arguments.length=0]",
].map((selector) => ({
  selector,
  message:
    'Measure intervals by performance.now(), ages of stored times by the clock of their database (databaseNow) or by steadyMsOf; what is shown or stored as a time is new Date().',
}));

function boundaries(service) {
  const others = services.filter((other) => other !== service).map((other) => `@usvideo/${other}`);
  return {
    files: [`services/${service}/src/**/*.ts`],
    ignores: ['**/*.spec.ts', '**/*.fixture.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            // The one process is where all of them are put together.
            ...(service === 'standalone'
              ? []
              : [
                  {
                    group: others,
                    message: 'No service imports another: ask over gRPC, or hear of it through an event.',
                  },
                  otherProject,
                ]),
            { group: ['@usvideo/testing'], message: '@usvideo/testing is for tests.' },
          ],
        },
      ],
    },
  };
}

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/.venv/**',
      'libs/contracts/src/generated/**',
      'sdks/typescript/src/openapi.ts',
      'sdks/generators/test/typescript/openapi.ts',
      '.nx/**',
      '.data/**',
      'coverage/**',
    ],
  },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.cts', '**/*.mjs', '**/*.cjs'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-require-imports': 'off',
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-constant-condition': ['error', { checkLoops: false }],
      'no-restricted-syntax': ['error', neverEnvironment, ...ownPackagesStatically],
      'prefer-const': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['services/*/src/**/*.ts', 'libs/*/src/**/*.ts'],
    ignores: ['services/dashboard/**', '**/*.fixture.ts', '**/*.conformance.ts', ...READS_TIME_OF_DAY],
    rules: { 'no-restricted-syntax': ['error', neverEnvironment, ...ownPackagesStatically, ...neverTimeOfDay] },
  },
  {
    files: ['**/*.cjs', '**/*.mjs', '**/config.ts', 'test/**', 'libs/testing/**', 'sdks/*/test/**', '**/*.spec.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  ...services.map(boundaries),
  {
    files: ['services/*/src/*/!(*.*).ts'],
    ignores: ['**/migrations/**', 'services/standalone/**', 'services/dashboard/**'],
    rules: pure,
  },
  {
    files: ['libs/*/src/**/*.ts'],
    ignores: ['libs/testing/**', '**/*.spec.ts', '**/*.conformance.ts', '**/*.fixture.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [...services.map((service) => `@usvideo/${service}`), '@usvideo/testing'],
              message: 'Libraries know neither services nor test code.',
            },
            otherProject,
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.spec.ts', '**/*.conformance.ts', '**/*.fixture.ts', 'test/**', 'services/*/test/**'],
    rules: { 'max-lines-per-function': 'off', 'no-restricted-imports': 'off' },
  },
);
