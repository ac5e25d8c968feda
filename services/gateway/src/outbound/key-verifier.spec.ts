import { status } from '@grpc/grpc-js';
import type { AccountsServiceClient } from '@usvideo/contracts/accounts';
import { KeyVerifier } from './key-verifier';

type Answer = (error: unknown, response?: unknown) => void;

/** An accounts service whose answers the test gives one by one, and a clock it moves. */
function world() {
  const asked: Answer[] = [];
  const accounts = { verifyKey: (...args: unknown[]) => { asked.push(args.at(-1) as Answer); } } as unknown as AccountsServiceClient;
  let nowMs = 0;
  const found = { accountId: 'acc_1', keyId: 'key_1', environment: 'live', scopes: ['videos'], suspended: false, expiresAt: undefined };
  return {
    verifier: new KeyVerifier(accounts, () => nowMs),
    asked,
    pass: (ms: number) => { nowMs += ms; },
    answer: (over: object = {}) => asked.shift()!(null, { ...found, ...over }),
    fail: (code: status) => asked.shift()!(Object.assign(new Error(), { code })),
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

  it.each([[4 * 60_000, true], [5 * 60_000 + 1, false]])('while accounts is away for %d ms still works: %s', async (awayMs, works) => {
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

  it('ends at its time without being asked about', async () => {
    const w = world();
    const verified = w.verifier.verify(SECRET);
    w.answer({ expiresAt: new Date(1_000) });
    await verified;
    w.pass(1_000);
    expect(w.verifier.verify(SECRET)).toBeUndefined();
  });
});
