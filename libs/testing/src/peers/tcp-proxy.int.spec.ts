import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { eventually } from '../eventually';
import { TcpProxy } from './tcp-proxy';

describe('a stretch of network that a test can break', () => {
  let echo: Server;
  let proxy: TcpProxy;
  let client: Socket;
  let received: string;
  const atTheServer: Socket[] = [];

  beforeEach(async () => {
    atTheServer.length = 0;
    echo = createServer({ allowHalfOpen: true }, (socket) => {
      atTheServer.push(socket);
      socket.on('error', () => socket.destroy());
      socket.on('end', () => socket.end('bye'));
      socket.on('data', (chunk: Buffer) => socket.write(chunk));
    }).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    proxy = await TcpProxy.unassigned();
    proxy.leadTo(`127.0.0.1:${(echo.address() as AddressInfo).port}`);
    received = '';
    client = connect({ host: '127.0.0.1', port: Number(proxy.address.split(':')[1]), allowHalfOpen: true });
    client.on('error', () => client.destroy());
    client.on('data', (chunk: Buffer) => {
      received += chunk.toString();
    });
    client.write('a');
    await eventually(() => received === 'a', { what: 'the first echo' });
  });
  afterEach(async () => {
    client.destroy();
    await proxy.stop();
    echo.close();
  });

  it('carries both ways and lets either end finish by itself', async () => {
    client.end('b');
    await eventually(() => received === 'abbye', { what: 'the answer after the end' });
    await eventually(() => proxy.connections === 0, { what: 'the connection to be over' });
  });

  it('cuts', async () => {
    proxy.cut();
    await eventually(() => client.destroyed && atTheServer[0]!.destroyed, { what: 'both ends to know' });
  });

  it('keeps the order of what it delays, also when the delay ends meanwhile', async () => {
    proxy.delay(200);
    client.write('b');
    await eventually(() => proxy.bytes >= 3, { what: 'the delayed chunk to have come in' });
    proxy.delay(0);
    client.write('c');
    await eventually(() => received.length === 3, { what: 'both echoes' });
    expect(received).toBe('abc');
  });

  it('delays one direction alone', async () => {
    proxy.delay(60_000, ['client']);
    client.write('b');
    await eventually(() => proxy.bytes === 4, { what: 'the server to have heard and answered' });
    expect(received).toBe('a');
  });

  it('closes one end while the other talks to nobody, until it is cut', async () => {
    proxy.halfClose('client');
    await once(client, 'end');
    client.end();
    expect(atTheServer[0]!.readableEnded).toBe(false);
    proxy.cut();
    await eventually(() => atTheServer[0]!.destroyed && proxy.connections === 0, {
      what: 'the forgotten end to be cut',
    });
  });
});
