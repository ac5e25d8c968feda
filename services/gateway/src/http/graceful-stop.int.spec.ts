import { once } from 'node:events';
import { connect } from 'node:net';
import { Signal } from '@usvideo/testing';
import { startTestGateway } from './gateway.fixture';

describe('a gateway that is told to stop', () => {
  it('answers the order under way, takes no other, and is gone', async () => {
    const test = await startTestGateway();
    const authorization = test.peers.addKey('usv_live_0123456789abcdefghijklmnop', {});
    const [arrived, answer] = [new Signal('the order arrives'), new Signal('it is answered')];
    test.peers.createJob = async () => {
      arrived.emit();
      await answer.wait();
      return { jobId: 'job_1', jobJson: '{"id":"job_1"}' };
    };
    const order = () =>
      fetch(`${test.url}/v1/videos`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: '{"prompt":"x"}',
      });
    const underWay = order();
    await arrived.wait();
    const stopped = test.gateway.stop();
    answer.emit();
    expect((await underWay).status).toBe(202);
    await stopped;
    await expect(order()).rejects.toThrow();
    await test.stop();
  });

  it('cuts what is still not answered when everybody had time', async () => {
    const test = await startTestGateway();
    const authorization = test.peers.addKey('usv_live_0123456789abcdefghijklmnop', {});
    const [arrived, end] = [new Signal('the order arrives'), new Signal('the test ends')];
    test.peers.createJob = async () => {
      arrived.emit();
      await end.wait();
      return { jobId: 'job_1', jobJson: '{"id":"job_1"}' };
    };
    const underWay = fetch(`${test.url}/v1/videos`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: '{"prompt":"x"}',
    });
    const outcome = underWay.then(
      ({ status }) => status,
      () => 'cut',
    );
    await arrived.wait();
    const stopped = test.gateway.stop();
    expect(await outcome).toBe('cut');
    end.emit();
    await stopped;
    await test.stop();
  }, 30_000);

  it('cuts a connection on which a body never ends', async () => {
    const test = await startTestGateway();
    const authorization = test.peers.addKey('usv_live_0123456789abcdefghijklmnop', {});
    const { hostname, port } = new URL(test.url);
    const asked = new Signal('the request is admitted');
    test.peers.accounts.verifyKey = (request) => {
      asked.emit();
      return test.peers.keys.get(Buffer.from(request.secretSha256).toString('hex'))!;
    };
    const socket = connect(Number(port), hostname);
    const closed = once(socket, 'close');
    socket
      .on('error', () => undefined)
      .write(
        `POST /v1/videos HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
      );
    await asked.wait();
    await test.stop();
    await closed;
  }, 30_000);
});
