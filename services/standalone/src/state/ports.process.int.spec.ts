import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { choosePorts, lastingPorts } from './ports.process';

const listen = async (port: number): Promise<Server> => {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

/** Three ports in a row that were free a moment ago. */
async function threeInARow(): Promise<number> {
  const [first] = await lastingPorts(1);
  const servers = await Promise.allSettled([0, 1, 2].map((offset) => listen(first! + offset)));
  await Promise.all(
    servers.map((each) => each.status === 'fulfilled' && new Promise((resolve) => each.value.close(resolve))),
  );
  return servers.every(({ status }) => status === 'fulfilled') ? first! : threeInARow();
}

describe('the ports that people use', () => {
  let other: Server;
  let taken: number;

  beforeEach(async () => {
    taken = await threeInARow();
    other = await listen(taken);
  });
  afterEach(() => other.close());

  it('move on when one is taken, but not to one that another of them wants', async () => {
    const { api, ops, admin } = await choosePorts({
      PORT: taken,
      OPS_PORT: taken + 1,
      ADMIN_PORT: taken + 2,
      given: new Set(),
    });
    expect({ ops, admin }).toEqual({ ops: taken + 1, admin: taken + 2 });
    expect(api).toBeGreaterThan(taken + 2);
  });

  it('are not replaced when they were asked for by name', async () => {
    await expect(choosePorts({ PORT: taken, OPS_PORT: 0, ADMIN_PORT: 0, given: new Set(['PORT']) })).rejects.toThrow(
      `PORT=${taken} is taken by another program: stop it, or set PORT to a free port`,
    );
  });

  it('are any three free ones when none is wanted', async () => {
    expect(
      new Set(Object.values(await choosePorts({ PORT: 0, OPS_PORT: 0, ADMIN_PORT: 0, given: new Set() }))).size,
    ).toBe(3);
  });
});
