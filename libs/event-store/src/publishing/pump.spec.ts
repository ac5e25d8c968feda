import { eventually, Signal } from '@usvideo/testing';
import { Pump } from './pump';

const slow = { idleMinMs: 60_000, idleMaxMs: 60_000, onError: () => undefined };

test('it goes on at once while there is more, then idles until it is nudged', async () => {
  let left = 3;
  let passes = 0;
  const pump = new Pump({
    ...slow,
    work: async () => {
      passes += 1;
      left -= 1;
      return left > 0;
    },
  });
  await eventually(() => passes === 3, { what: 'three passes' });
  left = 1;
  pump.nudge();
  await eventually(() => passes === 4, { what: 'a fourth pass' });
  await pump.stop();
});

test('a nudge during a pass leads to another one', async () => {
  const begun = new Signal('begun');
  const go = new Signal('go');
  let passes = 0;
  const pump = new Pump({
    ...slow,
    work: async () => {
      passes += 1;
      begun.emit();
      await go.wait();
      return false;
    },
  });
  await begun.wait();
  pump.nudge();
  go.emit();
  await eventually(() => passes === 2, { what: 'a second pass' });
  await pump.stop();
});

test('a pass that fails is told and repeated', async () => {
  const errors: unknown[] = [];
  let passes = 0;
  const work = async () => {
    passes += 1;
    if (passes < 3) throw new Error(`pass ${passes}`);
    return false;
  };
  const pump = new Pump({ ...slow, onError: (error) => errors.push(error), work });
  await eventually(() => passes === 3, { what: 'the third pass' });
  expect(errors.map((error) => (error as Error).message)).toEqual(['pass 1', 'pass 2']);
  await pump.stop();
});

test('stop waits for the pass under way, and can be called twice', async () => {
  const begun = new Signal('begun');
  const go = new Signal('go');
  let ended = false;
  const pump = new Pump({
    ...slow,
    work: async () => {
      begun.emit();
      await go.wait();
      ended = true;
      return true;
    },
  });
  await begun.wait();
  const stopped = Promise.all([pump.stop(), pump.stop()]);
  go.emit();
  await stopped;
  expect(ended).toBe(true);
});
