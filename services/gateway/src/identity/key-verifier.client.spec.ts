import { status } from '@grpc/grpc-js';
import type { AccountsServiceClient, VerifyKeysRequest } from '@usvideo/contracts/accounts';
import { KeyVerifier } from './key-verifier.client';

type Answer = (error: unknown, response?: unknown) => void;

beforeEach(() => void jest.useFakeTimers({ now: 0 }));
afterEach(() => void jest.useRealTimers());

/** An accounts service whose answers the test gives one by one, and a clock it moves. */
function world() {
  const asked: Answer[] = [];
  const askedTogether: { secrets: Buffer[]; answer: Answer }[] = [];
  const accounts = {
    verifyKey: (...args: unknown[]) => {
      asked.push(args.at(-1) as Answer);
    },
    verifyKeys: ({ secretSha256s }: VerifyKeysRequest, ...args: unknown[]) => {
      askedTogether.push({ secrets: secretSha256s, answer: args.at(-1) as Answer });
    },
  } as unknown as AccountsServiceClient;
  const found = {
    accountId: 'acc_1',
    keyId: 'key_1',
    environment: 'live',
    scopes: ['videos'],
    suspended: false,
    expiresInMs: undefined,
  };
  return {
    verifier: new KeyVerifier(accounts),
    asked,
    askedTogether,
    pass: (ms: number) => jest.advanceTimersByTime(ms),
    answer: (over: object = {}) => asked.shift()!(null, { ...found, ...over }),
    fail: (code: status) => asked.shift()!(Object.assign(new Error(), { code })),
    /** All are live, as they were or changed; or only some. */
    answerTogether: async (over: object = {}, isLive: (secret: Buffer) => boolean = () => true) => {
      const { secrets, answer } = askedTogether.shift()!;
      answer(null, {
        keys: secrets.filter(isLive).map((secretSha256) => ({ secretSha256, key: { ...found, ...over } })),
      });
      await jest.advanceTimersByTimeAsync(0);
    },
    failTogether: async () => {
      askedTogether.shift()!.answer(Object.assign(new Error(), { code: status.UNAVAILABLE }));
      await jest.advanceTimersByTimeAsync(0);
    },
  };
}

const SECRET = 'usv_live_x';

async function known(w: ReturnType<typeof world>): Promise<void> {
  const verified = w.verifier.verify(SECRET);
  w.answer();
  await verified;
}

describe('a verified key', () => {
  it('is believed for five seconds, then asked about again', async () => {
    const w = world();
    await known(w);
    w.pass(5_000);
    expect(w.verifier.verify(SECRET)).toMatchObject({ keyId: 'key_1' });
    w.pass(1);
    const again = w.verifier.verify(SECRET);
    w.answer({ suspended: true });
    expect(await again).toMatchObject({ suspended: true });
  });

  it('is asked about once however many requests carry it', async () => {
    const w = world();
    const both = [w.verifier.verify(SECRET), w.verifier.verify(SECRET)];
    expect(w.asked).toHaveLength(1);
    w.answer();
    expect(await Promise.all(both)).toMatchObject([{ keyId: 'key_1' }, { keyId: 'key_1' }]);
  });

  it.each([
    [4 * 60_000, true],
    [5 * 60_000 + 1, false],
  ])('while accounts is away for %d ms still works: %s', async (awayMs, works) => {
    const w = world();
    await known(w);
    w.pass(awayMs);
    const answer = Promise.resolve(w.verifier.verify(SECRET));
    w.fail(status.UNAVAILABLE);
    if (works) expect(await answer).toMatchObject({ keyId: 'key_1' });
    else await expect(answer).rejects.toMatchObject({ code: 'service_unavailable' });
  });

  it('that was revoked elsewhere is unknown, and stays so while accounts is away', async () => {
    const w = world();
    await known(w);
    w.pass(5_001);
    const revoked = w.verifier.verify(SECRET);
    w.fail(status.NOT_FOUND);
    expect(await revoked).toBeUndefined();
    const later = Promise.resolve(w.verifier.verify(SECRET));
    w.fail(status.UNAVAILABLE);
    await expect(later).rejects.toMatchObject({ code: 'service_unavailable' });
  });

  it('that was forgotten is asked about again, also when a question was under way', async () => {
    const w = world();
    const underWay = w.verifier.verify(SECRET);
    w.verifier.forget('key_1');
    w.answer();
    await underWay;
    const again = w.verifier.verify(SECRET);
    expect(w.asked).toHaveLength(1);
    w.fail(status.NOT_FOUND);
    expect(await again).toBeUndefined();
  });

  it('that is forgotten while a question is under way waits for no answer to it', async () => {
    const w = world();
    const underWay = w.verifier.verify(SECRET);
    w.verifier.forget('key_1');
    const again = w.verifier.verify(SECRET);
    expect(w.asked).toHaveLength(2);
    w.answer();
    w.fail(status.NOT_FOUND);
    expect([await underWay, await again]).toEqual([expect.objectContaining({ keyId: 'key_1' }), undefined]);
  });

  it('ends at its time without being asked about', async () => {
    const w = world();
    const verified = w.verifier.verify(SECRET);
    w.answer({ expiresInMs: 1_000n });
    await verified;
    w.pass(1_000);
    expect(w.verifier.verify(SECRET)).toBeUndefined();
  });
});

describe.each([-1, 1])('with the clock set by %d hour', (hours) => {
  const set = () => jest.setSystemTime(jest.now() + hours * 3_600_000);

  it('a key is believed for five seconds all the same', async () => {
    const w = world();
    await known(w);
    set();
    expect(w.verifier.verify(SECRET)).toMatchObject({ keyId: 'key_1' });
    w.pass(5_001);
    const revoked = w.verifier.verify(SECRET);
    w.fail(status.NOT_FOUND);
    expect(await revoked).toBeUndefined();
  });

  it('a key ends at its time all the same', async () => {
    const w = world();
    const verified = w.verifier.verify(SECRET);
    w.answer({ expiresInMs: 1_000n });
    await verified;
    set();
    w.pass(999);
    expect(w.verifier.verify(SECRET)).toMatchObject({ keyId: 'key_1' });
    w.pass(1);
    expect(w.verifier.verify(SECRET)).toBeUndefined();
  });
});

describe('keys in use', () => {
  const OTHER = 'usv_live_y';

  /** Both known, both used at an age at which they are renewed, and the question about both sent. */
  async function renewing(w: ReturnType<typeof world>): Promise<void> {
    await Promise.all(
      [SECRET, OTHER].map(async (secret) => {
        const verified = w.verifier.verify(secret);
        w.answer();
        await verified;
      }),
    );
    w.pass(2_500);
    for (const secret of [SECRET, OTHER, SECRET]) expect(w.verifier.verify(secret)).toMatchObject({ keyId: 'key_1' });
    expect(w.askedTogether).toHaveLength(0);
    w.pass(250);
    expect(w.askedTogether.map(({ secrets }) => secrets.length)).toEqual([2]);
  }

  it('are renewed together before their time is over, and no request waits', async () => {
    const w = world();
    await renewing(w);
    await w.answerTogether();
    for (const secret of [SECRET, OTHER]) expect(w.verifier.verify(secret)).toMatchObject({ keyId: 'key_1' });
    w.pass(5_000);
    for (const secret of [SECRET, OTHER]) expect(w.verifier.verify(secret)).toMatchObject({ keyId: 'key_1' });
    expect(w.asked).toHaveLength(0);
  });

  it('are asked about by themselves from five seconds after the question that was answered, not after its answer', async () => {
    const w = world();
    await renewing(w);
    w.pass(1_000);
    await w.answerTogether();
    w.pass(4_000);
    expect(w.verifier.verify(SECRET)).toMatchObject({ keyId: 'key_1' });
    w.pass(1);
    void w.verifier.verify(SECRET);
    expect(w.asked).toHaveLength(1);
  });

  it('are what they became meanwhile: suspended, revoked', async () => {
    const w = world();
    await renewing(w);
    const [first] = w.askedTogether[0]!.secrets;
    await w.answerTogether({ suspended: true }, (secret) => secret === first);
    expect(w.verifier.verify(SECRET)).toMatchObject({ suspended: true });
    const revoked = w.verifier.verify(OTHER);
    w.fail(status.NOT_FOUND);
    expect(await revoked).toBeUndefined();
  });

  it('that were revoked here while the question was under way are not taken from its answer', async () => {
    const w = world();
    await renewing(w);
    w.verifier.forget('key_1');
    await w.answerTogether();
    void w.verifier.verify(SECRET);
    expect(w.asked).toHaveLength(1);
  });

  it('that were found revoked while the question was under way are not taken from its answer', async () => {
    const w = world();
    await renewing(w);
    w.pass(2_251);
    const revoked = w.verifier.verify(SECRET);
    w.fail(status.NOT_FOUND);
    expect(await revoked).toBeUndefined();
    await w.answerTogether();
    void w.verifier.verify(SECRET);
    expect(w.asked).toHaveLength(1);
  });

  it('that were asked about by themselves while the question was under way are not taken from its answer', async () => {
    const w = world();
    await renewing(w);
    w.pass(2_251);
    const meanwhile = w.verifier.verify(SECRET);
    w.answer({ suspended: true });
    await meanwhile;
    await w.answerTogether();
    expect(w.verifier.verify(SECRET)).toMatchObject({ suspended: true });
  });

  it('whose question fails are asked about by themselves when their time is over, and renewed again', async () => {
    const w = world();
    await renewing(w);
    await w.failTogether();
    w.pass(2_251);
    const again = w.verifier.verify(SECRET);
    w.answer();
    expect(await again).toMatchObject({ keyId: 'key_1' });
    w.pass(2_500);
    void w.verifier.verify(SECRET);
    w.pass(250);
    expect(w.askedTogether.map(({ secrets }) => secrets.length)).toEqual([1]);
  });

  it('that nobody uses, or only while they are young, are not renewed', async () => {
    const w = world();
    await known(w);
    w.pass(2_499);
    void w.verifier.verify(SECRET);
    w.pass(60_000);
    expect(w.askedTogether).toHaveLength(0);
  });

  it('are asked about at most a thousand at a time', async () => {
    const w = world();
    const secrets = Array.from({ length: 1_001 }, (_, number) => `usv_live_${number}`);
    await Promise.all(
      secrets.map(async (secret) => {
        const verified = w.verifier.verify(secret);
        w.answer();
        await verified;
      }),
    );
    w.pass(2_500);
    for (const secret of secrets) void w.verifier.verify(secret);
    w.pass(250);
    expect(w.askedTogether.map(({ secrets: { length } }) => length)).toEqual([1_000]);
  });
});
