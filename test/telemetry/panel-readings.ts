import { eventually, type HttpReceiver } from '@usvideo/testing';
import { DASHBOARDS } from '../../deploy/observability/source/dashboards.ts';
import { ALL_ALERTS } from '../../deploy/observability/source/render.ts';
import type { ObservedPlatform } from './observed-platform';
import type { PrometheusServer } from './prometheus-server';

export const SMALL = { resolution: '480p', duration: 1 };
const REFUSED_CONTENT = 'sandbox:fail=content_policy_violation';
const PROVEN_MS = 90_000;

const panels = DASHBOARDS.flatMap((dashboard) => dashboard.panels);
/** Grafana's variables as it would fill them in for the last minutes. */
const filledIn = (expression: string) => expression.replaceAll('$__rate_interval', '1m').replaceAll('$__range', '10m');
/** The counters behind a figure that is an increase: what they counted since the process began, which is what its new tables hold. */
const sinceStart = (expression: string) => expression.replaceAll(/increase\((.*?)\[\$__range\]\)/g, '$1');
const panel = (title: string) => sinceStart(Object.values(panels.find((one) => one.title === title)!.queries)[0]!);

/** A platform under Prometheus, and a customer's server. */
export interface Watched {
  readonly observed: ObservedPlatform;
  readonly prometheus: PrometheusServer;
  readonly customerServer: HttpReceiver;
  /** Before which the platform was not there. */
  readonly startedMs: number;
}

/** Live jobs with webhooks, test jobs that succeed and more of them that fail. */
export async function load({ observed, prometheus, customerServer }: Watched): Promise<void> {
  const { live, test } = observed;
  const orders = [
    ...Array.from({ length: 3 }, () => [live, 'a measured lighthouse'] as const),
    ...Array.from({ length: 4 }, () => [test, 'well'] as const),
    ...Array.from({ length: 9 }, () => [test, REFUSED_CONTENT] as const),
  ];
  for (const look of ['ledger/verify', 'reconcile']) await observed.admin.get(`/admin/v1/${look}`);
  const order = async ([customer, prompt]: (typeof orders)[number]) =>
    customer.ended((await customer.create({ ...SMALL, prompt, webhook_url: customerServer.url })).body.id);
  // A rate needs two observations: those that come first, of a histogram that nothing was observed in before, are none.
  const [first, second] = [orders.slice(2, 4), [...orders.slice(0, 2), ...orders.slice(4)]];
  await Promise.all(first.map(order));
  await eventually(async () => (await prometheus.value('sum(usvideo_render_seconds_count)')) === first.length, {
    what: 'the first renders to be read',
    deadlineMs: PROVEN_MS,
  });
  await Promise.all(second.map(order));
  await eventually(
    async () => (await observed.count('webhooks', `select count(*) from delivery where status = 'pending'`)) === 0,
    { what: 'the webhooks', deadlineMs: PROVEN_MS },
  );
}

/** What a real Prometheus has to read of the platform after the load, whichever way it runs. */
export function panelReadings(watched: () => Watched): void {
  const value = (expression: string) => watched().prometheus.value(expression);

  it('answers every query of every dashboard and alert with data', async () => {
    const conditions = ALL_ALERTS.flatMap((alert) => [
      alert.value,
      ...(alert.and ?? []).map((condition) => condition.value),
    ]);
    const queries = [...new Set([...panels.flatMap(({ queries: own }) => Object.values(own)), ...conditions])];
    expect(queries.length).toBeGreaterThan(80);
    let silent = queries;
    await eventually(
      async () => {
        const answered = await Promise.all(
          silent.map(async (query) =>
            (await watched().prometheus.query(filledIn(query))).some((sample) => !Number.isNaN(sample.value)),
          ),
        );
        silent = silent.filter((_, index) => !answered[index]);
        return silent.length === 0;
      },
      { what: 'data for every query', deadlineMs: PROVEN_MS },
    ).catch(() => expect(silent).toEqual([]));
  }, 120_000);

  it.each([
    ['Videos completed', 'scheduler', `select count(*) from job where state = 'completed'`],
    ['Jobs failed', 'scheduler', `select count(*) from job where state = 'failed'`],
    ['Creates accepted', 'scheduler', 'select count(*) from job'],
    ['Leases granted', 'scheduler', 'select sum(jsonb_array_length(attempts)) from job'],
    ['Holds placed', 'ledger', `select count(*) from event where kind = 'hold_placed'`],
    ['Holds settled', 'ledger', `select count(*) from hold where state <> 'pending'`],
    ['Pending holds', 'ledger', `select count(*) from hold where state = 'pending'`],
    [
      'Imbalance',
      'ledger',
      'select abs(sum(available_micros + held_micros + total_spend_micros) - (select sum(amount_micros) from payment)) from ledger_account',
    ],
    ['Delivered', 'webhooks', `select count(*) from delivery where status = 'delivered'`],
    ['Events parked', 'ledger', 'select count(*) from parked_event'],
  ] as const)(
    'shows in "%s" what SQL counts',
    async (title, database, text) => {
      const counted = await watched().observed.count(database, text);
      await eventually(async () => Math.abs((await value(panel(title))) - counted) < 0.5, {
        what: `${panel(title)} to be ${counted}`,
        deadlineMs: PROVEN_MS,
      });
    },
    120_000,
  );

  it('shows as productive the seconds that the attempts of completed jobs took, and no less as paid', async () => {
    const counted = await watched().observed.count(
      'scheduler',
      `select sum(extract(epoch from (a->>'endedAt')::timestamptz - (a->>'startedAt')::timestamptz))
      from job, jsonb_array_elements(attempts) a where state = 'completed'`,
    );
    const productive = await value(panel('GPU-seconds productive'));
    // The scheduler counts from claim to commit, the worker from the lease to the answer: a busy machine takes its time between them.
    expect(productive).toBeGreaterThan(counted * 0.5);
    expect(productive).toBeLessThan(counted * 1.5);
    const [paid, slots] = [await value(panel('GPU-seconds paid')), await value('sum(usvideo_worker_slots)')];
    expect(paid).toBeGreaterThan(productive);
    expect(paid).toBeLessThan((slots * (Date.now() - watched().startedMs)) / 1_000);
  });

  it('shows how many jobs wait and for how long, as their rows say', async () => {
    const { observed } = watched();
    const lock = await observed.connect('scheduler');
    await lock.query('begin');
    try {
      // Dispatch finds its rows locked.
      await lock.query('select from account_class for update');
      for (const prompt of ['first', 'second', 'third']) await observed.live.create({ ...SMALL, prompt });
      const oldest = `select extract(epoch from clock_timestamp() - min(available_at)) from job_queue where state = 'queued'`;
      await eventually(
        async () => {
          const [waiting, age, rows, rowAge] = [
            await value(panel('Jobs waiting')),
            await value(panel('Oldest job waiting')),
            await observed.count('scheduler', `select count(*) from job_queue where state = 'queued'`),
            await observed.count('scheduler', oldest),
          ];
          // The scheduler looks every five seconds and counts from the first look that saw them, Prometheus every two.
          return waiting === 3 && rows === 3 && age > 0 && age <= rowAge && rowAge - age < 15;
        },
        { what: 'three jobs to wait in Prometheus and in the table', deadlineMs: PROVEN_MS },
      );
    } finally {
      await lock.query('rollback');
      lock.release();
    }
    await eventually(async () => (await value(panel('Jobs waiting'))) === 0, {
      what: 'the jobs to be dispatched',
      deadlineMs: PROVEN_MS,
    });
  }, 200_000);
}
