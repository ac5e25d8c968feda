import { createSocket, type Socket } from 'node:dgram';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostNames, LookUpFailed } from './host-names.client';

/** A name server on loopback: `silent…` gets no answer, `missing…` no such name unless it is found elsewhere, `broken…` a failure, all else 192.0.2.7. */
async function nameServer(): Promise<{ address: string; socket: Socket }> {
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const name = query.toString('latin1', 12);
    if (name.includes('silent')) return;
    const code = name.includes('missing') && !name.includes('found') ? 3 : name.includes('broken') ? 2 : 0;
    const end = query.indexOf(0, 12) + 5;
    const question = query.subarray(12, end);
    const isV4 = question.readUInt16BE(question.length - 4) === 1;
    const hasAnswer = code === 0 && isV4;
    const header = Buffer.from([query[0]!, query[1]!, 0x81, 0x80 | code, 0, 1, 0, hasAnswer ? 1 : 0, 0, 0, 0, 0]);
    const answer = hasAnswer ? Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]) : Buffer.alloc(0);
    socket.send(Buffer.concat([header, question, answer]), peer.port, peer.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { address: `127.0.0.1:${socket.address().port}`, socket };
}

describe('host names', () => {
  let server: Awaited<ReturnType<typeof nameServer>>;
  let folder: string;
  let names: HostNames;

  beforeAll(async () => {
    server = await nameServer();
    folder = await mkdtemp(join(tmpdir(), 'hosts-'));
    await writeFile(join(folder, 'hosts'), '# ours\n10.1.2.3 inside.example inside # one\n::1 inside.example\n');
    await writeFile(
      join(folder, 'resolv'),
      'nameserver 192.0.2.53\nsearch missing.example found.example\noptions ndots:2\n',
    );
    names = new HostNames({
      servers: [server.address],
      answerWithinMs: 1_000,
      hostsFile: join(folder, 'hosts'),
      resolvFile: join(folder, 'resolv'),
    });
  });
  afterAll(async () => {
    names.stop();
    server.socket.close();
    await rm(folder, { recursive: true });
  });

  it('are looked up', async () => expect(await names.resolve('good.example')).toEqual(['192.0.2.7']));
  it('are read from the file of the machine first', async () =>
    expect(await names.resolve('INSIDE.example')).toEqual(['10.1.2.3', '::1']));
  it('that do not exist have no address', async () => expect(await names.resolve('missing.example.com')).toEqual([]));
  it('of few parts are completed by the domains of the machine', async () => {
    expect(await names.resolve('missing-alone')).toEqual(['192.0.2.7']);
    expect(await names.resolve('missing.alone.example')).toEqual([]);
  });
  it.each(['silent.example.com', 'broken.example.com'])(
    'that nobody answers for are not said to be missing: %s',
    async (name) => {
      await expect(names.resolve(name)).rejects.toThrow(LookUpFailed);
    },
  );

  it('wait for no other name', async () => {
    const patient = new HostNames({
      servers: [server.address],
      answerWithinMs: 60_000,
      hostsFile: join(folder, 'hosts'),
    });
    let ended = 0;
    const silent = Array.from({ length: 64 }, (_, index) =>
      patient
        .resolve(`silent${index}.example`)
        .catch((error: unknown) => error)
        .finally(() => ended++),
    );
    expect(await patient.resolve('quick.example')).toEqual(['192.0.2.7']);
    expect(ended).toBe(0);
    patient.stop();
    for (const failed of await Promise.all(silent)) expect(failed).toBeInstanceOf(LookUpFailed);
  });
});
