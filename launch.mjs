#!/usr/bin/env node
// The front door: `npm run demo`, `npm start`, `npm test`, … on a fresh clone. It and launch/ import `node:*` only, because they run
// before anything is installed and on whatever Node (20 or newer) the machine has; what they start runs on the Node of the lockfile.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dev } from './launch/dev.mjs';
import { jest } from './launch/jest.mjs';
import {
  bin,
  dataDir,
  fail,
  inForeground,
  lockedNode,
  nodeEnv,
  root,
  service,
  step,
  stopWithParent,
  tool,
} from './launch/run.mjs';
import { setUp } from './launch/set-up.mjs';

const commands = {
  demo: {
    help:
      'Set everything up and make a video before your eyes: paid, rendered, delivered, verified.\n' +
      '                         `-- --engine diffusers --tiny` renders with a diffusion pipeline of random weights, on any machine;\n' +
      '                         `-- --engine diffusers --model ID` with real ones, on a GPU.',
    run: (args) => demo(args),
  },
  start: {
    help: 'Serve the whole platform in one process (state in .data/).',
    flags: [],
    run: () => service('main', ['--stop-with-parent']),
  },
  dev: {
    help: 'Serve like `start`, and build and start again after every change of a source file.',
    flags: [],
    run: () => dev(),
  },
  cluster: {
    help:
      'Run every service as a process of its own over a real Kafka and PostgreSQL (state in .data/cluster/).\n' +
      '                         With `-- --replicas` two each of gateway, ledger, scheduler and webhooks, and three workers.\n' +
      "                         Kafka is the one of KAFKA_BROKERS, or Apache's jars through Maven on Java 17.",
    flags: ['--replicas'],
    run: (args) => service('cluster', ['--stop-with-parent', ...args]),
  },
  test: {
    help:
      'Set everything up and run every test. `npm test -- <pattern>` narrows it. With `-- --again` the files of which tests\n' +
      '                         failed are run once more, alone, and what passes only then is named and counted.',
    run: (args) => jest(args),
  },
  'test:unit': {
    help: 'The pure tests only: seconds, no database.',
    run: (args) =>
      jest([...args, '--testPathIgnorePatterns', '\\.int\\.spec\\.ts$', '/test/', '/node_modules/', '/dist/']),
  },
  bench: {
    help: 'Measure submit, overhead, webhooks, streams, scheduler, one process beside the cluster, the ledger and Kafka side by side with their baselines; prints tables and JSON.',
    run: (args) =>
      inForeground(
        lockedNode,
        ['--disable-warning=ExperimentalWarning', join(root, 'test', 'load', 'bench.ts'), ...args],
        nodeEnv(),
      ),
  },
  simulate: {
    help: "Drive the scheduler's rules through days of virtual time with thousands of GPUs and accounts; `-- --help` tells the flags.",
    ownHelp: true,
    run: (args) =>
      inForeground(
        lockedNode,
        ['--enable-source-maps', join(root, 'services', 'scheduler', 'dist', 'simulate.js'), ...args],
        nodeEnv(),
      ),
  },
  chart: {
    help:
      'Lint, render, validate, score and unit-test the Helm chart; compiles helm and the like once, from Go modules, in .tools/.\n' +
      '                         `-- --tools-only` does that alone, and `npm test` has the rest.',
    flags: ['--tools-only'],
    run: (args) => chart(args),
  },
  'cluster:test': {
    help: 'Install the chart on the cluster of KUBECONFIG, whose nodes have the images of test/cluster/images.sh, and try all that must hold there.',
    flags: [],
    run: () =>
      jest(['test/cluster', '--runInBand'], {
        CLUSTER_TEST: 'true',
        PATH: `${bin}:${join(root, '.tools', 'chart', 'bin')}:${process.env.PATH}`,
      }),
  },
  drills: {
    help: 'Lose databases and Kafka on purpose and bring them back as docs/operations/backup.md says, in every way (some minutes; `npm test` has the short form).',
    flags: [],
    run: () => jest(['test/e2e/drills', 'test/e2e/restore'], { DRILLS: 'full' }),
  },
  sbom: {
    help:
      'Write a bill of materials (CycloneDX) for the image of each service to .data/sbom/, and say how many packages each has;\n' +
      '                         `-- --tag TAG` adds the sizes of the images that Docker has under it, `--out FOLDER` writes elsewhere.',
    run: (args) => sbom(args),
  },
  chaos: {
    help: 'Load a replicated cluster, break it in every known way, and prove that nothing was lost (about half an hour; see test/chaos/README.md).',
    run: (args) =>
      inForeground(
        lockedNode,
        [
          '--enable-source-maps',
          '--disable-warning=ExperimentalWarning',
          '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
          join(root, 'test', 'chaos', 'chaos.ts'),
          ...args,
        ],
        nodeEnv(),
      ),
  },
  sdks: {
    help: 'Test the SDKs against the started platform; `-- typescript` narrows it, `-- --serve` starts it for work on one.',
    run: (args) =>
      inForeground(
        lockedNode,
        ['--disable-warning=ExperimentalWarning', join(root, 'test', 'sdks', 'run.ts'), ...args],
        nodeEnv(),
      ),
  },
  'test:browser': {
    help: 'Try the dashboard and the console in a real Chromium (the one of CHROMIUM, or where it is usually installed).',
    flags: [],
    run: () => browserTests(),
  },
  mutants: {
    help:
      'Break rules on purpose and count how often a test turns red: Stryker on the files of pure rules (hours), then the mutants of\n' +
      '                         test/mutants/mutants.json (half an hour). `-- rules [FILE]` or `-- hand-made [ID …]` narrows it.',
    run: (args) => mutants(args),
  },
  format: {
    help: 'Writes the code as Prettier has it.',
    run: (args) => tool('prettier', ['--write', '--log-level', 'warn', ...(args.length > 0 ? args : ['.'])]),
  },
  lint: {
    help: 'Prettier, ESLint with the module boundaries, and Knip for files and exports that nobody uses.',
    run: async (args) =>
      (await tool('prettier', ['--check', '--log-level', 'warn', '.'])) ||
      (await tool('eslint', ['--max-warnings=0', '.', ...args])) ||
      tool('knip', ['--include', 'exports,files,types', '--no-progress', '--no-config-hints']),
  },
  typecheck: {
    help: 'TypeScript over everything, without output.',
    flags: [],
    run: async () => (await tool('tsc', ['-p', 'tsconfig.json'])) || tool('tsc', ['-p', 'services/dashboard']),
  },
  contracts: {
    help: 'buf lint, buf breaking against main, and a freshness check of all that is generated.',
    flags: [],
    run: () => contracts(),
  },
  generate: {
    help: 'Write the generated code again: contracts, OpenAPI document, configuration tables, types of the SDKs.',
    flags: [],
    run: () => generate(),
  },
  'ledger:verify': {
    help: 'Re-derive the ledger of .data/ from its events and report every difference.',
    run: (args) => service('verify', args),
  },
  reconcile: {
    help: 'Compare every job of .data/ with its money and every log with its readers, and report every difference.',
    flags: [],
    run: () => service('reconcile'),
  },
  restore: {
    help:
      'After the database of one service was restored from a backup: give its events a new epoch (docs/runbooks/restore.md).\n' +
      '                         `-- --service accounts|ledger|scheduler` says what is found, `--confirm` as well does it. Reads DATABASE_URL,\n' +
      '                         KAFKA_BROKERS and the other KAFKA_ settings of that service.',
    run: (args) => restore(args),
  },
  reset: { help: 'Delete all state under .data/.', flags: [], run: () => reset() },
};

async function main([name, ...args]) {
  const command = commands[name];
  if (!command || (args.includes('--help') && !command.ownHelp)) return usage(command ? name : undefined);
  const unknown = args.filter((arg) => command.flags && !command.flags.includes(arg));
  if (unknown.length > 0) return refuse(name, unknown, command.flags);
  if (name !== 'reset') await setUp(name);
  process.exitCode = await command.run(args);
}

function usage(name) {
  const names = name ? [name] : Object.keys(commands);
  console.log('US Video API\n');
  for (const each of names) console.log(`  npm run ${each.padEnd(13)}  ${commands[each].help}`);
  process.exitCode = name ? 0 : 2;
}

function refuse(name, unknown, flags) {
  console.error(
    `npm run ${name} takes ${flags.length === 0 ? 'no arguments' : `${flags.join(', ')} only`}, and was given ${unknown.join(' ')}. Its settings are environment variables.\n`,
  );
  usage(name);
  process.exitCode = 2;
}

/** Its driver is installed apart, so that trying the platform stays small. */
async function browserTests() {
  const folder = join(root, 'test', 'browser');
  await step(
    "Installing the browser's driver",
    'browser',
    'npm',
    ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error'],
    process.env,
  );
  return inForeground(
    lockedNode,
    ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--test', join(folder, 'dashboard.test.mjs')],
    nodeEnv(),
  );
}

/** Stryker is installed apart, like the browser's driver. */
async function mutants([part, ...narrowed]) {
  if (part !== undefined && part !== 'rules' && part !== 'hand-made')
    return refuse('mutants', [part], ['rules', 'hand-made']);
  const folder = join(root, 'test', 'mutants');
  let failed = 0;
  if (part !== 'hand-made') {
    await step(
      'Installing Stryker',
      'stryker',
      'npm',
      ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error'],
      process.env,
    );
    const files = narrowed.length > 0 ? ['--mutate', narrowed.join(',')] : [];
    failed = await inForeground(
      lockedNode,
      [
        join(folder, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js'),
        'run',
        join(folder, 'stryker.config.mjs'),
        ...files,
      ],
      nodeEnv(),
    );
  }
  if (part !== 'rules')
    failed =
      (await inForeground(
        lockedNode,
        ['--disable-warning=ExperimentalWarning', join(folder, 'hand-made.ts'), ...narrowed],
        nodeEnv(),
      )) || failed;
  return failed;
}

/** Its maker is installed apart, like the browser's driver. */
async function sbom(args) {
  const folder = join(root, 'deploy', 'sbom');
  await step(
    'Installing what makes bills of materials',
    'sbom',
    'npm',
    ['ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    process.env,
  );
  return inForeground(lockedNode, [join(folder, 'sbom.mjs'), ...args], nodeEnv());
}

async function demo(args) {
  if (args.includes('diffusers'))
    await step(
      'Installing the engine (3 GB to download, 6 GB on disk, once)',
      'engine',
      join(root, 'deploy', 'engines', 'diffusers', 'install.sh'),
      [],
      process.env,
    );
  return service('demo', ['--stop-with-parent', ...args]);
}

/** The services that tell events: each has the command beside its `main.js`. */
const PUBLISHERS = ['accounts', 'ledger', 'scheduler'];

function restore(args) {
  const at = args.indexOf('--service');
  const name = at === -1 ? undefined : args[at + 1];
  if (PUBLISHERS.includes(name))
    return inForeground(
      lockedNode,
      ['--enable-source-maps', join(root, 'services', name, 'dist', 'restore.js'), ...args.toSpliced(at, 2)],
      nodeEnv(),
    );
  console.error(
    `--service is one of ${PUBLISHERS.join(', ')}.${name === 'webhooks' ? ' webhooks tells no events: start it, and it hears what its backup has not heard.' : ''}`,
  );
  return 2;
}

async function chart([toolsOnly]) {
  const made = await inForeground(lockedNode, [join(root, 'test', 'chart', 'prepare.mjs')], nodeEnv());
  return made || (toolsOnly ? 0 : jest(['test/chart']));
}

async function contracts() {
  const generated = join(root, 'libs', 'contracts', 'src');
  const fingerprint = () => git('hash-object', ...git('ls-files', generated).split('\n'));
  if (await tool('buf', ['lint'])) return 1;
  if (await tool('buf', ['breaking', '--against', `.git#ref=${contractsBefore()}`])) return 1;
  const before = fingerprint();
  if (await tool('buf', ['generate'])) return 1;
  if (before !== fingerprint() || git('ls-files', '--others', '--exclude-standard', generated) !== '') {
    console.error('libs/contracts is not what proto/ generates: run `npm run generate` and commit the result.');
    return 1;
  }
  if (await service('generate', ['--check'])) return 1;
  if (await sdkModels('--check')) return 1;
  console.log(
    'The contracts are linted and break nothing; the generated code, OpenAPI document, configuration tables and types of the SDKs are fresh.',
  );
  return 0;
}

/** On a branch, where it left main; on main itself, the commit before. */
function contractsBefore() {
  const head = git('rev-parse', 'HEAD');
  const left = ['origin/main', 'main']
    .map((branch) => git('merge-base', 'HEAD', branch))
    .find((commit) => commit !== '' && commit !== head);
  return left ?? (git('rev-parse', '--verify', '--quiet', 'HEAD~1') || head);
}

function git(...args) {
  return spawnSync('git', args, { cwd: root }).stdout.toString().trim();
}

async function generate() {
  return (await tool('buf', ['generate'])) || (await service('generate')) || (await sdkModels()) || typescriptTypes();
}

/** Its own `npm test`, which \`npm run sdks\` runs, says when they are stale. */
async function typescriptTypes() {
  const sdk = join(root, 'sdks', 'typescript');
  if (!existsSync(join(sdk, 'node_modules')))
    await step(
      'Installing the generator of types',
      'types',
      'npm',
      ['--prefix', sdk, 'ci', '--no-audit', '--no-fund', '--loglevel=error'],
      process.env,
    );
  return inForeground(lockedNode, [join(sdk, 'generate.mjs')], nodeEnv());
}

function sdkModels(...args) {
  return inForeground(lockedNode, [join(root, 'sdks', 'models', 'generate.ts'), ...args], nodeEnv());
}

function reset() {
  for (const lock of [join(dataDir, 'run.lock'), join(dataDir, 'cluster', 'run.lock')].filter((file) =>
    existsSync(file),
  )) {
    // As services/standalone/src/state/data-lock.process.ts takes it; the Node that runs this may have no SQLite.
    const { status } = spawnSync(
      lockedNode,
      ['-e', `new (require('node:sqlite').DatabaseSync)(${JSON.stringify(lock)}).exec('begin exclusive')`],
      { stdio: 'ignore' },
    );
    if (status !== 0) fail(`The platform is running on ${dirname(lock)}: stop it first.`);
  }
  rmSync(dataDir, { recursive: true, force: true });
  console.log(`Deleted ${dataDir}`);
  return 0;
}

// Started by hand, as with nohup, it may outlive its shell.
if (process.env.npm_lifecycle_event !== undefined) stopWithParent();
await main(process.argv.slice(2));
