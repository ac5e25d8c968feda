import pg from 'pg';
import { eventually, type HttpReceiver } from '@usvideo/testing';
import { stripeSays } from '../e2e/billing';
import { Customer } from '../e2e/customer';
import type { Cluster } from '../e2e/platform';
import { Restoring } from '../e2e/restoring';
import { type DatabaseName, type ObservedPlatform } from './observed-platform';
import { SMALL } from './panel-readings';

const DEADLINE_MS = 90_000;
/** Above the highest floor of the burn rates, 500 events. */
const BURNT = 520;
const AT_ONCE = 20;

/** Breaks a running cluster on purpose. What holds on to something is let go of by `release`. */
export class Faults {
  private readonly held: (() => Promise<unknown>)[] = [];
  private colleague: Promise<Customer> | undefined;

  constructor(private readonly observed: ObservedPlatform<Cluster>) {}

  /** Ends every lock and every connection that was taken. */
  async release(): Promise<void> {
    for (const letGo of this.held.splice(0)) await letGo();
  }

  /** A transaction that somebody forgot. */
  async forgetTransaction(database: DatabaseName, begin: string, statement: string): Promise<void> {
    const client = await this.observed.connect(database);
    this.held.push(async () => {
      await client.query('rollback');
      client.release();
    });
    await client.query(begin);
    await client.query(statement);
  }

  /** The limits of a customer who orders a lot, all of it doomed: nothing renders it before its deadline. */
  async failLiveJobs(): Promise<void> {
    const { live, admin } = this.observed;
    const {
      body: { account_id: account },
    } = await live.get<{ account_id: string }>('/v1/account');
    const limits = { environment: 'live', creates_per_minute: 100_000, queued_jobs: 10_000, reads_per_minute: 100_000 };
    const answer = await admin.put(`/admin/v1/accounts/${account}/limits`, limits);
    if (answer.status !== 200) throw new Error(`raising limits answered ${answer.status}: ${answer.text}`);
    for (let made = 0; made < BURNT; made += AT_ONCE) {
      const answers = await Promise.all(
        Array.from({ length: AT_ONCE }, () => live.create({ ...SMALL, prompt: 'too late', deadline_seconds: 10 })),
      );
      const refused = answers.find(({ status }) => status !== 202);
      if (refused !== undefined) throw new Error(`a create answered ${refused.status}: ${refused.text}`);
    }
  }

  /** As many requests as burn any budget, each of which needs a table that is gone. */
  async failRequests(): Promise<void> {
    await this.observed.query('webhooks', 'alter table delivery rename to delivery_gone');
    for (let made = 0; made < BURNT; made += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => this.observed.live.get('/v1/webhooks/deliveries')));
    }
  }

  /**
   * Somebody deletes a hold by hand; then its job is cancelled, and the ledger knows nothing of what it is to release.
   * Answers the job, and what brings its hold back.
   */
  async loseHold(): Promise<{ id: string; bringBack: () => Promise<unknown> }> {
    const { live, admin } = this.observed;
    const lost = await this.jobWithoutHold();
    await live.post(`/v1/videos/${lost.id}/cancel`);
    const { body } = await admin.get<{ differences: string[] }>('/admin/v1/reconcile?grace_seconds=0');
    if (!body.differences.some((difference) => difference.includes(lost.id)))
      throw new Error(`the reconciliation does not name ${lost.id}: ${body.differences.join('; ')}`);
    return lost;
  }

  /** The same of a job that goes on waiting, until the fault is over. */
  async loseHoldOfWaiting(): Promise<void> {
    this.held.push((await this.jobWithoutHold()).bringBack);
  }

  private async jobWithoutHold(): Promise<{ id: string; bringBack: () => Promise<unknown> }> {
    const { live } = this.observed;
    const { id } = done(await live.create({ ...SMALL, prompt: 'its hold is lost' }));
    const [lost] = await this.observed.query<{ hold: object }>(
      'ledger',
      'delete from hold where job_id = $1 returning to_jsonb(hold) as hold',
      [id],
    );
    return {
      id,
      bringBack: () =>
        this.observed.query('ledger', 'insert into hold select * from jsonb_populate_record(null::hold, $1)', [
          JSON.stringify(lost!.hold),
        ]),
    };
  }

  /** Somebody changes by hand what the scheduler remembers of the accounts' log: it has heard events that are not there. */
  async loseHeardEvents(): Promise<void> {
    const { observed } = this;
    const changed = await observed.query(
      'scheduler',
      `update consumer_watermark set event_id = 'gone:' || event_id where consumer = 'scheduler' and seq > 0 returning shard`,
    );
    if (changed.length === 0) throw new Error('the scheduler has heard nothing yet');
    this.held.push(() =>
      observed.query(
        'scheduler',
        `update consumer_watermark set event_id = substr(event_id, 6) where event_id like 'gone:%'`,
      ),
    );
  }

  /** Stripe says that a top-up was paid, in a currency that no balance is kept in. */
  async payInAnotherCurrency(): Promise<void> {
    const { live } = this.observed;
    const {
      body: { account_id: account },
    } = await live.get<{ account_id: string }>('/v1/account');
    await this.observed.query(
      'ledger',
      `insert into top_up (top_up_id, account_id, amount_micros, provider, status, author) values ('top_in_euro', $1, 10000000, 'stripe', 'pending', 'customer')`,
      [account],
    );
    const session = {
      id: 'cs_1',
      object: 'checkout.session',
      client_reference_id: 'top_in_euro',
      metadata: { top_up_id: 'top_in_euro' },
      payment_intent: 'pi_1',
      payment_status: 'paid',
      amount_total: 1_000,
      currency: 'eur',
    };
    const { status, text } = await stripeSays(live, {
      id: 'evt_1',
      object: 'event',
      type: 'checkout.session.completed',
      data: { object: session },
    });
    if (status === 200) throw new Error(`an event in another currency was taken: ${text}`);
  }

  /** Limits are set, heard and lost. */
  async restoreAccounts(): Promise<void> {
    const { admin, live, platform } = this.observed;
    const {
      body: { account_id: account },
    } = await live.get<{ account_id: string }>('/v1/account');
    const heard = () => this.observed.count('scheduler', 'select sum(seq) from consumer_watermark');
    const restoring = new Restoring(platform, 'accounts');
    await restoring.backUp();
    const before = await heard();
    await eventually(
      async () =>
        (await admin.put(`/admin/v1/accounts/${account}/limits`, { environment: 'live', queued_jobs: 9_000 }))
          .status === 200,
      {
        what: 'the limits to be changed',
        deadlineMs: DEADLINE_MS,
      },
    );
    await eventually(async () => (await heard()) > before, { what: 'the limits to be heard', deadlineMs: DEADLINE_MS });
    await restoring.bringBack();
    const { code, output } = await restoring.command('second');
    if (code !== 0) throw new Error(`the restore command ended with ${code}: ${output}`);
    await restoring.start();
  }

  /** An ended job that owes a webhook, without a worker. */
  async oweWebhook(url: string): Promise<void> {
    const { test } = this.observed;
    // A URL hears of a cancellation by another key than the job's own.
    this.colleague ??= test
      .post<{ secret: string }>('/v1/api-keys', { name: 'colleague', scopes: ['videos'] })
      .then((made) => new Customer(test.url, done(made).secret));
    const { id } = done(await test.create({ ...SMALL, prompt: 'sandbox:slow=300 cancelled', webhook_url: url }));
    done(await (await this.colleague).post(`/v1/videos/${id}/cancel`));
  }

  /** Servers of one customer, all of which fail. */
  async failWebhooks(servers: readonly HttpReceiver[], each: number): Promise<void> {
    for (const server of servers) server.answerWith(503);
    await Promise.all(servers.flatMap((server) => Array.from({ length: each }, () => this.oweWebhook(server.url))));
  }

  /** Connections of some tool, until more than four fifths of what the server admits are taken. */
  async takeConnections(): Promise<void> {
    const { observed } = this;
    const [max, taken] = [
      await observed.count('accounts', 'show max_connections'),
      await observed.count('accounts', `select count(*) from pg_stat_activity where backend_type = 'client backend'`),
    ];
    const clients = Array.from(
      { length: Math.ceil(max * 0.84) - taken },
      () => new pg.Client({ connectionString: observed.urls.accounts }),
    );
    this.held.push(() => Promise.all(clients.map((client) => client.end())));
    for (const client of clients) await client.connect();
  }

  /** A snapshot stays open; meanwhile every row of a table dies with vacuum off, and every subtransaction takes a number. */
  async neglectTables(): Promise<void> {
    const { observed } = this;
    await this.forgetTransaction('ledger', 'begin isolation level repeatable read', 'select 1');
    await observed.query(
      'ledger',
      'create table neglected with (autovacuum_enabled = false) as select generate_series(1, 120000) as n',
    );
    await observed.query('ledger', 'delete from neglected');
    await observed.query(
      'ledger',
      `do $$ begin
      for i in 1..3000 loop
        begin insert into neglected values (i); exception when division_by_zero then null; end;
      end loop;
    end $$`,
    );
  }

  /** Workers stand still with their leases, long enough to lose them. */
  async freezeWorkers(lapsed: () => Promise<boolean>): Promise<void> {
    const { observed } = this;
    const { test, platform } = observed;
    await Promise.all(Array.from({ length: 4 }, () => test.create({ ...SMALL, prompt: 'sandbox:slow=300' })));
    await eventually(
      async () => (await observed.count('scheduler', `select count(*) from job_queue where state = 'leased'`)) === 4,
      { what: 'four leases', deadlineMs: DEADLINE_MS },
    );
    await platform.type('pause render-fleet');
    try {
      await eventually(lapsed, { what: 'the leases to lapse', deadlineMs: DEADLINE_MS });
    } finally {
      await platform.type('resume render-fleet');
    }
  }
}

/** A fault that was refused is none. */
function done<Body>({
  status,
  text,
  body,
}: {
  readonly status: number;
  readonly text: string;
  readonly body: Body;
}): Body {
  if (status >= 300) throw new Error(`${status}: ${text}`);
  return body;
}
