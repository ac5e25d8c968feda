import tseslint from 'typescript-eslint';

const services = ['accounts', 'ledger', 'scheduler', 'render-fleet', 'webhooks', 'gateway', 'standalone'];

/** What package names say, relative paths must not get around. */
const otherProject = { regex: '^\\.\\.?/.*/src/', message: 'A relative path stays inside its project; across projects, import a library by its name.' };

/** Imports that are expressions are not seen by no-restricted-imports; those of our own packages have no reason to be. */
const ownPackagesStatically = ['ImportExpression[source.value=/^(@usvideo.|\\..*.src.)/]', "CallExpression[callee.name='require'][arguments.0.value=/^(@usvideo.|\\..*.src.)/]"]
  .map((selector) => ({ selector, message: 'Import our own packages by an import declaration, so that boundaries are seen.' }));

/** `domain/` is pure: no I/O, clock, randomness or framework. Each ban says what to do instead. */
const pure = {
  'no-restricted-imports': ['error', {
    patterns: [
      { group: ['node:crypto'], importNames: ['randomBytes', 'randomUUID', 'randomInt', 'randomFillSync', 'webcrypto'], message: 'domain/ has no randomness: pass it in. Hashes are fine.' },
      { group: ['node:*', '!node:assert', '!node:buffer', '!node:crypto'], message: 'domain/ is pure: do the I/O in inbound/ or outbound/ and pass the result in.' },
      { regex: '^(?!\\.|node:|@usvideo/|(zod|ipaddr\\.js)$)', message: 'domain/ knows no framework and does no I/O: decorate in inbound/ or <name>.module.ts, call from outbound/.' },
      otherProject,
      { group: ['@usvideo/*', '!@usvideo/event-store', '!@usvideo/contracts', '!@usvideo/contracts/*', '!@usvideo/runtime'], message: 'domain/ may use the decider types, contract types and formatUsd only.' },
      { group: ['**/inbound/*', '**/outbound/*'], message: 'domain/ is imported by inbound/ and outbound/, never the other way round.' },
    ],
  }],
  'no-restricted-globals': ['error',
    ...['process', 'fetch', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'crypto', 'require'].map((name) => ({ name, message: 'domain/ is pure: pass the value in.' }))],
  'no-restricted-syntax': ['error', ...ownPackagesStatically,
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'domain/ has no clock: pass `now` in.' },
    { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: 'domain/ has no clock: pass `now` in.' },
    { selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']", message: 'domain/ has no randomness: pass it in.' },
    { selector: 'FunctionDeclaration[async=true], ArrowFunctionExpression[async=true], AwaitExpression', message: 'domain/ does no I/O and so is never asynchronous.' },
  ],
};

const neverEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only config.ts reads the environment; take the value from the configuration.',
};

function boundaries(service) {
  const others = services.filter((other) => other !== service).map((other) => `@usvideo/${other}`);
  return {
    files: [`services/${service}/src/**/*.ts`],
    ignores: ['**/*.spec.ts', '**/*.fixture.ts'],
    rules: {
      'no-restricted-imports': ['error', {
        patterns: [
          // The one process is where all of them are put together.
          ...(service === 'standalone' ? [] : [{ group: others, message: 'No service imports another: ask over gRPC, or hear of it through an event.' }, otherProject]),
          { group: ['@usvideo/testing'], message: '@usvideo/testing is for tests.' },
        ],
      }],
    },
  };
}

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'libs/contracts/src/generated/**', '.nx/**', '.data/**', 'coverage/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.mjs', '**/*.cjs'],
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
  { files: ['**/*.cjs', '**/*.mjs', '**/config.ts', 'test/**', 'libs/testing/**', '**/*.spec.ts'], rules: { 'no-restricted-syntax': 'off' } },
  ...services.map(boundaries),
  { files: ['services/*/src/domain/**/*.ts'], ignores: ['**/*.spec.ts'], rules: pure },
  {
    files: ['libs/*/src/**/*.ts'], ignores: ['libs/testing/**', '**/*.spec.ts', '**/*.conformance.ts', '**/*.fixture.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group: [...services.map((service) => `@usvideo/${service}`), '@usvideo/testing'], message: 'Libraries know neither services nor test code.' }, otherProject] }] },
  },
  { files: ['**/*.spec.ts', '**/*.conformance.ts', '**/*.fixture.ts', 'test/**', 'services/*/test/**'], rules: { 'max-lines-per-function': 'off', 'no-restricted-imports': 'off' } },
);
