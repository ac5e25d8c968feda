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
    const order = () => fetch(`${test.url}/v1/videos`, { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: '{"prompt":"x"}' });
    const underWay = order();
    await arrived.wait();
    const stopped = test.gateway.stop();
    answer.emit();
    expect((await underWay).status).toBe(202);
    await stopped;
    await expect(order()).rejects.toThrow();
    await test.stop();
  });
});
