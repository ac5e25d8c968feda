// How the front door runs what it starts: on the Node of the lockfile, in the foreground or as a quiet step.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const dataDir = process.env.DATA_DIR ?? join(root, '.data');
export const logDir = join(root, '.data', 'logs');
export const bin = join(root, 'node_modules', '.bin');
export const lockedNode = join(bin, 'node');

export function nodeEnv(extra = {}) {
  return { ...process.env, PATH: `${bin}:${process.env.PATH}`, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', ...extra };
}

/** Runs a step quietly with its output in a log file; shows the end of that file when it fails. */
export async function step(title, logName, command, args, env) {
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

export function tool(name, args, env = nodeEnv()) {
  return inForeground(join(bin, name), args, env);
}

export function service(entry, args = [], until = undefined) {
  return inForeground(
    lockedNode,
    ['--enable-source-maps', join(root, 'services', 'standalone', 'dist', `${entry}.js`), ...args],
    nodeEnv({ DATA_DIR: dataDir }),
    until,
  );
}

/** Hands the terminal to a child; Ctrl-C reaches both, and the launcher stays until the child has stopped politely. */
export function inForeground(command, args, env, until = undefined) {
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
      if (signal !== null && signal !== 'SIGINT')
        console.error(`\n${basename(args.find((arg) => !arg.startsWith('-')) ?? command)} was ended by ${signal}.`);
      resolve(status ?? codeOf(signal));
    });
  });
}

/** As shells have it. */
function codeOf(signal) {
  return 128 + constants.signals[signal];
}

export function fail(message) {
  console.error(`\n${message}`);
  process.exit(1);
}

/** npm does not hand a signal on to what it runs, and what was killed cannot: the end of whoever started this is a request to stop. */
export function stopWithParent() {
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    process.kill(process.pid, 'SIGTERM');
  }, 500).unref();
}
