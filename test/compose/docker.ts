import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { absent } from '@usvideo/testing';
import { KAFKA_VERSION } from '../../libs/servers/src/kafka-jars';

const STAND_INS = join(__dirname, 'stand-ins');
const ANSWER_MS = 20_000;
const PULL_MS = 600_000;
const BUILD_MS = 600_000;
/** Of the package that has PostgreSQL 18.4 with the programs for its users, such as pg_dump. */
const POSTGRES_PACKAGE_VERSION = '0.6.0';

/** By the image that they stand in for: the folder of the stand-in, and the version that it is made of. */
const STAND_IN: Readonly<Record<string, { readonly folder: string; readonly version: string }>> = {
  postgres: { folder: 'postgres', version: POSTGRES_PACKAGE_VERSION },
  'apache/kafka': { folder: 'kafka', version: KAFKA_VERSION },
};

/** @throws with what it wrote when it fails */
export async function docker(
  args: readonly string[],
  options: { environment?: Record<string, string>; timeoutMs?: number; cwd?: string } = {},
): Promise<string> {
  const { environment = {}, timeoutMs = 300_000, cwd } = options;
  try {
    return (
      await promisify(execFile)('docker', [...args], {
        encoding: 'utf8',
        timeout: timeoutMs,
        cwd,
        env: { ...process.env, ...environment },
        maxBuffer: 1 << 28,
      })
    ).stdout;
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`docker ${args.join(' ')} failed: ${message.slice(0, 500)}\n${stdout}\n${stderr.slice(-8_000)}`, {
      cause: error,
    });
  }
}

/** A group of tests that run the platform in containers of these images. Where that cannot be, they are counted as skipped, aloud. */
export function describeDocker(name: string, images: readonly string[], tests: () => void): void {
  const missing = missingForDocker(images);
  if (missing === undefined) return describe(name, tests);
  absent(name, missing, { failsInCi: false });
}

function missingForDocker(images: readonly string[]): string | undefined {
  if (!succeeds(['version'], ANSWER_MS)) return 'no Docker engine answers here';
  if (!succeeds(['compose', 'version'], ANSWER_MS)) return 'docker has no compose plugin here';
  const missing = images.filter((image) => !isThere(image));
  return missing.length === 0 ? undefined : `${missing.join(', ')} can neither be found nor pulled here`;
}

function isThere(image: string): boolean {
  return (
    succeeds(['image', 'inspect', image], ANSWER_MS) || succeeds(['pull', '--quiet', image], PULL_MS) || standsIn(image)
  );
}

/** Where no registry is reached, `COMPOSE_STAND_INS=true` makes images of our own under the official names. They are for tests only. */
function standsIn(image: string): boolean {
  const standIn = STAND_IN[image.split(':')[0]!];
  if (process.env.COMPOSE_STAND_INS !== 'true' || standIn === undefined) return false;
  process.stderr.write(`\n${image} cannot be pulled: making a stand-in under its name\n`);
  const { status } = spawnSync(
    'docker',
    ['build', '--quiet', '--tag', image, '--build-arg', `VERSION=${standIn.version}`, join(STAND_INS, standIn.folder)],
    { stdio: ['ignore', 'ignore', 'inherit'], timeout: BUILD_MS },
  );
  if (status !== 0) throw new Error(`the stand-in for ${image} cannot be built; the reason is above`);
  return true;
}

function succeeds(args: readonly string[], timeoutMs: number): boolean {
  return spawnSync('docker', [...args], { stdio: 'ignore', timeout: timeoutMs }).status === 0;
}
