import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** A port of ours, or why it cannot be had. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

interface PortChoice {
  readonly insist: boolean;
  readonly setting: string;
  /** Of our own. */
  readonly taken?: readonly number[];
  /** Left to those who want them, when looking further. */
  readonly wantedByOthers?: readonly number[];
}

/**
 * The port to listen on: the wanted one if it is free; the next free one when the operator did not ask for it by name.
 * `0` asks for any free port.
 */
export async function choosePort(wanted: number, options: PortChoice): Promise<number> {
  for (let port = wanted, tries = 0; tries < 50; tries++, port += wanted === 0 ? 0 : 1) {
    const isOthers = tries > 0 && wanted !== 0 && options.wantedByOthers?.includes(port);
    const got = isOthers ? undefined : await tryListen(port);
    if (got !== undefined && !options.taken?.includes(got)) return got;
    if (options.insist) return fail(options.setting, wanted);
  }
  return fail(options.setting, wanted);
}

interface WantedPorts {
  readonly PORT: number;
  readonly OPS_PORT: number;
  readonly ADMIN_PORT: number;
  /** Names of the settings that the operator gave. */
  readonly given: ReadonlySet<string>;
}

/** The three ports that people use. */
export async function choosePorts(wanted: WantedPorts): Promise<{ api: number; ops: number; admin: number }> {
  const wantedByOthers = [wanted.PORT, wanted.OPS_PORT, wanted.ADMIN_PORT];
  const choose = (setting: 'PORT' | 'OPS_PORT' | 'ADMIN_PORT', taken: number[]) =>
    choosePort(wanted[setting], { insist: wanted.given.has(setting), setting, taken, wantedByOthers });
  const api = await choose('PORT', []);
  const ops = await choose('OPS_PORT', [api]);
  return { api, ops, admin: await choose('ADMIN_PORT', [api, ops]) };
}

/** Below the range from which systems take ports for outgoing connections, so that a process that starts again finds its own free. */
const LASTING_PORTS = { first: 20_000, last: 31_999 };

/** Ports for processes of our own that are found again under the same address after each restart. */
export async function lastingPorts(count: number): Promise<number[]> {
  const { first, last } = LASTING_PORTS;
  const found = new Set<number>();
  for (let tries = 0; found.size < count; tries++) {
    if (tries > 100 * count) throw new Error(`no ${count} free ports were found between ${first} and ${last}`);
    const port = await tryListen(randomInt(first, last + 1));
    if (port !== undefined) found.add(port);
  }
  return [...found];
}

function fail(setting: string, port: number): never {
  throw new PortTaken(`${setting}=${port} is taken by another program: stop it, or set ${setting} to a free port`);
}

function tryListen(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    probe.listen(port, '127.0.0.1', () => {
      const { port: got } = probe.address() as { port: number };
      probe.close(() => resolve(got));
    });
  });
}
