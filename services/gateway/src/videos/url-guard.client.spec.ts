import { LookUpFailed } from '@usvideo/runtime';
import { UrlGuard } from './url-guard.client';

describe('the guard of URLs', () => {
  it('asks about a server once in half a minute, whatever the path and query', async () => {
    let asked = 0;
    const guard = new UrlGuard({
      refusalOf: async (url) => {
        asked++;
        return url.includes('bad') ? 'it is bad' : undefined;
      },
    });
    expect([
      await guard.refusalOf('acc_1', 'https://good/a?job=1'),
      await guard.refusalOf('acc_1', 'https://good/b?job=2'),
      asked,
    ]).toEqual([undefined, undefined, 1]);
    expect([
      await guard.refusalOf('acc_1', 'https://bad'),
      await guard.refusalOf('acc_1', 'https://bad'),
      asked,
    ]).toEqual(['it is bad', 'it is bad', 2]);
    expect([
      await guard.refusalOf('acc_1', 'http://good'),
      await guard.refusalOf('acc_1', 'https://good:444'),
      await guard.refusalOf('acc_1', 'https://bad@good'),
      asked,
    ]).toEqual([undefined, undefined, 'it is bad', 5]);
  });

  it.each(['javascript:alert(1)', 'mailto:a@b.example', 'data:,', 'about:blank', 'http:', 'not a url', ''])(
    'leaves %j to those who refuse it',
    async (url) => {
      const guard = new UrlGuard({ refusalOf: async (asked) => `no ${asked}` });
      expect(await guard.refusalOf('acc_1', url)).toBe(`no ${url}`);
    },
  );

  it.each([0, -3_600_000, 3_600_000])('asks again after half a minute, with the clock set by %d ms', async (set) => {
    jest.useFakeTimers();
    try {
      let asked = 0;
      const guard = new UrlGuard({
        refusalOf: async () => {
          asked++;
          return undefined;
        },
      });
      await guard.refusalOf('acc_1', 'https://a.example');
      jest.setSystemTime(jest.now() + set);
      jest.advanceTimersByTime(29_999);
      await guard.refusalOf('acc_1', 'https://a.example');
      expect(asked).toBe(1);
      jest.advanceTimersByTime(1);
      await guard.refusalOf('acc_1', 'https://a.example');
      expect(asked).toBe(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it('bounds the look-ups of one account, and leaves those of others alone', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<undefined>();
    const guard = new UrlGuard({ refusalOf: () => answered });
    const waiting = Array.from({ length: 8 }, (_, index) => guard.refusalOf('acc_1', `https://silent${index}.example`));
    await expect(guard.refusalOf('acc_1', 'https://one-more.example')).rejects.toMatchObject({
      code: 'rate_limit_exceeded',
    });
    const other = guard.refusalOf('acc_2', 'https://b.example');
    answer(undefined);
    expect(await Promise.all([...waiting, other])).toEqual(Array.from({ length: 9 }, () => undefined));
    await expect(guard.refusalOf('acc_1', 'https://later.example')).resolves.toBeUndefined();
  });

  it('asks once for all that come at once about one server, however many an account has', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<undefined>();
    let asked = 0;
    const guard = new UrlGuard({
      refusalOf: () => {
        asked++;
        return answered;
      },
    });
    const waiting = Array.from({ length: 50 }, (_, job) =>
      guard.refusalOf('acc_1', `https://hooks.example/?job=${job}`),
    );
    answer(undefined);
    expect(await Promise.all(waiting)).toEqual(Array.from({ length: 50 }, () => undefined));
    expect(asked).toBe(1);
  });

  it('says that we could not look a name up, and remembers nothing of it', async () => {
    let away = true;
    const guard = new UrlGuard({
      refusalOf: async () => {
        if (away) throw new LookUpFailed('no answer');
        return undefined;
      },
    });
    await expect(guard.refusalOf('acc_1', 'https://a.example')).rejects.toMatchObject({ code: 'service_unavailable' });
    away = false;
    expect(await guard.refusalOf('acc_1', 'https://a.example')).toBeUndefined();
  });
});
