/**
 * Runs the tests of the SDKs against the started platform: `npm run sdks`, or `npm run sdks -- typescript python`.
 * Each folder of sdks/ with a `platform-test.sh` is one SDK; it gets accounts of its own. What a `prepare.sh` compiles is compiled
 * behind the others, on what their waiting leaves of the processors. `-- --serve` starts the platform and prints the environment of
 * one SDK, for work on a runner.
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
  const prepared = new Map(names.filter(isPrepared).map((name) => [name, prepare(name)]));
  const ordered = [...names.filter((name) => !prepared.has(name)), ...prepared.keys()];
  for (const name of ordered) {
    console.log(`\n• ${name}`);
    const began = performance.now();
    const ready = await prepared.get(name);
    if (ready !== undefined) process.stdout.write(ready.said);
    const code = ready !== undefined && ready.code !== 0 ? ready.code : await testOne(name);
    console.log(`${name}: ${((performance.now() - began) / 1_000).toFixed(0)} s`);
    if (code !== 0) failed.push(name);
    if (code === null) break;
  }
  console.log(
    failed.length === 0 ? `\n${names.length} SDKs passed: ${names.join(', ')}` : `\nfailed: ${failed.join(', ')}`,
  );
  return failed.length === 0 && names.length > 0 ? 0 : 1;
}

async function testOne(name: string): Promise<number | null> {
  const child = spawn('./platform-test.sh', {
    cwd: join(folder, name),
    stdio: 'inherit',
    env: { ...process.env, ...(await castFor(platform, stand.url, scenarios)) },
  });
  const release = endWith(child);
  const [code] = (await once(child, 'exit')) as [number | null];
  release();
  return code;
}

/** Its output is kept until its turn comes. */
async function prepare(name: string): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn('nice', ['-n', '19', './prepare.sh'], {
    cwd: join(folder, name),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const release = endWith(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
  const [code] = (await once(child, 'close')) as [number | null];
  release();
  return { code, said };
}

async function serve(): Promise<number> {
  for (const [name, value] of Object.entries(await castFor(platform, stand.url, scenarios)))
    console.log(`export ${name}='${value}'`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  return 0;
}
