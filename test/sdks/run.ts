/**
 * Runs the tests of the SDKs against the started platform: `npm run sdks`, or `npm run sdks -- typescript python`.
 * Each folder of sdks/ with a `platform-test.sh` is one SDK; it gets accounts of its own. Two are tested at a time, as they mostly wait,
 * and what a `prepare.sh` compiles is compiled behind them. `-- --serve` starts the platform and prints the environment of one SDK, for
 * work on a runner.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { root, startPlatform } from '../load/children.ts';
import { castFor } from './cast.ts';
import { startStand } from './stand.ts';

const folder = join(root, 'sdks');
const scenarios = join(folder, 'scenarios.json');
const known = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'platform-test.sh')));
const isPrepared = (name: string) => existsSync(join(folder, name, 'prepare.sh'));
const AT_ONCE = 2;
/** The longest first, so that none is left alone at the end. */
const FIRST = ['python'];
const named = process.argv.slice(2).filter((arg) => arg !== '--serve');
const unknown = named.filter((name) => !known.includes(name));

if (unknown.length > 0) {
  console.error(`No SDK is called ${unknown.join(', ')}; there are ${known.join(', ')}.`);
  process.exit(2);
}

const platform = await startPlatform({});
const stand = await startStand(platform.apiUrl);
try {
  process.exitCode = process.argv.includes('--serve') ? await serve() : await test(named.length > 0 ? named : known);
} finally {
  await stand.stop();
  await platform.stop();
}

/** Ends what runs at the moment, so that the platform is stopped, too. */
function endWith(child: ChildProcess): () => void {
  const end = () => child.kill('SIGTERM');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end);
  };
}

async function test(names: readonly string[]): Promise<number> {
  const failed: string[] = [];
  const prepared = new Map(
    names.filter(isPrepared).map((name) => [name, said('nice', ['-n', '19', './prepare.sh'], name)]),
  );
  const waiting = [
    ...FIRST.filter((name) => names.includes(name)),
    ...names.filter((name) => !FIRST.includes(name) && !prepared.has(name)),
    ...prepared.keys(),
  ];
  const lane = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const began = performance.now();
      const outcomes = [await prepared.get(name)];
      if ((outcomes[0]?.code ?? 0) === 0) outcomes.push(await testOne(name));
      console.log(`\n• ${name}\n${outcomes.map((outcome) => outcome?.text ?? '').join('')}`);
      console.log(`${name}: ${((performance.now() - began) / 1_000).toFixed(0)} s`);
      const { code } = outcomes.at(-1)!;
      if (code !== 0) failed.push(name);
      // Somebody ended it.
      if (code === null) waiting.length = 0;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  console.log(
    failed.length === 0 ? `\n${names.length} SDKs passed: ${names.join(', ')}` : `\nfailed: ${failed.join(', ')}`,
  );
  return failed.length === 0 && names.length > 0 ? 0 : 1;
}

async function testOne(name: string): Promise<Outcome> {
  return said('./platform-test.sh', [], name, await castFor(platform, stand.url, scenarios));
}

interface Outcome {
  readonly code: number | null;
  readonly text: string;
}

/** What it says is kept until it has ended, so that two do not speak at once. */
async function said(
  command: string,
  args: readonly string[],
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const child = spawn(command, args, {
    cwd: join(folder, name),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const release = endWith(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  const [code] = (await once(child, 'close')) as [number | null];
  release();
  return { code, text };
}

async function serve(): Promise<number> {
  for (const [name, value] of Object.entries(await castFor(platform, stand.url, scenarios)))
    console.log(`export ${name}='${value}'`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  return 0;
}
