import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment, Running } from '@usvideo/runtime';

/** The server of `deploy/engines/diffusers`, run beside the demo. */
export interface DiffusersEngine extends Running {
  readonly url: string;
  /** As the engine tells of it. */
  readonly model: EngineModel;
}

export interface EngineModel {
  readonly id: string;
  readonly pipeline: string;
  readonly modes: readonly string[];
  readonly size_multiple: number;
  readonly frame_step: number;
  readonly fps: number;
  readonly device: string;
}

export interface DiffusersOptions {
  /** A folder or an id of the Hugging Face hub; undefined: a small one with random weights is made. */
  readonly model: string | undefined;
  readonly dataDir: string;
  readonly environment: Environment;
  readonly announce: (step: string) => void;
}

const FOLDER = resolve(__dirname, '..', '..', '..', '..', 'deploy', 'engines', 'diffusers');
const PYTHON = join(FOLDER, '.venv', 'bin', 'python');
/** Weights of tens of gigabytes are fetched once. */
const READY_MS = 3_600_000;
const LOOK_EVERY_MS = 250;
const STOP_MS = 25_000;
const TINY_STEPS = 8;

export async function startDiffusers({
  model,
  dataDir,
  environment,
  announce,
}: DiffusersOptions): Promise<DiffusersEngine> {
  if (!existsSync(PYTHON))
    throw new Error('deploy/engines/diffusers is not installed: run deploy/engines/diffusers/install.sh');
  const folder = join(dataDir, 'engine');
  mkdirSync(folder, { recursive: true });
  const log = join(folder, 'engine.log');
  if (model === undefined) announce('Making a small model with random weights');
  const source = model ?? (await tinyModel(join(folder, 'tiny-ltx'), environment, log));
  announce(`Loading ${model ?? 'it'} (log: ${log})`);
  const port = await freePort();
  const child = python(['-m', 'video_engine'], log, {
    ...environment,
    ENGINE_MODEL: source,
    ENGINE_PORT: String(port),
    ENGINE_HOST: '127.0.0.1',
    ENGINE_WORK_DIR: join(folder, 'clips'),
    ...(model === undefined && { ENGINE_OFFLINE: 'true', ENGINE_STEPS: String(TINY_STEPS) }),
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    return { url, model: await ready(url, child, log), stop: () => ended(child) };
  } catch (error) {
    await ended(child);
    throw error;
  }
}

async function tinyModel(folder: string, environment: Environment, log: string): Promise<string> {
  if (existsSync(join(folder, 'model_index.json'))) return folder;
  const [code] = (await once(
    python(['-m', 'video_engine.tiny', folder, '--family', 'ltx'], log, environment),
    'exit',
  )) as [number | null];
  if (code !== 0) throw new Error(`the small model could not be made: see ${log}`);
  return folder;
}

async function ready(url: string, child: ChildProcess, log: string): Promise<EngineModel> {
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the engine ended before it was ready: see ${log}`);
    const health = await fetch(`${url}/health`).catch(() => undefined);
    if (health?.ok) return ((await (await fetch(`${url}/v1/models`)).json()) as { data: [EngineModel] }).data[0];
    await delay(LOOK_EVERY_MS);
  }
  throw new Error(`the engine was not ready within an hour: see ${log}`);
}

function python(parameters: string[], log: string, env: Environment): ChildProcess {
  const child = spawn(PYTHON, parameters, { cwd: FOLDER, env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.pipe(createWriteStream(log, { flags: 'a' }));
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exit;
  clearTimeout(late);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
