import { eventually } from '@usvideo/testing';
import { fundedRequest, startSagaWorld, traces, voidSubmissions, type SagaWorld } from '../../test/saga-world';

const PRICE = 1_250_000n;
const NOTHING = { keys: 0, admitted: 0, jobs: 0, events: 0 };

let world: SagaWorld;
beforeEach(async () => {
  world = await startSagaWorld();
});
afterEach(() => world.close());

/** The calls that the ledger got, by their names. */
const transcript = () => world.ledger.calls.map((call) => call.split(' ')[0]);

describe('the submission saga', () => {
  it('places one hold and leaves a job', async () => {
    const create = world.replica();
    const request = fundedRequest(world.ledger);
    expect(await create(request)).toMatchObject({ refusal: '' });
    expect(transcript()).toEqual(['placeHold']);
    expect(await traces(world.database, request.accountId)).toEqual({
      keys: 1,
      admitted: 1,
      jobs: 1,
      events: 1,
      submissions: ['submitted'],
    });
  });

  it('leaves no trace of a refusal and voids nothing, since the one hold was answered', async () => {
    const create = world.replica();
    const request = fundedRequest(world.ledger, {}, PRICE - 10_000n);
    expect(await create(request)).toMatchObject({
      refusal: 'insufficient_balance',
      requiredMicros: PRICE,
      availableMicros: PRICE - 10_000n,
      jobJson: '',
    });
    expect(await traces(world.database, request.accountId)).toEqual({ ...NOTHING, submissions: ['voided'] });
    expect(transcript()).toEqual(['placeHold']);
    world.ledger.fund(request.accountId, 10_000n);
    expect(await create(request)).toMatchObject({ refusal: '', replayed: false });
  });

  it.each(['spend_cap_reached', 'price_unavailable'])('passes on %s', async (reason) => {
    const create = world.replica();
    const request = fundedRequest(world.ledger);
    world.ledger.refuse(reason);
    expect(await create(request)).toMatchObject({ refusal: reason });
    expect(await traces(world.database, request.accountId)).toMatchObject(NOTHING);
  });

  it.each(['lost_before', 'lost_after', 'late'] as const)(
    'voids the hold whose outcome is unknown (%s), and the key is free',
    async (fault) => {
      const create = world.replica();
      const request = fundedRequest(world.ledger);
      world.ledger.fail('placeHold', fault);
      expect(await create(request)).toMatchObject({ refusal: 'service_unavailable', retryAfterMs: 1_000 });
      expect(await traces(world.database, request.accountId)).toMatchObject(NOTHING);
      await eventually(() => transcript().includes('voidHold'), { what: 'the hold is voided' });
      world.ledger.deliverLate();
      await submissionsAre(request.accountId, ['voided']);
      expect(transcript()).toEqual(['placeHold', 'voidHold']);
      expect(world.ledger.pendingHolds()).toEqual([]);
      expect(world.ledger.availableOf(request.accountId)).toBe(PRICE);
      world.ledger.fail('placeHold', 'none');
      expect(await create(request)).toMatchObject({ refusal: '', replayed: false });
      expect(world.ledger.pendingHolds()).toHaveLength(1);
    },
  );

  it.each(['lost_before', 'lost_after'] as const)(
    'sends the void again until it is acknowledged (%s)',
    async (fault) => {
      const create = world.replica();
      const request = fundedRequest(world.ledger);
      world.ledger.fail('placeHold', 'lost_after');
      world.ledger.fail('voidHold', fault);
      await create(request);
      await eventually(() => transcript().includes('voidHold'), { what: 'the first void' });
      expect(await traces(world.database, request.accountId)).toMatchObject({ ...NOTHING, submissions: ['voiding'] });
      world.ledger.fail('voidHold', 'none');
      await submissionsAre(request.accountId, ['voided']);
      expect(world.ledger.availableOf(request.accountId)).toBe(PRICE);
    },
  );

  it('gives everything back when the job cannot be written', async () => {
    const create = world.replica();
    const request = fundedRequest(world.ledger);
    await world.database.query(`
      create function fail() returns trigger language plpgsql as $$ begin raise exception 'the disk is full'; end $$;
      create trigger fail before insert on job for each row execute function fail()`);
    expect(await create(request)).toMatchObject({ refusal: 'service_unavailable' });
    await submissionsAre(request.accountId, ['voided']);
    expect(await traces(world.database, request.accountId)).toMatchObject(NOTHING);
    expect(world.ledger.availableOf(request.accountId)).toBe(PRICE);
    await world.database.query('drop trigger fail on job');
    expect(await create(request)).toMatchObject({ refusal: '' });
  });

  it('answers 503 and voids when the sweep was faster than its second transaction', async () => {
    const request = fundedRequest(world.ledger);
    const held = world.ledger.placeHold.bind(world.ledger);
    world.ledger.placeHold = async (hold, timeoutMs) => {
      const answer = await held(hold, timeoutMs);
      await voidSubmissions(world.database, request.accountId);
      return answer;
    };
    expect(await world.replica()(request)).toMatchObject({ refusal: 'service_unavailable' });
    await submissionsAre(request.accountId, ['voided']);
    expect(await traces(world.database, request.accountId)).toMatchObject(NOTHING);
    expect(world.ledger.availableOf(request.accountId)).toBe(PRICE);
  });

  it.each(['before', 'after'])('sweeps what a process left that died %s its hold was placed', async (when) => {
    const request = fundedRequest(world.ledger);
    const place = world.ledger.placeHold.bind(world.ledger);
    world.ledger.placeHold = async (hold, timeoutMs) => {
      if (when === 'after') await place(hold, timeoutMs);
      return new Promise(() => undefined);
    };
    // A saga of ten minutes whose ledger never answers is as good as a dead process.
    void world.replica({ times: { sagaMs: 600_000, staleMs: 600_000 } })(request);
    await submissionsAre(request.accountId, ['authorizing']);
    world.replica({ times: { staleMs: 0 } });
    await submissionsAre(request.accountId, ['voided']);
    expect(await traces(world.database, request.accountId)).toMatchObject(NOTHING);
    expect(world.ledger.availableOf(request.accountId)).toBe(PRICE);
    expect(world.ledger.pendingHolds()).toEqual([]);
  });
});

async function submissionsAre(accountId: string, states: string[]): Promise<void> {
  await eventually(
    async () => JSON.stringify((await traces(world.database, accountId)).submissions) === JSON.stringify(states),
    { what: `submissions are ${states}` },
  );
}
