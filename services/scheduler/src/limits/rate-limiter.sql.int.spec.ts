import fc from 'fast-check';
import { inTransaction } from '@usvideo/event-store';
import { openWorld, type World } from '../../test/dispatch-world';
import { newAccount } from '../../test/scheduler-world';
import { RateLimiter, readLimits, spendRates, type RateCheck } from './rate-limiter.sql';
import { rateDecision, spendRate, type RateDecision } from './rate';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const START = 1_800_000_000_000_000n;

async function accountWith(createsPerMinute: number): Promise<RateCheck> {
  const accountId = newAccount();
  await world.database.query(
    "insert into account_slot (account_id, environment, creates_per_minute) values ($1, 'live', $2)",
    [accountId, createsPerMinute],
  );
  return { accountId, environment: 'live', policy: 'creates' };
}

/** Several requests of one account at one moment of a clock that the test owns. */
function spendAt(check: RateCheck, requests: number, atMicros: bigint): Promise<RateDecision[]> {
  const checks = Array.from({ length: requests }, () => check);
  return inTransaction(world.database, async (tx) => spendRates(tx, checks, await readLimits(tx, checks), atMicros));
}

describe('the rate limiter', () => {
  it('grants the whole limit at once, then one each interval, and says exactly when', async () => {
    const check = await accountWith(7);
    const decisions = await spendAt(check, 9, START);
    expect(decisions.map((decision) => decision.allowed)).toEqual([...Array<boolean>(7).fill(true), false, false]);
    expect(decisions.map((decision) => decision.remaining)).toEqual([6, 5, 4, 3, 2, 1, 0, 0, 0]);
    expect(decisions[8]).toMatchObject({ limit: 7, retryAfterMs: 8_572 });
    const emission = 8_571_429n;
    expect((await spendAt(check, 1, START + emission - 1n))[0]!.allowed).toBe(false);
    expect((await spendAt(check, 2, START + emission)).map((decision) => decision.allowed)).toEqual([true, false]);
  });

  it('gives nothing back when the clock of the database steps back', async () => {
    const check = await accountWith(60);
    expect((await spendAt(check, 60, START + 30_000_000n)).every(({ allowed }) => allowed)).toBe(true);
    const tat = async () =>
      (
        await world.database.query<{ tat_micros: bigint }>('select tat_micros from rate_limit where account_id = $1', [
          check.accountId,
        ])
      ).rows[0]!.tat_micros;
    const before = await tat();
    expect((await spendAt(check, 2, START)).map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
      [false, 0],
      [false, 0],
    ]);
    expect(await tat()).toBe(before);
  });

  it('never grants more than burst and refill in any window, and a retry after the time it gives succeeds', async () => {
    const step = fc.record({ waitMs: fc.integer({ min: 0, max: 9_000 }), requests: fc.integer({ min: 1, max: 12 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.array(step, { minLength: 1, maxLength: 12, size: 'max' }),
        async (limit, steps) => {
          const check = await accountWith(limit);
          const granted: bigint[] = [];
          let now = START;
          for (const { waitMs, requests } of steps) {
            now += BigInt(waitMs) * 1_000n;
            const decisions = await spendAt(check, requests, now);
            granted.push(...decisions.filter((decision) => decision.allowed).map(() => now));
            const refused = decisions.find((decision) => !decision.allowed);
            if (refused === undefined) continue;
            now += BigInt(refused.retryAfterMs) * 1_000n;
            expect((await spendAt(check, 1, now))[0]!.allowed).toBe(true);
            granted.push(now);
          }
          for (let from = 0; from < granted.length; from++) {
            for (let to = from; to < granted.length; to++) {
              const refill = (Number(granted[to]! - granted[from]!) * limit) / 60_000_000;
              expect(to - from + 1).toBeLessThanOrEqual(limit + Math.floor(refill));
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('decides as the pure rule does that the simulator is driven by', async () => {
    const step = fc.record({
      waitMs: fc.integer({ min: -500, max: 9_000 }),
      requests: fc.integer({ min: 1, max: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.array(step, { minLength: 1, maxLength: 12, size: 'max' }),
        async (limit, steps) => {
          const check = await accountWith(limit);
          let [now, tat] = [START, 0n];
          for (const { waitMs, requests } of steps) {
            now += BigInt(waitMs) * 1_000n;
            const spent = spendRate(tat, now, limit, requests);
            tat = spent.tatMicros;
            expect(await spendAt(check, requests, now)).toEqual(
              Array.from({ length: requests }, (_, index) => rateDecision(spent, index)),
            );
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('is exact when many processes ask at once', async () => {
    const check = await accountWith(25);
    const replicas = Array.from({ length: 4 }, () => new RateLimiter(world.database));
    const decisions = await Promise.all(Array.from({ length: 100 }, (_, index) => replicas[index % 4]!.check(check)));
    const allowed = decisions.filter((decision) => decision.allowed).length;
    // The check of 100 requests takes far less than the 2.4 s after which one more is free.
    expect(allowed).toBe(25);
  });

  it('applies a changed limit at once and starts over when the table was lost', async () => {
    const check = await accountWith(2);
    expect((await spendAt(check, 3, START)).map((decision) => decision.allowed)).toEqual([true, true, false]);
    await world.database.query('update account_slot set creates_per_minute = 4 where account_id = $1', [
      check.accountId,
    ]);
    expect((await spendAt(check, 1, START + 15_000_000n))[0]).toMatchObject({ limit: 4, allowed: true });
    await world.database.query('truncate rate_limit');
    expect((await spendAt(check, 1, START))[0]).toMatchObject({ limit: 4, allowed: true, remaining: 3 });
  });

  it('gives an account without a row the limits of the plan standard', async () => {
    const accountId = newAccount();
    const checks: RateCheck[] = [
      { accountId, environment: 'test', policy: 'creates' },
      { accountId, environment: 'test', policy: 'reads' },
    ];
    const [creates, reads] = await inTransaction(world.database, async (tx) =>
      spendRates(tx, checks, await readLimits(tx, checks)),
    );
    expect([creates!.limit, reads!.limit]).toEqual([300, 3_000]);
  });
});
