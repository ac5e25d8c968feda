import { type Cordon, cordonOf } from './cordon';

const cordon = (over: Partial<Cordon>): Cordon => ({
  kind: 'worker',
  name: 'wrk_1',
  state: 'cordoned',
  handsBack: false,
  ...over,
});
const worker = { workerId: 'wrk_1', node: 'gpu-7' };

describe('the cordon of a worker', () => {
  it("is its own or its node's, and nobody else's", () => {
    expect(
      cordonOf(
        [cordon({ name: 'wrk_2' }), cordon({ kind: 'node', name: 'gpu-8' }), cordon({ kind: 'node', name: 'wrk_1' })],
        worker,
      ),
    ).toBeUndefined();
    expect(cordonOf([cordon({})], worker)).toEqual({ state: 'cordoned', handsBack: false });
    expect(cordonOf([cordon({ kind: 'node', name: 'gpu-7' })], worker)).toEqual({
      state: 'cordoned',
      handsBack: false,
    });
  });

  it('is the further of the two', () => {
    expect(
      cordonOf([cordon({}), cordon({ kind: 'node', name: 'gpu-7', state: 'draining', handsBack: true })], worker),
    ).toEqual({ state: 'draining', handsBack: true });
  });

  it('of a worker without a node is not that of a node without a name', () => {
    expect(cordonOf([cordon({ kind: 'node', name: 'gpu-7' })], { workerId: 'wrk_1', node: '' })).toBeUndefined();
  });
});
