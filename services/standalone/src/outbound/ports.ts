import { createServer } from 'node:net';

/** A port of ours, or why it cannot be had. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

/**
 * The port to listen on: the wanted one if it is free; the next free one when the operator did not ask for it by name.
 * `0` asks for any free port.
 */
export async function choosePort(wanted: number, options: { readonly insist: boolean; readonly setting: string; readonly taken?: readonly number[] }): Promise<number> {
  for (let port = wanted, tries = 0; tries < 50; tries++, port += wanted === 0 ? 0 : 1) {
    const got = await tryListen(port);
    if (got !== undefined && !options.taken?.includes(got)) return got;
    if (options.insist) return fail(options.setting, wanted);
  }
  return fail(options.setting, wanted);
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
