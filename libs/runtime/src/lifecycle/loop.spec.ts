import { eventually, Signal } from '@usvideo/testing';
import { createLogger } from '../log/logger';
import { startDaily, startLoop, type Loop } from './loop';
import { loopErrors } from '../metrics/metrics';

const logger = createLogger('test', 'silent');
const AN_HOUR_MS = 3_600_000;

describe('a loop', () => {
  let loop: Loop | undefined;
  afterEach(() => loop?.stop());

  function start(work: () => Promise<boolean | void>, everyMs = AN_HOUR_MS, backOffMaxMs = 20): Loop {
    loop = startLoop({ name: 'test', everyMs, work, logger, backOffMaxMs });
    return loop;
  }

  it('runs at once, then at its pace', async () => {
    let runs = 0;
    start(async () => {
      runs += 1;
    }, 5);
    await eventually(() => runs >= 3, { what: 'three runs' });
  });

  it('runs again at once while there is more to do', async () => {
    let runs = 0;
    start(async () => {
      runs += 1;
      return runs < 5;
    });
    await eventually(() => runs === 5, { what: 'five runs' });
  });

  it('of a day waits for its time, runs once, and again soon only when it failed', async () => {
    let runs = 0;
    const work = async () => {
      runs += 1;
      if (runs === 1) throw new Error('the first run fails');
    };
    const waiting = startDaily({ name: 'test', work, logger });
    waiting.nudge();
    await waiting.stop();
    expect(runs).toBe(0);
    const running = startDaily({ name: 'test', work, logger, firstAfterMs: 0 });
    loop = running;
    await eventually(() => runs === 2, { what: 'the second try' });
    running.nudge();
    await running.stop();
    expect(runs).toBe(2);
  });

  it('is woken by a nudge', async () => {
    let runs = 0;
    const running = start(async () => {
      runs += 1;
    });
    await eventually(() => runs === 1, { what: 'the first run' });
    await eventually(
      () => {
        running.nudge();
        return runs >= 2;
      },
      { what: 'a second run' },
    );
  });

  it('never runs twice at a time, and makes one run of many nudges', async () => {
    const entered = new Signal('the first run has begun');
    const release = new Signal('the first run may end');
    let running = 0;
    let most = 0;
    let runs = 0;
    const nudged = start(async () => {
      most = Math.max(most, ++running);
      runs += 1;
      entered.emit();
      await release.wait();
      running -= 1;
    });
    await entered.wait();
    for (let i = 0; i < 100; i++) nudged.nudge();
    release.emit();
    await eventually(() => runs === 2, { what: 'the nudged run' });
    await nudged.stop();
    expect({ runs, most }).toEqual({ runs: 2, most: 1 });
  });

  it('counts an error, backs off and goes on', async () => {
    const before = await failures();
    let runs = 0;
    const running = start(async () => {
      runs += 1;
      if (runs <= 3) throw new Error('no');
    });
    running.nudge();
    await eventually(() => runs === 4, { what: 'the run after three failures' });
    expect((await failures()) - before).toBe(3);
  });

  it('stops after the run in progress, twice if asked, and runs no more', async () => {
    const entered = new Signal('the run has begun');
    let ended = false;
    const running = start(async () => {
      entered.emit();
      await new Promise(setImmediate);
      ended = true;
      return true;
    });
    await entered.wait();
    await Promise.all([running.stop(), running.stop()]);
    expect(ended).toBe(true);
    ended = false;
    running.nudge();
    await new Promise(setImmediate);
    expect(ended).toBe(false);
  });
});

async function failures(): Promise<number> {
  const { values } = await loopErrors.get();
  return values.find(({ labels }) => labels.loop === 'test')?.value ?? 0;
}
