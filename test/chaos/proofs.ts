import { verifyLog } from '@usvideo/event-store';
import pg from 'pg';
import type { AccountChanges } from './account-changes.ts';
import { send } from './api.ts';
import { type DisturbableCluster, SERVICES_WITH_EVENTS } from './disturbable-cluster.ts';
import { CONSUMPTIONS, TOPICS } from './faults.ts';
import type { JobHistory } from './job-history.ts';
import type { Load } from './load.ts';

export interface Proof {
  readonly name: string;
  /** Of what was looked at; a proof that looked at nothing proves nothing. */
  readonly checked: number;
  readonly of: string;
  readonly faults: readonly string[];
}

export interface Evidence {
  readonly disturbed: DisturbableCluster;
  readonly load: Load;
  readonly changes: AccountChanges;
  /** Of every job of the run's accounts. */
  readonly histories: ReadonlyMap<string, JobHistory>;
}

const VERIFY_WITHIN = 3;

/** What operators have: the verifier and the reconciler on the admin port. */
export async function operatorProofs({ disturbed }: Evidence): Promise<Proof[]> {
  const verified = await ask(disturbed, '/admin/v1/ledger/verify');
  const reconciled = await ask(disturbed, '/admin/v1/reconcile?grace_seconds=0');
  const differences = (body: Record<string, unknown>) => body.differences as string[];
  const sum = verified.postings_sum_micros === 0 ? [] : [`the postings sum to ${String(verified.postings_sum_micros)}`];
  return [
    {
      name: 'Σ postings = 0, and every ledger table follows from its events',
      checked: Number(verified.events_checked),
      of: 'events',
      faults: [...sum, ...differences(verified)],
    },
    {
      name: 'jobs and money agree (reconciler)',
      checked: Number(reconciled.jobs_checked),
      of: 'jobs',
      faults: differences(reconciled),
    },
  ];
}

async function ask(disturbed: DisturbableCluster, path: string): Promise<Record<string, unknown>> {
  const {
    adminUrl: url,
    cluster: {
      credentials: { admin_token: token },
    },
  } = disturbed;
  for (let tries = 1; ; tries++) {
    const answer = await send('GET', `${url}${path}`, token);
    if (answer?.status === 200) return answer.body;
    if (tries === VERIFY_WITHIN)
      throw new Error(`${path} was answered ${answer?.status ?? 'with nothing'} ${JSON.stringify(answer?.body)}`);
  }
}

/** Sequences, versions and hashes of all four logs. */
export async function logProof({ disturbed }: Evidence): Promise<Proof> {
  const faults: string[] = [];
  let checked = 0;
  for (const service of SERVICES_WITH_EVENTS) {
    const pool = new pg.Pool({ connectionString: disturbed.cluster.databaseUrls[service], max: 1, types: bigints });
    const found = await verifyLog(pool);
    await pool.end();
    checked += Number(found.eventsChecked);
    faults.push(...found.differences.map((difference) => `${service}: ${difference}`));
  }
  return { name: 'logs are gapless and chained', checked, of: 'events', faults };
}

const INT8 = 20;
const bigints = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? BigInt : pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig;

/** Every event that a consumer isRelevant was heard, none is set aside, and what it heard last is what the log has there. */
export async function deliveryAuditProof({ disturbed }: Evidence): Promise<Proof> {
  const faults: string[] = [];
  let checked = 0;
  for (const { consumer, topic, relevant } of CONSUMPTIONS) {
    const log = await disturbed.sql<{
      stream_id: string;
      shard: number;
      shard_seq: string;
      event_id: string;
      heeded: boolean;
    }>(TOPICS[topic], `select stream_id, shard, shard_seq, event_id, ${relevant} as heeded from event`);
    const at = new Map(log.map(({ shard, shard_seq: seq, event_id: id }) => [`${shard}/${seq}`, id]));
    const marks = await disturbed.sql<{ shard: number; seq: string; event_id: string }>(
      consumer,
      'select shard, seq, event_id from consumer_watermark where topic = $1 and consumer = $2',
      [topic, consumer],
    );
    const heard = new Map(marks.map(({ shard, seq }) => [shard, Number(seq)]));
    checked += marks.length;
    for (const { shard, seq, event_id: id } of marks)
      if (Number(seq) > 0 && at.get(`${shard}/${seq}`) !== id)
        faults.push(`${consumer} heard event ${shard}/${seq} of ${topic} as ${id}, which is not in the log`);
    for (const { stream_id: stream, shard, shard_seq: seq, heeded } of log)
      if (heeded && Number(seq) > (heard.get(shard) ?? 0))
        faults.push(`${consumer} has not heard event ${shard}/${seq} of ${topic}, about ${stream}`);
    const parked = await disturbed.sql<{ stream_id: string; kind: string; reason: string }>(
      consumer,
      'select stream_id, kind, reason from parked_event',
    );
    for (const { stream_id: stream, kind, reason } of parked)
      faults.push(`${consumer} set ${kind} of ${stream} aside: ${reason}`);
  }
  return { name: 'every event was heard once, none is set aside', checked, of: 'watermarks', faults };
}
