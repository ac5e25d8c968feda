import { call, status } from '@usvideo/runtime';
import { AccountsStage, refusalOf } from '../test/accounts-stage';
import { removeExpiredAudit } from './retention/audit-retention.loop';

const stage = new AccountsStage();
beforeAll(() => stage.open());
afterAll(() => stage.close());

const actor = { author: 'ann', address: '192.0.2.7', requestId: 'req_1' };
const close = (accountId: string) => call(stage.client, 'closeAccount', { accountId, reason: 'asked for it', actor });
const erase = (accountId: string) => call(stage.client, 'eraseAccount', { accountId, actor });
const accountOf = async (accountId: string) => (await call(stage.client, 'getAccount', { accountId })).account!;

describe('a closed account', () => {
  it('has no key, stays suspended, and is audited with its reason', async () => {
    const { accountId, liveKey, testKey } = await stage.register();
    expect((await close(accountId)).account).toMatchObject({ status: 'closed' });
    for (const key of [liveKey, testKey]) expect((await refusalOf(stage.verify(key))).code).toBe(status.NOT_FOUND);
    expect(stage.pushed.filter((push) => push.accountId === accountId)).toMatchObject([
      { suspended: true },
      { suspended: true },
    ]);
    const { entries } = await call(stage.client, 'listAudit', { accountId, limit: 10, beforeSeq: 0n });
    expect(
      entries
        .map(({ action }) => action)
        .slice(0, 3)
        .sort(),
    ).toEqual(['account_suspended', 'api_key_revoked', 'api_key_revoked']);
    expect(entries.find(({ action }) => action === 'account_suspended')).toMatchObject({
      author: 'ann',
      before: '{"status":"active"}',
      after: '{"status":"closed","reason":"asked for it"}',
    });
  });

  it('is never opened again, and closing it twice changes nothing', async () => {
    const { accountId } = await stage.register();
    await close(accountId);
    const events = async () =>
      (await stage.database.query('select from event where stream_id = $1', [accountId])).rowCount;
    const before = await events();
    await close(accountId);
    expect(await events()).toBe(before);
    const resumed = refusalOf(
      call(stage.client, 'setSuspension', { accountId, suspended: false, reason: '', author: 'ann', actor }),
    );
    const keyed = refusalOf(
      call(stage.client, 'createKey', {
        accountId,
        environment: 'live',
        name: 'x',
        scopes: ['videos'],
        author: 'ann',
        actor,
      }),
    );
    for (const refusal of [resumed, keyed])
      expect(await refusal).toMatchObject({ code: status.FAILED_PRECONDITION, details: 'account_closed' });
  });

  it('was suspended before, or not', async () => {
    const { accountId } = await stage.register();
    await call(stage.client, 'setSuspension', { accountId, suspended: true, reason: 'x', author: 'ann', actor });
    expect((await close(accountId)).account).toMatchObject({ status: 'closed' });
  });
});

describe('an erased account', () => {
  it('is closed first', async () => {
    const { accountId } = await stage.register();
    expect(await refusalOf(erase(accountId))).toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: 'account_not_closed',
    });
    expect((await refusalOf(erase('acc_nobody'))).code).toBe(status.NOT_FOUND);
  });

  it("has nobody, and nobody's words in any row that may change", async () => {
    const { accountId } = await stage.register({ email: 'erase-me@example.com', accountName: 'Erase Me Incorporated' });
    await close(accountId);
    expect((await erase(accountId)).account).toMatchObject({ status: 'erased', name: '', email: '' });
    await erase(accountId);
    for (const table of ['account', 'member', 'person', 'session', 'invitation', 'api_key', 'audit_entry']) {
      const { rows } = await stage.database.query<{ row: string }>(`select to_jsonb(t)::text as row from ${table} t`);
      expect(rows.filter(({ row }) => /erase-me@|Erase Me/i.test(row))).toEqual([]);
    }
    const { entries } = await call(stage.client, 'listAudit', { accountId, limit: 10, beforeSeq: 0n });
    expect(entries.filter(({ action }) => action === 'account_erased')).toHaveLength(1);
    expect(await accountOf(accountId)).toMatchObject({ status: 'erased' });
  });

  it('leaves alone who acts for another account too', async () => {
    const shared = await stage.register({ email: 'shared@example.com', password: '', emailVerified: true });
    const other = await stage.register({ email: 'shared@example.com', password: '', emailVerified: true });
    await close(shared.accountId);
    await erase(shared.accountId);
    expect(await accountOf(other.accountId)).toMatchObject({ email: 'shared@example.com' });
  });
});

describe('the audit log', () => {
  const verify = () => call(stage.client, 'verifyAudit', {});
  const oldest = async () =>
    (await stage.database.query<{ seq: bigint }>('select min(seq) as seq from audit_entry')).rows[0]!.seq;

  it('loses its beginning when it was kept long enough, says so, and is proven from there on', async () => {
    await stage.register();
    const {
      rows: [middle],
    } = await stage.database.query<{ seq: bigint }>('select (min(seq) + max(seq)) / 2 as seq from audit_entry');
    // Nothing else may make an entry older: the trigger is put aside for the test.
    await stage.database.query('alter table audit_entry disable trigger audit_rows_never_change');
    const before = await verify();
    await stage.database.query(`update audit_entry set at = at - interval '401 days' where seq <= $1`, [middle!.seq]);
    await stage.database.query('alter table audit_entry enable trigger audit_rows_never_change');
    await removeExpiredAudit(stage.database, 400);
    expect(await oldest()).toBe(middle!.seq + 1n);
    const {
      entries: [newest],
    } = await call(stage.client, 'listAudit', { accountId: '', limit: 1, beforeSeq: 0n });
    expect(newest).toMatchObject({
      author: 'retention',
      action: 'audit_entries_removed',
      after: expect.stringContaining(`"last":"${middle!.seq}"`),
    });
    expect(await verify()).toEqual({ checked: before.checked - middle!.seq + 1n, brokenSeq: undefined });
  });

  it('gives nothing away that is not before its beginning', async () => {
    await expect(stage.database.query('delete from audit_entry')).rejects.toThrow('append-only');
    await expect(stage.database.query(`update audit_entry set author = 'eve'`)).rejects.toThrow('append-only');
    await removeExpiredAudit(stage.database, 400);
    expect(await verify()).toMatchObject({ brokenSeq: undefined });
  });
});
