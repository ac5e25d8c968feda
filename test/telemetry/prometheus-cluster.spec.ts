import { describeOwnKafka, eventually, type HttpReceiver, httpReceiver } from '@usvideo/testing';
import { ALL_ALERTS, rulesFile } from '../../deploy/observability/source/render.ts';
import { RECORDINGS } from '../../deploy/observability/source/service-levels.ts';
import { STRIPE } from '../e2e/billing';
import type { Cluster } from '../e2e/platform';
import { Faults } from './faults';
import { ObservedPlatform } from './observed-platform';
import { load, panelReadings, SMALL } from './panel-readings';
import { describePrometheus, PrometheusServer } from './prometheus-server';
import { SCALED_ALERTS } from './scaled-alerts';
import { TraceCollector } from './trace-collector';
import { tracesOfJobs } from './traced-jobs';

const ALERTED_MS = 120_000;
const GROUP_TIMEOUT_MS = 300_000;
/** How full the disk is that these tests run on is nobody's fault. */
const OF_THE_MACHINE = ['StoreFills', 'StoreFull'];

describePrometheus('with Prometheus', () =>
  describeOwnKafka('what it reads of a cluster under load', () => {
    let observed: ObservedPlatform<Cluster>;
    let cluster: Cluster;
    let prometheus: PrometheusServer;
    let customerServer: HttpReceiver;
    let failingServers: HttpReceiver[];
    let collector: TraceCollector;
    let faults: Faults;
    let startedMs: number;

    beforeAll(async () => {
      [customerServer, collector] = await Promise.all([httpReceiver(), TraceCollector.start()]);
      failingServers = await Promise.all(Array.from({ length: 6 }, () => httpReceiver()));
      startedMs = Date.now();
      observed = await ObservedPlatform.startCluster({
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        LEASE_MS: '5000',
        LOG_LEVEL: 'debug',
        ...STRIPE,
      });
      cluster = observed.platform;
      faults = new Faults(observed);
      prometheus = await PrometheusServer.start(observed.targets, rulesFile(SCALED_ALERTS, RECORDINGS));
      await load({ observed, prometheus, customerServer, startedMs });
    }, GROUP_TIMEOUT_MS);

    afterAll(async () => {
      await prometheus?.stop();
      await observed?.dispose();
      await Promise.all([customerServer, collector, ...failingServers].map((server) => server.stop()));
    }, GROUP_TIMEOUT_MS);

    panelReadings(() => ({ observed, prometheus, customerServer, startedMs }));

    describe('the trace of a job', () =>
      tracesOfJobs(() => ({ live: observed.live, customerServer, collector, log: () => cluster.logs })));

    /** Faults are made for real, in the parts they come from; the names of the alerts they must fire are what a test is about. */
    describe('fires', () => {
      const proven = new Set<string>();
      let lost: Awaited<ReturnType<Faults['loseHold']>>;

      afterEach(() => faults.release());

      async function fires(sinceMs: number, names: readonly string[]): Promise<void> {
        await eventually(
          async () => {
            const fired = await prometheus.firedSince(sinceMs);
            return names.every((name) => fired.has(name));
          },
          { what: names.join(', '), deadlineMs: ALERTED_MS },
        ).catch(async () => expect([...(await prometheus.firedSince(sinceMs))].sort()).toEqual([...names].sort()));
        for (const name of names) proven.add(name);
      }

      it(
        'none without a fault, but for attempts that the load failed on purpose',
        async () => {
          // One missed scrape of a busy machine is an alert here, where none has to last.
          const firing = async () => [...(await prometheus.firing())].filter((name) => !OF_THE_MACHINE.includes(name));
          await eventually(async () => (await firing()).join() === 'AttemptsFail', {
            what: 'nothing else',
            deadlineMs: ALERTED_MS,
          }).catch(async () => expect(await firing()).toEqual(['AttemptsFail']));
          proven.add('AttemptsFail');
        },
        GROUP_TIMEOUT_MS,
      );

      it(
        'when workers freeze and lose their leases, and traces are refused',
        async () => {
          const since = Date.now();
          collector.refuse();
          await faults.freezeWorkers(async () => (await prometheus.value('sum(usvideo_lease_expiries_total)')) > 3);
          await fires(since, ['LeasesExpire', 'SpansDropped']);
        },
        GROUP_TIMEOUT_MS,
      );

      it(
        'when a forgotten transaction keeps dispatch from its rows while slots are free',
        async () => {
          const since = Date.now();
          await faults.forgetTransaction('scheduler', 'begin', 'select from account_class for update');
          await observed.live.create({ ...SMALL, prompt: 'never dispatched' });
          await fires(since, ['GpuIdleWhileQueued', 'QueueTooOld', 'PostgresOldTransaction']);
        },
        GROUP_TIMEOUT_MS,
      );

      it(
        'when no worker is there, and live jobs fail at their deadline',
        async () => {
          const since = Date.now();
          await cluster.type('stop render-fleet');
          await observed.live.create({ ...SMALL, prompt: 'never rendered' });
          await faults.failLiveJobs();
          await fires(since, [
            'NoWorkers',
            'TargetDown',
            'JobSuccessBurnFast',
            'JobSuccessBurnSlow',
            'JobSuccessBurnLow',
          ]);
        },
        GROUP_TIMEOUT_MS,
      );

      it(
        'when a person changes money, counters and watermarks by hand',
        async () => {
          const since = Date.now();
          lost = await faults.loseHold();
          await faults.loseHoldOfWaiting();
          await observed.query('ledger', 'update ledger_account set available_micros = available_micros + 1');
          await observed.admin.get('/admin/v1/ledger/verify');
          await observed.query(
            'scheduler',
            `update account_slot set departed = departed - 1 where environment = 'test'`,
          );
          await faults.loseHeardEvents();
          await faults.payInAnotherCurrency();
          await fires(since, [
            'VerdictsRefused',
            'JobsWithoutHold',
            'PaymentNewsRefused',
            'ConsumerParked',
            'EventsUndelivered',
            'ReconciliationDiffers',
            'LedgerDiffers',
            'LedgerImbalance',
            'CounterDrift',
          ]);
        },
        GROUP_TIMEOUT_MS,
      );

      it(
        'no more of parked events, once their cause is mended and an operator has had them replayed',
        async () => {
          const { admin } = observed;
          const parked = await admin.get<{ data: { stream_id: string; kind: string; reason: string }[] }>(
            '/admin/v1/consumers/ledger/parked',
          );
          expect(parked.body.data).toMatchObject([
            { stream_id: lost.id, kind: 'job_cancelled', reason: expect.stringContaining('hold_unknown') },
          ]);
          const replay = () => admin.post('/admin/v1/consumers/ledger/replay', { stream_id: lost.id });
          expect((await replay()).body).toMatchObject({ replayed: 0, still_parked: [lost.id] });
          await lost.bringBack();
          expect((await replay()).body).toMatchObject({ replayed: 1, still_parked: [] });
          expect(
            await observed.count('ledger', `select count(*) from hold where job_id = $1 and state = 'released'`, [
              lost.id,
            ]),
          ).toBe(1);
          await eventually(
            async () => {
              const firing = await prometheus.firing();
              return !firing.has('ConsumerParked') && !firing.has('EventsUndelivered');
            },
            { what: 'the alerts to end', deadlineMs: ALERTED_MS },
          );
        },
        GROUP_TIMEOUT_MS,
      );

      it(
        'when a publisher is restored from a backup that lacks what was heard',
        async () => {
          const since = Date.now();
          await faults.restoreAccounts();
          await fires(since, ['ConsumerHalted']);
          for (const consumer of ['scheduler', 'webhooks'])
            await observed.admin.post(`/admin/v1/consumers/${consumer}/adopt`);
          await eventually(async () => !(await prometheus.firing()).has('ConsumerHalted'), {
            what: 'the alert to end',
            deadlineMs: ALERTED_MS,
          });
        },
        GROUP_TIMEOUT_MS,
      );

      it(
        "when customers' servers fail and events do not get through",
        async () => {
          const since = Date.now();
          await faults.failWebhooks(failingServers, 5);
          await fires(since, ['WebhooksFail']);
          await faults.forgetTransaction('webhooks', 'begin', 'lock table delivery in share row exclusive mode');
          await faults.oweWebhook(customerServer.url);
          await eventually(async () => (await observed.count('webhooks', 'select count(*) from feed_intent')) > 0, {
            what: 'a body to be owed',
            deadlineMs: ALERTED_MS,
          });
          await faults.forgetTransaction('webhooks', 'begin', 'lock table consumer_watermark in exclusive mode');
          await faults.oweWebhook(customerServer.url);
          await cluster.type('stop kafka');
          await faults.oweWebhook(customerServer.url);
          await fires(since, ['WebhooksWait', 'ConsumerLags', 'OutboxLags']);
        },
        GROUP_TIMEOUT_MS,
      );

      it(
        'when a database is neglected, full, or lacks a table',
        async () => {
          const since = Date.now();
          await faults.neglectTables();
          await faults.failRequests();
          await faults.takeConnections();
          await fires(since, [
            'PostgresDeadTuples',
            'PostgresOldSnapshot',
            'PostgresConnections',
            'LoopFails',
            'CallsFail',
            'ApiAvailabilityBurnFast',
            'ApiAvailabilityBurnSlow',
            'ApiAvailabilityBurnLow',
          ]);
        },
        GROUP_TIMEOUT_MS,
      );

      // They need a second replica, a day, or a machine's disk: `rules.spec.ts` proves them on series.
      const ELSEWHERE = [
        'ReplicaDown',
        'VerificationOverdue',
        'ReconciliationOverdue',
        'TableTooBig',
        ...OF_THE_MACHINE,
      ];

      it('and these were all but those that cannot be made here', () => {
        expect([...proven, ...ELSEWHERE].sort()).toEqual(ALL_ALERTS.map(({ name }) => name).sort());
      });
    });
  }),
);
