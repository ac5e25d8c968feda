import { rmSync } from 'node:fs';
import { describeOwnKafka, eventually, type HttpReceiver, httpReceiver } from '@usvideo/testing';
import type { Job } from './customer';
import { Cluster } from './platform';
import { PUBLISHERS, Restoring } from './restoring';
import { ServerBackup } from './server-backup';
import { register, type Stage, START_TIMEOUT_MS } from './stage';

const SHORT = { resolution: '480p', duration: 1 };
const STEP_TIMEOUT_MS = 240_000;
const STATEFUL = [...PUBLISHERS, 'webhooks'];
const CONSUMERS = ['ledger', 'webhooks', 'scheduler'];
/** What an asynchronous standby lacks at least. */
const COMMITS_LOST_MIN = 100;

/** `docs/operations/backup.md`, followed for all databases at once and for Kafka. Each test goes on from the one before. */
describeOwnKafka('a platform that lost what it stands on', () => {
  let cluster: Cluster;
  let receiver: HttpReceiver;
  let stage: Stage;
  let backup: ServerBackup;

  beforeAll(async () => {
    receiver = await httpReceiver();
    cluster = await Cluster.start({ LOG_LEVEL: 'info' });
    backup = new ServerBackup(cluster);
    stage = await register(cluster);
    await backup.archiveFromHereOn();
  }, START_TIMEOUT_MS + STEP_TIMEOUT_MS);
  afterAll(async () => {
    await receiver.stop();
    await cluster?.dispose();
    backup?.dispose();
  }, START_TIMEOUT_MS);

  /** The gateway needs a moment to find services that have just started. */
  async function ordered(prompt: string): Promise<string> {
    const path = prompt.replaceAll(' ', '-');
    return eventually(async () => {
      const { status, body } = await stage.live.create({ ...SHORT, prompt, webhook_url: `${receiver.url}/${path}` }, { 'idempotency-key': path });
      return status === 202 && body.id;
    }, { what: `a job for "${prompt}" to be accepted`, deadlineMs: 60_000 });
  }
  const told = (prompt: string) => receiver.requests.filter(({ path }) => path === `/${prompt.replaceAll(' ', '-')}`).length;
  const heard = (prompt: string) => eventually(() => told(prompt) === 1, { what: `the webhook of "${prompt}"`, deadlineMs: 120_000 });
  const finished = async (prompt: string): Promise<Job> => {
    const job = await stage.live.ended(await ordered(prompt));
    expect([job.status, job.billing]).toEqual(['completed', expect.objectContaining({ state: 'charged' })]);
    await heard(prompt);
    return job;
  };
  const known = async ({ id }: Job) => (await stage.live.get(`/v1/videos/${id}`)).status;
  const each = async (act: (service: string) => Promise<unknown>) => { for (const service of STATEFUL) await act(service); };
  const transaction = async () => BigInt(await cluster.ask('scheduler', 'select pg_current_xact_id()::text'));

  /** The epoch of all that is published, given anew: Kafka has events of a history that was given up. */
  async function renewEpochs(): Promise<number> {
    let lost = 0;
    for (const service of PUBLISHERS) {
      // The right to publish that the backup has may last a moment longer.
      const { output } = await eventually(async () => {
        const done = await new Restoring(cluster, service).command('--confirm');
        return done.code === 0 ? done : undefined;
      }, { what: `a new epoch of ${service}`, deadlineMs: 60_000 });
      for (const [, events] of output.matchAll(/(\d+) events are lost/g)) lost += Number(events);
    }
    return lost;
  }

  async function expectWhole(): Promise<void> {
    for (const consumer of CONSUMERS) expect([consumer, (await stage.admin.get<{ data: unknown[] }>(`/admin/v1/consumers/${consumer}/restored`)).body.data]).toEqual([consumer, []]);
    const verified = await stage.admin.get<{ differences: string[]; postings_sum_micros: number }>('/admin/v1/ledger/verify');
    expect([verified.body.differences, verified.body.postings_sum_micros]).toEqual([[], 0]);
    await eventually(async () => {
      const { body } = await stage.admin.get<{ under_way: number; differences: string[] }>('/admin/v1/reconcile?grace_seconds=0');
      expect([body.differences, body.under_way]).toEqual([[], 0]);
      return true;
    }, { what: 'the reconciliation to be green', deadlineMs: 60_000 });
  }

  it('is brought back to a moment between two backups, while Kafka remembers more', async () => {
    const copied = await finished('in the copy');
    await backup.copy();
    const archived = await finished('in the archive');
    await backup.mark('moment');
    const after = await finished('after the moment');
    await each((service) => cluster.stopPart(service));
    await cluster.stopPart('postgres');
    await backup.bringBack('moment');
    expect(await renewEpochs()).toBeGreaterThan(0);
    await each((service) => cluster.startPart(service));
    await finished('once it was brought back');
    expect([await known(copied), await known(archived), await known(after)]).toEqual([200, 200, 404]);
    await expectWhole();
    expect([told('in the copy'), told('in the archive'), told('after the moment')]).toEqual([1, 1, 1]);
  }, STEP_TIMEOUT_MS);

  it('goes on with a standby that lacks the last commits of a server that was killed', async () => {
    await backup.archiveFromHereOn();
    await backup.copy();
    const shipped = await finished('shipped to the standby');
    await backup.mark('shipped');
    await backup.cutOff();
    const before = await transaction();
    const lost = await finished('not shipped');
    for (let number = 1; await transaction() - before < COMMITS_LOST_MIN; number++) await finished(`not shipped either ${number}`);
    await cluster.type('kill postgres');
    await each((service) => cluster.stopPart(service));
    await cluster.stopPart('postgres');
    await backup.bringBack();
    expect(await renewEpochs()).toBeGreaterThan(0);
    await each((service) => cluster.startPart(service));
    await finished('once the standby was promoted');
    expect([await known(shipped), await known(lost)]).toEqual([200, 404]);
    await expectWhole();
  }, STEP_TIMEOUT_MS);

  it('tells again from its tables what Kafka lost, to the last event', async () => {
    const before = await finished('while Kafka was there');
    await cluster.stopPart('kafka');
    const meanwhile = await stage.live.ended(await ordered('while Kafka was away'));
    expect(meanwhile.status).toBe('completed');
    rmSync(cluster.inState('kafka', 'log'), { recursive: true });
    await cluster.startPart('kafka');
    await heard('while Kafka was away');
    await finished('on an empty Kafka');
    expect([await known(before), told('while Kafka was there')]).toEqual([200, 1]);
    await expectWhole();
  }, STEP_TIMEOUT_MS);
});
