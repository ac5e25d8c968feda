// Runs the tests, and says in one plain line what came of them. Imports `node:*` and its neighbours only: see launch.mjs.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inForeground, lockedNode, logDir, nodeEnv, root } from './run.mjs';

const AGAIN = '--again';
/** Where more fail than this, the machine is not to blame. */
const FILES_AGAIN_MAX = 3;

/** Runs Jest on the locked Node; with `--again` the few files that failed once more, one after the other. */
export async function jest(args, extra = {}) {
  const first = await run(
    args.filter((arg) => arg !== AGAIN),
    extra,
  );
  const files = first.failed.map(({ file }) => file);
  const repeats = args.includes(AGAIN) && files.length > 0 && files.length <= FILES_AGAIN_MAX;
  const again = repeats ? await run(['--runInBand', '--runTestsByPath', ...files], extra) : undefined;
  for (const name of again === undefined
    ? []
    : first.failed.flatMap(({ file, tests }) => (tests.length > 0 ? tests : [file])))
    console.log(`FAILED AT FIRST: ${name}`);
  const failed = (again ?? first).numFailed;
  const passed = first.numPassed + (again === undefined ? 0 : first.numFailed - again.numFailed);
  const unsteady = again === undefined ? 0 : first.numFailed - again.numFailed;
  const counts = [
    `${passed} passed`,
    `${failed} failed`,
    ...(unsteady > 0 ? [`${unsteady} of the passed only when run again, alone`] : []),
    ...(first.numPending > 0 ? [`${first.numPending} skipped`] : []),
  ];
  console.log(`\n${counts.join(', ')}`);
  return failed > 0 || passed === 0 ? 1 : (again ?? first).code;
}

async function run(args, extra) {
  const report = join(logDir, 'jest.json');
  mkdirSync(logDir, { recursive: true });
  rmSync(report, { force: true });
  const code = await inForeground(
    lockedNode,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      '--json',
      `--outputFile=${report}`,
      ...args,
    ],
    nodeEnv(extra),
  );
  if (!existsSync(report)) return { code: code || 1, failed: [], numFailed: 1, numPassed: 0, numPending: 0 };
  const read = JSON.parse(readFileSync(report, 'utf8'));
  return {
    code,
    failed: read.testResults
      .filter(({ status }) => status === 'failed')
      .map(({ name, assertionResults }) => ({
        file: name,
        tests: assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
      })),
    numFailed: read.numFailedTests + read.numRuntimeErrorTestSuites,
    numPassed: read.numPassedTests,
    numPending: read.numPendingTests,
  };
}
