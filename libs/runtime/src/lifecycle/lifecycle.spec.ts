import { Lifecycle, within } from './lifecycle';
import { createLogger } from '../log/logger';

const messages: string[] = [];
const logger = createLogger('test', 'error', {
  write: (line) => {
    messages.push(line);
  },
});

describe('Lifecycle', () => {
  beforeEach(() => {
    messages.length = 0;
  });

  it('stops in the reverse order of starting, one after the other', async () => {
    const lifecycle = new Lifecycle(logger);
    const stopped: string[] = [];
    for (const name of ['database', 'server', 'client']) {
      lifecycle.add(name, async () => {
        await new Promise(setImmediate);
        stopped.push(name);
      });
    }
    await lifecycle.stop();
    expect(stopped).toEqual(['client', 'server', 'database']);
  });

  it('stops each part once, however often it is asked', async () => {
    const lifecycle = new Lifecycle(logger);
    const stop = jest.fn(async () => undefined);
    lifecycle.add('part', stop);
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    await lifecycle.stop();
    expect(stop).toHaveBeenCalledTimes(1);
  });

  it('goes on past a part that fails, throws or hangs, and says which', async () => {
    const lifecycle = new Lifecycle(logger, { stopWithinMs: 20 });
    const stop = jest.fn(async () => undefined);
    lifecycle.add('first', stop);
    lifecycle.add('failing', () => Promise.reject(new Error('no')));
    lifecycle.add('throwing', () => {
      throw new Error('no');
    });
    lifecycle.add('hanging', () => new Promise(() => undefined));
    await lifecycle.stop();
    expect(stop).toHaveBeenCalledTimes(1);
    expect(messages.map((line) => (JSON.parse(line) as { part: string }).part)).toEqual([
      'hanging',
      'throwing',
      'failing',
    ]);
  });

  it('takes no part while it stops', async () => {
    const lifecycle = new Lifecycle(logger);
    await lifecycle.stop();
    expect(() => lifecycle.add('late', async () => undefined)).toThrow('late');
  });
});

describe('within', () => {
  it('gives the outcome, whichever it is', async () => {
    await expect(within(1_000, Promise.resolve(1))).resolves.toBe(1);
    await expect(within(1_000, Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('rejects when the time is over', async () => {
    await expect(within(10, new Promise(() => undefined))).rejects.toThrow('10 ms');
  });
});
