import { execFile } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '@usvideo/testing';
import { type Answer, Customer, type Problem } from './customer';
import type { Stage } from './stage';

const run = promisify(execFile);
const root = join(__dirname, '..', '..');
const PRICE = { model: 'test-picture', resolution: '480p', author: 'Ada Lovelace' };
const video = { prompt: 'a lighthouse', resolution: '480p', duration: 1 };

interface Balance {
  readonly available_micros: number;
  readonly held_micros: number;
  readonly total_spend_micros: number;
  readonly owed_micros: number;
  readonly current_period: { readonly spend_micros: number; readonly jobs: number };
  readonly spend_caps: {
    readonly api_key_id: string | null;
    readonly limit_micros: number;
    readonly remaining_micros: number;
  }[];
}
interface Statement {
  readonly period: string;
  readonly opening_balance_micros: number;
  readonly closing_balance_micros: number;
  readonly [movement: string]: unknown;
}

/** What a platform has to be started with for the tests below. */
export const STRIPE = { STRIPE_WEBHOOK_SECRET: 'whsec_of_the_test', STRIPE_SECRET_KEY: 'sk_test_of_the_test' };

function signatureOf(body: string, atSeconds: number): string {
  const at = Math.floor(atSeconds);
  return `t=${at},v1=${createHmac('sha256', STRIPE.STRIPE_WEBHOOK_SECRET).update(`${at}.${body}`).digest('hex')}`;
}

/** An event as Stripe would deliver it to the address of this customer's gateway. @param signature none when empty */
export function stripeSays({ url }: Customer, event: object, signature?: string): Promise<Answer<Problem>> {
  const body = JSON.stringify(event);
  const shown = signature ?? signatureOf(body, Date.now() / 1_000);
  return new Customer(url, undefined).request<Problem>(
    'POST',
    '/v1/payments/stripe/events',
    body,
    shown === '' ? {} : { 'stripe-signature': shown },
  );
}

export function billing(stage: () => Stage): void {
  describe('billing', () => {
    let live: Customer;
    let sandbox: Customer;
    let admin: Customer;
    let accountId: string;

    beforeAll(() => {
      ({ live, sandbox, admin, accountId } = stage());
    });
    // Others on this platform count on it.
    afterAll(async () => {
      await setPrice('0.10');
      await eventually(
        async () => (await live.post<{ cost_micros: number }>('/v1/quotes', video)).body.cost_micros === 100_000,
        { what: 'the old price to be back' },
      );
    });

    const setPrice = (usd: string) => admin.post('/admin/v1/prices', { ...PRICE, per_second_usd: usd });

    const balance = async () => (await live.get<Balance>('/v1/balance')).body;
    const completed = async (body: Record<string, unknown> = {}, headers = {}) => {
      const created = await live.create({ ...video, ...body }, headers);
      expect(created.body).toMatchObject({ status: 'pending' });
      await live.ended(created.body.id);
      return eventually(
        async () => {
          const job = (
            await live.get<{ id: string; billing: { settled: boolean; charged_micros: number } }>(
              `/v1/videos/${created.body.id}`,
            )
          ).body;
          return job.billing.settled ? job : undefined;
        },
        { deadlineMs: 20_000, what: 'the job to be settled' },
      );
    };
    /** The account has no job that is still to be charged or let go, of the tests before this one neither. */
    const nothingHeld = () =>
      eventually(async () => (await balance()).held_micros === 0, { deadlineMs: 30_000, what: 'nothing to be held' });
    /** A running platform judges what it has recorded; a moment after a job it may still be busy with it. */
    const agree = (path: string) =>
      eventually(
        async () => {
          const { body } = await admin.get<{ ok: boolean; differences: string[] }>(path);
          return body.ok ? body : undefined;
        },
        { deadlineMs: 30_000, what: `${path} to find no difference` },
      );

    it('locks a price until the quote expires, also when the price changes', async () => {
      const { status, body: quote } = await live.post<{ quote_id: string; cost_micros: number; model: string }>(
        '/v1/quotes',
        video,
      );
      expect([status, quote]).toMatchObject([200, { cost_micros: 100_000, model: 'test-picture' }]);
      const raised = await setPrice('0.20');
      expect([raised.status, raised.body]).toMatchObject([201, { per_second_micros: 200_000, author: 'Ada Lovelace' }]);
      await eventually(async () => (await completed()).billing.charged_micros === 200_000, {
        what: 'the price to take effect, which takes two seconds',
      });
      expect(await completed({ quote_id: quote.quote_id })).toMatchObject({ billing: { charged_micros: 100_000 } });
      const other = await live.create({ ...video, duration: 2, quote_id: quote.quote_id });
      expect([other.status, other.body.error]).toEqual([409, 'quote_mismatch']);
      expect((await live.create({ ...video, quote_id: 'quote_forged' })).body.error).toBe('quote_mismatch');
      expect(
        (await admin.get<{ data: { model: string }[] }>('/admin/v1/prices')).body.data.filter(
          (price) => price.model === 'test-picture',
        ),
      ).toHaveLength(1);
    });

    it('refuses what a cap does not allow, and nothing else', async () => {
      await nothingHeld();
      const { spend_micros: spent } = (await balance()).current_period;
      const capped = await live.put('/v1/spend-caps', { limit_usd: String((spent + 50_000) / 1_000_000) });
      expect([capped.status, capped.body]).toMatchObject([200, { api_key_id: null, remaining_micros: 50_000 }]);
      const refused = await live.create(video);
      expect([refused.status, refused.body.error]).toEqual([402, 'spend_cap_reached']);
      expect((await balance()).spend_caps).toMatchObject([{ api_key_id: null, remaining_micros: 50_000 }]);
      expect((await live.put('/v1/spend-caps', { limit_usd: '0.01' })).body).toMatchObject({ remaining_micros: 0 });
      expect((await live.put('/v1/spend-caps', { limit_usd: null })).body).toMatchObject({ limit: null });
      expect((await live.create(video)).status).toBe(202);
      expect((await live.put<Problem>('/v1/spend-caps', { api_key_id: 'key_nobody', limit_usd: 1 })).status).toBe(404);
      // Play money has caps of its own.
      expect((await sandbox.put('/v1/spend-caps', { limit_usd: 900 })).body).toMatchObject({ livemode: false });
      expect((await sandbox.put('/v1/spend-caps', { limit_usd: null })).body).toMatchObject({
        limit: null,
        livemode: false,
      });
    });

    it('caps one key and leaves the others alone', async () => {
      const made = await live.post<{ id: string; secret: string }>('/v1/api-keys', {
        name: 'capped',
        scopes: ['videos', 'billing:read'],
      });
      expect((await live.put('/v1/spend-caps', { api_key_id: made.body.id, limit_usd: 0 })).status).toBe(200);
      const capped = new Customer(live.url, made.body.secret);
      expect((await capped.create(video)).body.error).toBe('spend_cap_reached');
      expect((await capped.put<Problem>('/v1/spend-caps', { limit_usd: null })).body.error).toBe('forbidden');
      expect((await live.create(video)).status).toBe(202);
    });

    it('accounts for usage by day, key, resolution and end user, in JSON and CSV', async () => {
      await completed({ end_user: '=cmd|calc' });
      await nothingHeld();
      const { body: all } = await live.get<{ totals: { jobs: number; cost_micros: number }; data: object[] }>(
        '/v1/usage',
      );
      expect(all.totals.jobs).toBeGreaterThan(2);
      for (const by of ['day', 'api_key', 'resolution', 'end_user']) {
        const { body } = await live.get<{
          group_by: string;
          totals: object;
          data: { group: string | null; jobs: number; cost_micros: number }[];
        }>(`/v1/usage?group_by=${by}`);
        expect(body).toMatchObject({ group_by: by, totals: { jobs: all.totals.jobs } });
        expect(body.data.reduce((sum, group) => sum + group.cost_micros, 0)).toBe(all.totals.cost_micros);
      }
      const rows = await live.get('/v1/usage', { accept: 'text/csv' });
      expect([rows.status, rows.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
      expect(rows.headers.get('x-ratelimit-limit')).toBe('3000');
      expect(rows.text.split('\r\n')[0]).toBe(
        'job_id,api_key_id,date,model,resolution,duration,per_second_usd,cost_usd,refunded_usd,charged_at',
      );
      expect(rows.text.trim().split('\r\n')).toHaveLength(all.totals.jobs + 1);
      const groups = await live.get('/v1/usage?group_by=end_user', { accept: 'text/csv' });
      expect(groups.text).toContain('end_user,jobs,seconds,cost_usd,refunded_usd\r\n');
      expect(groups.text).toContain("\r\n'=cmd|calc,1,1,0.20,0.00\r\n");
    });

    it('gives a charge back once, and shows it everywhere', async () => {
      const job = await completed();
      const before = await balance();
      const refund = {
        job_id: job.id,
        refund_key: 'ticket-7',
        amount_usd: '0.15',
        reason: 'Too dark',
        author: 'Ada Lovelace',
      };
      const answer = await admin.post(`/admin/v1/accounts/${accountId}/refunds`, refund);
      expect([answer.status, answer.body]).toMatchObject([200, { refunded_micros: 150_000, replayed: false }]);
      expect((await admin.post(`/admin/v1/accounts/${accountId}/refunds`, refund)).body).toMatchObject({
        replayed: true,
      });
      const tooMuch = await admin.post<Problem>(`/admin/v1/accounts/${accountId}/refunds`, {
        ...refund,
        refund_key: 'ticket-8',
      });
      expect([tooMuch.status, tooMuch.body.details]).toMatchObject([400, [{ field: 'amount_usd' }]]);
      expect(
        (await admin.post<Problem>(`/admin/v1/accounts/${accountId}/refunds`, { ...refund, author: undefined })).body
          .details,
      ).toMatchObject([{ field: 'author' }]);
      expect((await balance()).available_micros).toBe(before.available_micros + 150_000);
      const { billing } = await eventually(
        async () => {
          const { body } = await live.get<{ billing: { refunded_micros: number } }>(`/v1/videos/${job.id}`);
          return body.billing.refunded_micros > 0 && body;
        },
        { what: 'the job to show it' },
      );
      expect(billing).toMatchObject({ state: 'charged', charged_micros: 200_000, refunded_micros: 150_000 });
      const { body } = await live.get<{
        data: { kind: string; job_id: string; note: string | null; reference: string | null }[];
      }>(`/v1/ledger?job_id=${job.id}`);
      expect(body.data.map((entry) => entry.kind)).toEqual(['capture_refunded', 'hold_captured', 'hold_placed']);
      expect(body.data[0]).toMatchObject({ job_id: job.id, note: 'Too dark', reference: 'ticket-7' });
    });

    it('takes in a manual top-up, and takes it back, owing what was spent', async () => {
      const { body: account } = await admin.post<{ account_id: string; live_key: string }>('/admin/v1/accounts', {
        email: `${randomUUID()}@example.com`,
        account_name: 'Top-up',
      });
      const customer = new Customer(live.url, account.live_key);
      const key = { 'idempotency-key': 'order-1' };
      const made = await customer.post<{ id: string; status: string }>('/v1/topups', { amount_usd: '0.20' }, key);
      expect([made.status, made.body.status, made.headers.get('location')]).toEqual([
        201,
        'pending',
        expect.stringContaining(`/v1/topups/${made.body.id}`),
      ]);
      expect((await customer.post<{ id: string }>('/v1/topups', { amount_usd: '0.20' }, key)).body.id).toBe(
        made.body.id,
      );
      expect((await customer.post<Problem>('/v1/topups', { amount_usd: 5 }, key)).body.error).toBe(
        'idempotency_key_reused',
      );
      expect((await customer.create(video)).body.error).toBe('insufficient_balance');
      const confirmed = await admin.post(`/admin/v1/topups/${made.body.id}/confirm`, {
        payment_ref: 'wire-77',
        author: 'Ada Lovelace',
      });
      expect([confirmed.status, confirmed.body]).toMatchObject([200, { status: 'completed', payment_ref: 'wire-77' }]);
      expect((await customer.get(`/v1/topups/${made.body.id}`)).body).toMatchObject({ status: 'completed' });
      expect((await live.get<Problem>(`/v1/topups/${made.body.id}`)).status).toBe(404);
      const job = await customer.create(video);
      await customer.ended(job.body.id);
      const reversal = {
        payment_ref: 'wire-77',
        reversal_ref: 'recall-1',
        amount_usd: '0.20',
        reason: 'Recalled',
        author: 'Ada Lovelace',
      };
      expect((await admin.post(`/admin/v1/accounts/${account.account_id}/reversals`, reversal)).body).toMatchObject({
        owed_micros: 200_000,
        available_micros: 0,
      });
      expect((await customer.get<Balance>('/v1/balance')).body).toMatchObject({ owed_micros: 200_000 });
      const adjustment = {
        adjustment_ref: 'goodwill-1',
        amount_usd: '0.50',
        reason: 'Goodwill',
        author: 'Ada Lovelace',
      };
      expect((await admin.post(`/admin/v1/accounts/${account.account_id}/adjustments`, adjustment)).body).toMatchObject(
        { owed_micros: 0, available_micros: 300_000 },
      );
    });

    it('believes Stripe only with its signature', async () => {
      const event = { id: 'evt_1', object: 'event', type: 'customer.created', data: { object: {} } };
      const taken = await stripeSays(live, event);
      expect([taken.status, taken.body]).toEqual([200, { received: true }]);
      for (const signature of ['', 't=1,v1=00', signatureOf(JSON.stringify(event), Date.now() / 1_000 - 400)]) {
        const refused = await stripeSays(live, event, signature);
        expect([refused.status, refused.body.error]).toEqual([400, 'invalid_request']);
      }
    });

    it('closes every month on what it opened with and what moved', async () => {
      const { body } = await live.get<{ data: Statement[] }>('/v1/statements');
      expect(body.data.length).toBeGreaterThan(0);
      for (const month of body.data) {
        const sum =
          ['added', 'refunded', 'adjusted'].reduce(
            (total, name) => total + Number(month[`${name}_micros`]),
            month.opening_balance_micros,
          ) -
          Number(month.charged_micros) -
          Number(month.reversed_micros);
        expect(sum).toBe(month.closing_balance_micros);
      }
      const [latest] = body.data;
      const { available_micros: available, held_micros: held } = await balance();
      expect(latest!.closing_balance_micros).toBe(available + held);
      const { body: one } = await live.get<
        Statement & { lines: { data: { kind: string }[]; has_more: boolean; next_cursor: string } }
      >(`/v1/statements/${latest!.period}?limit=2`);
      expect(one.lines).toMatchObject({ data: [expect.anything(), expect.anything()], has_more: true });
      const rest = await live.get<typeof one>(
        `/v1/statements/${latest!.period}?limit=100&starting_after=${one.lines.next_cursor}`,
      );
      expect(rest.body.lines.data.at(-1)).toMatchObject({ kind: 'funds_added' });
      expect((await live.get('/v1/statements/1999-01')).status).toBe(404);
    });

    it('exports the events of an account, for anybody to check', async () => {
      expect((await admin.post('/admin/v1/ledger/roots')).status).toBe(201);
      const answer = await admin.get(`/admin/v1/accounts/${accountId}/export`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
      const lines = answer.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string; account_id?: string });
      expect(lines[0]).toMatchObject({ type: 'account', account_id: accountId });
      expect(lines.map(({ type }) => type)).toEqual(['account', ...Array(lines.length - 2).fill('event'), 'root']);
      expect((await admin.get('/admin/v1/accounts/acc_nobody/export')).status).toBe(404);
      const folder = mkdtempSync(join(tmpdir(), 'usv-export-'));
      try {
        writeFileSync(join(folder, 'export.ndjson'), answer.text);
        const { stdout } = await run(process.execPath, [
          join(root, 'services/ledger/verify-export.mjs'),
          join(folder, 'export.ndjson'),
        ]);
        expect(stdout).toContain('no difference');
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('agrees with itself', async () => {
      await agree('/admin/v1/ledger/verify');
      await agree('/admin/v1/reconcile?grace_seconds=0');
    });
  });
}
