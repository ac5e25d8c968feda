import { execFile } from 'node:child_process';
import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isAlive, sendSignal } from './processes';

const run = promisify(execFile);
/** The argument zero of the shell that runs the server; see `embedded-postgres.ts`. */
export const WATCHDOG = 'usvideo-postgres-watchdog';
const ORPHAN_STOP_MS = 30_000;

/**
 * Makes sure that no server of an earlier run still holds the data directory. One whose owner just died is shutting down by
 * itself and is waited for; one that lost its watchdog too is stopped. A pid file that names a process which is something
 * else by now would keep the server from starting and is removed; every other stale one is PostgreSQL's own business.
 */
export async function releaseDataDirectory(dataDir: string, ownerGoneMs: number): Promise<void> {
  const pid = await recordedPid(dataDir);
  if (pid === undefined || !isAlive(pid)) return;
  if (!(await isServerOf(pid, dataDir))) return rm(join(dataDir, 'postmaster.pid'), { force: true });
  if (await isWatched(pid)) {
    if (await gone(pid, dataDir, ownerGoneMs)) return;
    throw new Error(`${dataDir} is in use by a running instance (its PostgreSQL is process ${pid})`);
  }
  sendSignal(pid, 'SIGINT');
  if (await gone(pid, dataDir, ORPHAN_STOP_MS)) return;
  sendSignal(pid, 'SIGQUIT');
  if (!(await gone(pid, dataDir, ORPHAN_STOP_MS)))
    throw new Error(`PostgreSQL process ${pid} of an earlier run does not stop`);
}

async function recordedPid(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return pid > 0 ? pid : undefined;
}

/** A server works inside its data directory; macOS cannot be asked for that, but names the directory in the command. */
async function isServerOf(pid: number, dataDir: string): Promise<boolean> {
  const { command } = await processOf(pid);
  if (!/postgres/.test(command)) return false;
  if (process.platform !== 'linux') return command.includes(dataDir);
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
  return cwd === (await realpath(dataDir));
}

/** Whether the server's parent is the shell that ends it together with its owner. */
async function isWatched(pid: number): Promise<boolean> {
  const { parent } = await processOf(pid);
  return (await processOf(parent)).command.includes(WATCHDOG);
}

/** An empty command is a process that is gone. Slim containers have no `ps`, so Linux is asked directly. */
async function processOf(pid: number): Promise<{ command: string; parent: number }> {
  if (process.platform === 'linux') {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    return { command, parent: Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0) };
  }
  const output = await run('ps', ['-ww', '-o', 'ppid=,command=', '-p', String(pid)]).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
  return { command: output.replace(/^\d+\s+/, ''), parent: Number.parseInt(output, 10) || 0 };
}

async function gone(pid: number, dataDir: string, deadlineMs: number): Promise<boolean> {
  const deadline = performance.now() + deadlineMs;
  while (await isServerOf(pid, dataDir)) {
    if (performance.now() > deadline) return false;
    await delay(25);
  }
  return true;
}
