import tseslint from 'typescript-eslint';

const services = ['accounts', 'ledger', 'scheduler', 'render-fleet', 'webhooks', 'gateway', 'standalone'];

/** `domain/` is pure: no I/O, clock, randomness or framework. Each ban says what to do instead. */
const pure = {
  'no-restricted-imports': ['error', {
    patterns: [
      { group: ['node:crypto'], importNames: ['randomBytes', 'randomUUID', 'randomInt', 'randomFillSync', 'webcrypto'], message: 'domain/ has no randomness: pass it in. Hashes are fine.' },
      { group: ['node:*', '!node:assert', '!node:buffer', '!node:crypto', 'pg', 'undici', 'pino', 'sharp', 'fastify', 'ulid'], message: 'domain/ is pure: do the I/O in inbound/ or outbound/ and pass the result in.' },
      { group: ['@nestjs/*', '@mikro-orm/*', '@grpc/*', '@opentelemetry/*', 'prom-client', 'rxjs'], message: 'domain/ knows no framework: decorate in inbound/ or <name>.module.ts.' },
      { group: ['@usvideo/*', '!@usvideo/event-store', '!@usvideo/contracts', '!@usvideo/contracts/*', '!@usvideo/runtime'], message: 'domain/ may use the decider types, contract types and formatUsd only.' },
      { group: ['**/inbound/*', '**/outbound/*'], message: 'domain/ is imported by inbound/ and outbound/, never the other way round.' },
    ],
  }],
  'no-restricted-globals': ['error',
    ...['process', 'fetch', 'setTimeout', 'setInterval', 'setImmediate', 'crypto'].map((name) => ({ name, message: 'domain/ is pure: pass the value in.' }))],
  'no-restricted-syntax': ['error',
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
          { group: others, message: 'No service imports another: ask over gRPC, or hear of it through an event.' },
          { group: ['@usvideo/testing'], message: '@usvideo/testing is for tests.' },
        ],
      }],
    },
  };
}

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'libs/contracts/src/**', '.nx/**', '.data/**', 'coverage/**'] },
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
      'no-restricted-syntax': ['error', neverEnvironment],
      'prefer-const': 'error',
      eqeqeq: 'error',
    },
  },
  { files: ['**/*.cjs', '**/*.mjs', '**/config.ts', 'test/**', 'libs/testing/**', '**/*.spec.ts'], rules: { 'no-restricted-syntax': 'off' } },
  ...services.filter((service) => service !== 'standalone').map(boundaries),
  { files: ['services/*/src/domain/**/*.ts'], ignores: ['**/*.spec.ts'], rules: pure },
  {
    files: ['libs/*/src/**/*.ts'], ignores: ['libs/testing/**', '**/*.spec.ts', '**/*.conformance.ts', '**/*.fixture.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group: [...services.map((service) => `@usvideo/${service}`), '@usvideo/testing'], message: 'Libraries know neither services nor test code.' }] }] },
  },
  { files: ['**/*.spec.ts', '**/*.conformance.ts', '**/*.fixture.ts', 'test/**', 'services/*/test/**'], rules: { 'max-lines-per-function': 'off', 'no-restricted-imports': 'off' } },
);
