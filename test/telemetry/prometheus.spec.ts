import { appendEvents, EMPTY_HEAD, inTransaction, openDatabase } from '@usvideo/event-store';
import { eventually, httpReceiver, type HttpReceiver } from '@usvideo/testing';
import { DASHBOARDS } from '../../deploy/observability/source/dashboards.ts';
import { ALL_ALERTS, rulesFile } from '../../deploy/observability/source/render.ts';
import { RECORDINGS } from '../../deploy/observability/source/service-levels.ts';
import { Customer } from '../e2e/customer';
import { ObservedPlatform } from './observed-platform';
import { hasPrometheus, PrometheusServer } from './prometheus-server';

const SMALL = { resolution: '480p', duration: 1 };
const panels = DASHBOARDS.flatMap((dashboard) => dashboard.panels);
/** Grafana's variables as it would fill them in for the last minutes. */
const filledIn = (expression: string) => expression.replaceAll('$__rate_interval', '1m').replaceAll('$__range', '10m');
/** The counters behind a figure that is an increase: what they counted since the process began, which is what its new tables hold. */
const sinceStart = (expression: string) => expression.replaceAll(/increase\((.*?)\[\$__range\]\)/g, '$1');
const panel = (title: string) => Object.values(panels.find((one) => one.title === title)!.queries)[0]!;

(hasPrometheus() ? describe : describeWithoutPrometheus)('what a real Prometheus reads of the platform under load', () => {
  let platform: ObservedPlatform;
  let prometheus: PrometheusServer;
  let customerServer: HttpReceiver;
  let collector: HttpReceiver;
  let live: Customer;
  let test: Customer;

  beforeAll(async () => {
    [customerServer, collector] = await Promise.all([httpReceiver(), httpReceiver()]);
    platform = await ObservedPlatform.start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    [live, test] = [Customer.live(platform.platform), Customer.test(platform.platform)];
    const rules = rulesFile(ALL_ALERTS.map((alert) => ({ ...alert, for: '0s' })), RECORDINGS);
    prometheus = await PrometheusServer.start([platform.operationsAddress], rules);
    await load();
  }, 240_000);

  afterAll(async () => {
    await prometheus.stop();
    await platform.dispose();
    await Promise.all([customerServer.stop(), collector.stop()]);
  });

  /** Live jobs with webhooks, test jobs that succeed and more of them that fail. */
  async function load(): Promise<void> {
    const orders = [
      ...Array.from({ length: 3 }, () => [live, 'a measured lighthouse'] as const), ...Array.from({ length: 4 }, () => [test, 'well'] as const),
      ...Array.from({ length: 9 }, () => [test, 'sandbox:fail=content_policy_violation'] as const),
    ];
    await Promise.all(orders.map(async ([customer, prompt]) => customer.ended((await customer.create({ ...SMALL, prompt, webhook_url: customerServer.url })).body.id)));
    await eventually(async () => (await count('webhooks', `select count(*) from delivery where status = 'pending'`)) === 0, { what: 'the webhooks', deadlineMs: 60_000 });
  }

  async function count(database: Parameters<ObservedPlatform['query']>[0], text: string): Promise<number> {
    return Number(Object.values((await platform.query<Record<string, unknown>>(database, text))[0]!)[0]);
  }

  const value = async (expression: string) => (await prometheus.query(expression)).reduce((sum, sample) => sum + sample.value, 0);

  it('answers every query of every dashboard and alert with data', async () => {
    const conditions = ALL_ALERTS.flatMap((alert) => [alert.value, ...(alert.and ?? []).map((condition) => condition.value)]);
    const queries = [...new Set([...panels.flatMap(({ queries: own }) => Object.values(own)), ...conditions])];
    expect(queries.length).toBeGreaterThan(80);
    let silent = queries;
    await eventually(async () => {
      const answered = await Promise.all(silent.map(async (query) => (await prometheus.query(filledIn(query))).some((sample) => !Number.isNaN(sample.value))));
      silent = silent.filter((_, index) => !answered[index]);
      return silent.length === 0;
    }, { what: 'data for every query', deadlineMs: 90_000 }).catch(() => expect(silent).toEqual([]));
  }, 120_000);

  it.each([
    ['Videos completed', 'scheduler', `select count(*) from job where state = 'completed'`],
    ['Jobs failed', 'scheduler', `select count(*) from job where state = 'failed'`],
    ['Creates accepted', 'scheduler', 'select count(*) from job'],
    ['Leases granted', 'scheduler', 'select sum(jsonb_array_length(attempts)) from job'],
    ['Holds placed', 'ledger', `select count(*) from event where kind = 'hold_placed'`],
    ['Holds settled', 'ledger', `select count(*) from hold where state <> 'pending'`],
    ['Pending holds', 'ledger', `select count(*) from hold where state = 'pending'`],
    ['Imbalance', 'ledger', 'select abs(sum(available_micros + held_micros + total_spend_micros) - (select sum(amount_micros) from payment)) from ledger_account'],
    ['Delivered', 'webhooks', `select count(*) from delivery where status = 'delivered'`],
    ['Events parked', 'ledger', 'select count(*) from parked_event'],
    ['Jobs waiting', 'scheduler', `select count(*) from job_queue where state = 'queued'`],
  ] as const)('shows in "%s" what SQL counts', async (title, database, text) => {
    const shown = sinceStart(panel(title));
    const counted = await count(database, text);
    await eventually(async () => Math.abs(await value(shown) - counted) < 0.5, { what: `${shown} to be ${counted}`, deadlineMs: 60_000 });
  }, 90_000);

  it('shows as productive the seconds that the attempts of completed jobs took', async () => {
    const counted = await count('scheduler', `select sum(extract(epoch from (a->>'endedAt')::timestamptz - (a->>'startedAt')::timestamptz))
      from job, jsonb_array_elements(attempts) a where state = 'completed'`);
    const shown = await value(sinceStart(panel('GPU-seconds productive')));
    // The scheduler counts from claim to commit, the worker from the lease to the answer: a busy machine takes its time between them.
    expect(shown).toBeGreaterThan(counted * 0.5);
    expect(shown).toBeLessThan(counted * 1.5);
  });

  it('fires each alert when its fault is there', async () => {
    const firing = async () => new Set((await prometheus.firing()).map(({ labels }) => labels.alertname!));
    // One missed scrape of a busy machine is an alert here, where none has to last.
    await eventually(async () => [...await firing()].every((name) => name === 'AttemptsFail'), { what: 'no alert', deadlineMs: 60_000 }).catch(async () => expect([...await firing()]).toEqual(['AttemptsFail']));
    const fired = new Set<string>();
    const held: (() => Promise<unknown>)[] = [];
    const expected = await injectFaults(held);
    try {
      await eventually(async () => {
        for (const name of await firing()) fired.add(name);
        return expected.every((name) => fired.has(name));
      }, { what: 'the alerts', deadlineMs: 120_000 }).catch(() => expect([...fired].sort()).toEqual([...expected].sort()));
    } finally {
      for (const release of held) await release();
    }
    await platform.platform.kill();
    await eventually(async () => (await firing()).has('TargetDown'), { what: 'the alert of a killed process', deadlineMs: 60_000 });
  }, 300_000);

  /** Real faults, all at once; those that hold a lock say how it is released. */
  async function injectFaults(held: (() => Promise<unknown>)[]): Promise<string[]> {
    const hold = async (database: 'scheduler' | 'webhooks', statement: string) => {
      const client = await platform.connect(database);
      held.push(async () => {
        await client.query('rollback');
        client.release();
      });
      await client.query('begin');
      await client.query(statement);
    };
    // A worker renders slowly and its leases lapse, twice; a customer's server fails and its webhook has been due for ten minutes.
    await loseLeases();
    await leaveWebhookDue();
    // A person changes a balance, and a counter, by hand.
    await platform.query('ledger', 'update ledger_account set available_micros = available_micros + 1');
    await platform.query('scheduler', `update account_slot set departed = departed - 1 where environment = 'test'`);
    // Dispatch finds its row locked, while slots are free; the job has waited for ten minutes.
    await hold('scheduler', 'select from account_class for update');
    const stuck = await live.create({ ...SMALL, prompt: 'never dispatched' });
    await platform.query('scheduler', `update job_queue set available_at = clock_timestamp() - interval '10 minutes' where job_id = $1`, [stuck.body.id]);
    // An event of a kind that no consumer knows, recorded five minutes ago: the ledger parks it, webhooks cannot move its watermark.
    await hold('webhooks', 'lock table consumer_watermark in exclusive mode');
    await recordUnknownEvent();
    // Vacuum is off for a table.
    await platform.query('ledger', 'create table neglected with (autovacuum_enabled = false) as select generate_series(1, 120000) as n');
    await platform.query('ledger', 'delete from neglected');
    // Traces are refused.
    collector.answerWith(400);
    // A table is gone: its loop fails, and so do the calls that read it.
    await platform.query('webhooks', 'alter table delivery rename to delivery_gone');
    // In one burst between two scrapes, as failures begin.
    await Promise.all(Array.from({ length: 60 }, () => live.get('/v1/webhooks/deliveries')));
    return [
      'LedgerImbalance', 'CounterDrift', 'GpuIdleWhileQueued', 'QueueTooOld', 'LeasesExpire', 'WebhooksWait', 'ConsumerParked', 'ConsumerLags', 'OutboxLags', 'PostgresDeadTuples',
      'SpansDropped', 'LoopFails', 'CallsFail', 'ApiAvailabilityBurnFast', 'AttemptsFail',
    ];
  }

  async function loseLeases(): Promise<void> {
    await Promise.all(Array.from({ length: 2 }, () => test.create({ ...SMALL, prompt: 'sandbox:slow=300' })));
    const lapsed = () => count('scheduler', `with lapsed as (update job_queue set lease_until = clock_timestamp() - interval '1 second' where state = 'leased' returning 1)
      select count(*) from lapsed`);
    const expiries = () => value('sum(usvideo_lease_expiries_total)');
    await eventually(async () => (await lapsed()) >= 0 && (await expiries()) >= 4, { what: 'four leases to lapse', deadlineMs: 60_000 });
  }

  async function leaveWebhookDue(): Promise<void> {
    customerServer.answerWith(503);
    await test.ended((await test.create({ ...SMALL, prompt: 'sandbox:fail=content_policy_violation', webhook_url: customerServer.url })).body.id);
    const tried = `select count(*) from delivery where status = 'pending' and attempts = 1`;
    await eventually(async () => (await count('webhooks', tried)) > 0, { what: 'a failed attempt', deadlineMs: 60_000 });
    await platform.query('webhooks', `update destination set next_due_at = clock_timestamp() + interval '1 hour'`);
    await platform.query('webhooks', `update delivery set next_attempt_at = clock_timestamp() - interval '10 minutes' where status = 'pending'`);
    await eventually(async () => (await value('max(usvideo_webhook_oldest_due_age_seconds)')) > 300, { what: 'its age to be seen', deadlineMs: 60_000 });
  }

  async function recordUnknownEvent(): Promise<void> {
    const database = openDatabase({ url: platform.urls.scheduler, poolSize: 1, applicationName: 'fault' }, () => undefined);
    const events = [{ kind: 'not_known_yet', payload: Buffer.alloc(0), traceparent: '' }];
    await inTransaction(database, (tx) => appendEvents(tx, new Date(Date.now() - 300_000), [
      { streamId: 'job_unknown', accountId: 'acc_unknown', environment: 'live', head: EMPTY_HEAD, events },
    ]));
    await database.end();
  }
});

/** Nothing can be tested: said loudly by `hasPrometheus`, and an error where CI runs. */
function describeWithoutPrometheus(name: string): void {
  describe(name, () => {
    it('is not tested on this machine, which has no Prometheus', () => expect(process.env.CI).not.toBe('true'));
  });
}
