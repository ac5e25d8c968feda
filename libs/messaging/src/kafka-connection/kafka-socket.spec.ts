import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { watchedSockets } from './kafka-socket';

const SILENT_MAX_MS = 300;
const ASK_EVERY_MS = 20;

describe('a connection to a broker', () => {
  let broker: Server;
  const opened: Socket[] = [];

  beforeEach(async () => {
    // Answers whatever is not `!`.
    broker = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.on('data', (asked) => {
        if (!asked.includes('!')) socket.write(asked);
      });
    }).listen(0, '127.0.0.1');
    await once(broker, 'listening');
  });
  afterEach(() => {
    for (const socket of opened.splice(0)) socket.destroy();
    broker.close();
  });

  async function open(): Promise<Socket> {
    const { port } = broker.address() as AddressInfo;
    const socket = await new Promise<Socket>((resolve) => {
      const fresh = watchedSockets(SILENT_MAX_MS)({
        host: '127.0.0.1',
        port,
        ssl: undefined as never,
        onConnect: () => resolve(fresh),
      }) as Socket;
    });
    opened.push(socket);
    return socket;
  }

  it('breaks when nothing is heard after something was asked, however often it is asked again; one that is idle or answered does not', async () => {
    const [idle, answered, ignored] = [await open(), await open(), await open()];
    const asking = setInterval(() => {
      answered.write('?');
      ignored.write('!');
    }, ASK_EVERY_MS);
    const [error] = (await once(ignored, 'error')) as [Error];
    clearInterval(asking);
    expect(error.message).toBe('the broker has not answered for 0.3 s');
    expect([idle.destroyed, answered.destroyed]).toEqual([false, false]);
  });
});
