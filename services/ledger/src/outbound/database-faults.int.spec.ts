import { inTransaction, type Database } from '@usvideo/event-store';
import { TcpProxy } from '@usvideo/testing';
import type { LedgerCommand } from '../domain/batch';
import { addFunds, adjust, LedgerWorld, newAccount, PRICE_MICROS } from './ledger.fixture';
import { LedgerReader } from './ledger-reader';
import { LedgerStore } from './ledger-store';
import type { LedgerWriter } from './ledger-writer';
import { PriceBook } from './price-book';
import { LedgerVerifier } from './verifier';

describe('what a database can do to a batch', () => {
  let world: LedgerWorld;
  let database: Database;
  let writers: [LedgerWriter, LedgerWriter];
  let reader: LedgerReader;

  beforeAll(async () => {
    world = await LedgerWorld.start();
    database = world.open('observer');
    writers = [world.writer(world.open('one')), world.writer(world.open('two'))];
    reader = new LedgerReader(database);
  });
  afterEach(async () => expect(await new LedgerVerifier(database).verify()).toMatchObject({ differences: [], postingsSumMicros: 0n }));
  afterAll(() => world.stop());

  const submit = (command: LedgerCommand, n = 0) => writers[n % 2]!.submit(command);
  /** The same command from many clients of two instances at once. */
  const crowd = (command: LedgerCommand, clients: number) => Promise.all(Array.from({ length: clients }, (_, n) => submit(command, n)));
  const accepted = (outcomes: { refusal: unknown; replayed: boolean }[]) => outcomes.filter(({ refusal, replayed }) => refusal === undefined && !replayed).length;
  const funded = async (micros = 10n * PRICE_MICROS) => {
    const accountId = newAccount();
    await submit(addFunds(accountId, micros));
    return accountId;
  };
  const versionOf = async (accountId: string) => (await reader.balance(accountId)).version;

  /** Raises once, in the middle of a batch, what the server raises by itself now and then. */
  const raising = async (sqlState: string, when = 'true', times = 1) => {
    await database.query(`
      create sequence raised; create function raise_it() returns trigger language plpgsql as $$ begin
        if ${when} and nextval('raised') <= ${times} then raise exception 'as the server would' using errcode = '${sqlState}'; end if; return new; end $$;
      create trigger raise_it before insert on entry for each row execute function raise_it()`);
    return () => database.query('drop trigger raise_it on entry; drop function raise_it; drop sequence raised').then(() => undefined);
  };

  it.each([['a deadlock', '40P01'], ['a serialization failure', '40001'], ['a lock time-out', '55P03'], ['a shutdown', '57P01']])('%s costs a retry and is done once', async (_, sqlState) => {
    const accountId = await funded();
    const clear = await raising(sqlState);
    const outcomes = await crowd(adjust(accountId, 5n), 10);
    await clear();
    expect(accepted(outcomes)).toBe(1);
    expect((await reader.balance(accountId)).availableMicros).toBe(10n * PRICE_MICROS + 5n);
  });

  it('a poisonous command fails alone', async () => {
    const accounts = await Promise.all(Array.from({ length: 8 }, () => funded()));
    const clear = await raising('22012', `new.account_id = '${accounts[3]}'`, 1_000);
    const results = await Promise.allSettled(accounts.map((accountId) => writers[0].submit(adjust(accountId, 5n))));
    await clear();
    expect(results.map((result) => result.status)).toEqual(accounts.map((_, n) => (n === 3 ? 'rejected' : 'fulfilled')));
  });

  it('a statement time-out fails its batch, which may be asked again', async () => {
    const accountId = await funded();
    const clear = await raising('57014', 'true', 1_000);
    await expect(submit(adjust(accountId, 5n))).rejects.toMatchObject({ code: '57014' });
    await clear();
    expect((await submit(adjust(accountId, 5n))).replayed).toBe(false);
  });

  it('a COMMIT whose answer was lost is found done under its key', async () => {
    const accountId = await funded();
    const proxy = await TcpProxy.to(world.url);
    const lossy = world.writer(world.open('lossy', proxy.through(world.url)), 1);
    let lose = true;
    proxy.onClientData((chunk, line) => {
      if (!lose || !chunk.includes('commit')) return;
      lose = false;
      line.loseAnswer();
    });
    expect(await lossy.submit(adjust(accountId, 5n))).toMatchObject({ refusal: undefined, replayed: true });
    expect((await reader.balance(accountId)).availableMicros).toBe(10n * PRICE_MICROS + 5n);
    await proxy.stop();
  });

  it('a COMMIT that answers ROLLBACK is not taken for done', async () => {
    const accountId = await funded();
    const store = new LedgerStore(new PriceBook());
    await expect(inTransaction(database, async (tx, now) => {
      const outcomes = await store.apply(tx, now, [{ command: adjust(accountId, 5n), traceparent: '' }]);
      await tx.query('select 1 / 0').catch(() => undefined);
      return outcomes;
    })).rejects.toThrow('ROLLBACK');
    expect(await versionOf(accountId)).toBe(1n);
  });
});
