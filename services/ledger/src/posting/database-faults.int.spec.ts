import { inTransaction } from '@usvideo/event-store';
import { TcpProxy } from '@usvideo/testing';
import { accepted, adjust, PRICE_MICROS, twoInstances } from './ledger.fixture';
import { LedgerStore } from './ledger.store';
import { PriceBook } from '../prices/price-book.sql';

describe('what a database can do to a batch', () => {
  const { ledger, submit, crowd, funded, versionOf } = twoInstances();
  /** Raises once, in the middle of a batch, what the server raises by itself now and then. */
  const raising = async (sqlState: string, when = 'true', times = 1) => {
    await ledger.database.query(`
      create sequence raised; create function raise_it() returns trigger language plpgsql as $$ begin
        if ${when} and nextval('raised') <= ${times} then raise exception 'as the server would' using errcode = '${sqlState}'; end if; return new; end $$;
      create trigger raise_it before insert on entry for each row execute function raise_it()`);
    return () =>
      ledger.database
        .query('drop trigger raise_it on entry; drop function raise_it; drop sequence raised')
        .then(() => undefined);
  };

  it.each([
    ['a deadlock', '40P01'],
    ['a serialization failure', '40001'],
    ['a lock time-out', '55P03'],
    ['a shutdown', '57P01'],
  ])('%s costs a retry and is done once', async (_, sqlState) => {
    const accountId = await funded();
    const clear = await raising(sqlState);
    const outcomes = await crowd(() => adjust(accountId, 5n), 10);
    await clear();
    expect(accepted(outcomes)).toBe(1);
    expect((await ledger.reader.balance(accountId)).availableMicros).toBe(10n * PRICE_MICROS + 5n);
  });

  it('a poisonous command fails alone', async () => {
    const accounts = await Promise.all(Array.from({ length: 8 }, () => funded()));
    const clear = await raising('22012', `new.account_id = '${accounts[3]}'`, 1_000);
    const results = await Promise.allSettled(
      accounts.map((accountId) => ledger.writers[0].submit(adjust(accountId, 5n))),
    );
    await clear();
    expect(results.map((result) => result.status)).toEqual(
      accounts.map((_, n) => (n === 3 ? 'rejected' : 'fulfilled')),
    );
  });

  it("an account that a stopped process holds delays its own commands, and no other account's", async () => {
    const [held, ...others] = await Promise.all(Array.from({ length: 8 }, () => funded()));
    const stopped = await ledger.database.connect();
    await stopped.query('begin');
    await stopped.query('select from ledger_account where account_id = $1 for update', [held]);
    let isAnswered = false;
    const late = ledger.writers[0].submit(adjust(held!, 5n)).finally(() => {
      isAnswered = true;
    });
    const outcomes = await Promise.all(others.map((accountId) => ledger.writers[0].submit(adjust(accountId, 5n))));
    expect([accepted(outcomes), isAnswered]).toEqual([others.length, false]);
    await stopped.query('rollback');
    stopped.release();
    expect(await late).toMatchObject({ refusal: undefined, replayed: false });
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
    const proxy = await TcpProxy.to(ledger.world.url);
    const lossy = ledger.world.writer(ledger.world.open('lossy', proxy.through(ledger.world.url)), 1);
    let lose = true;
    proxy.onClientData((chunk, line) => {
      if (!lose || !chunk.includes('commit')) return;
      lose = false;
      line.loseAnswer();
    });
    expect(await lossy.submit(adjust(accountId, 5n))).toMatchObject({ refusal: undefined, replayed: true });
    expect((await ledger.reader.balance(accountId)).availableMicros).toBe(10n * PRICE_MICROS + 5n);
    await proxy.stop();
  });

  it('a COMMIT that answers ROLLBACK is not taken for done', async () => {
    const accountId = await funded();
    const store = new LedgerStore(new PriceBook());
    await expect(
      inTransaction(ledger.database, async (tx, now) => {
        const outcomes = await store.apply(tx, now, [{ command: adjust(accountId, 5n), traceparent: '' }]);
        await tx.query('select 1 / 0').catch(() => undefined);
        return outcomes;
      }),
    ).rejects.toThrow('ROLLBACK');
    expect(await versionOf(accountId)).toBe(1n);
  });
});
