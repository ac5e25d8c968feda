import { setTimeout as delay } from 'node:timers/promises';
import { AccountEvent } from '@usvideo/contracts/accounts';
import type { AccountChanges } from './account-changes.ts';
import { send } from './api.ts';
import { PER_MINUTE } from './load.ts';
import type { Evidence, Proof } from './proofs.ts';

type Event = NonNullable<AccountEvent['event']>;
type Told = Event & { readonly accountId: string };

/** What operators and account holders were told about limits and keys is what the log says, and what was refused is not in it. */
export async function accountAnswersProof({ disturbed, load, changes }: Evidence): Promise<Proof> {
  const rows = await disturbed.sql<{ account_id: string; payload: Buffer }>(
    'accounts',
    'select account_id, payload from event where account_id = any($1) order by stream_id, version',
    [load.accountIds],
  );
  const events = rows.map(({ account_id: accountId, payload }): Told => ({
    ...AccountEvent.decode(payload).event!,
    accountId,
  }));
  const checked =
    changes.wanted.length + changes.keys.length + changes.revoked.length + changes.suspensions + changes.refusals;
  return {
    name: 'every answer about limits and keys is in the log, and nothing else',
    checked,
    of: 'answers',
    faults: [
      ...limitFaults(changes, events),
      ...keyFaults(changes, events),
      ...(await revokedFaults(changes, disturbed.gateways)),
    ],
  };
}

function* limitFaults({ wanted }: AccountChanges, events: readonly Told[]): Generator<string> {
  const set = events.flatMap((event) =>
    event.$case === 'limitsSet' && event.value.limits!.readsPerMinute !== PER_MINUTE
      ? [nameOf({ ...event.value, readsPerMinute: event.value.limits!.readsPerMinute })]
      : [],
  );
  const times = new Map([...Map.groupBy(set, (name) => name)].map(([name, of]) => [name, of.length]));
  for (const limits of wanted) {
    const name = nameOf(limits);
    const count = times.get(name) ?? 0;
    times.delete(name);
    if (limits.wasAnswered && count === 0) yield `the limits ${name} were answered 200 and are not in the log`;
    if (limits.isSure && count > 1) yield `the limits ${name} were asked for once and are in the log ${count} times`;
  }
  for (const name of times.keys()) yield `the limits ${name} are in the log and nobody asked for them`;
}

function nameOf({
  accountId,
  environment,
  readsPerMinute,
}: {
  accountId: string;
  environment: string;
  readsPerMinute: number;
}): string {
  return `${accountId}/${environment}/${readsPerMinute}`;
}

function* keyFaults({ keys, revoked }: AccountChanges, events: readonly Told[]): Generator<string> {
  const times = (kind: Event['$case'], keyId: string) =>
    events.filter((event) => event.$case === kind && 'keyId' in event.value && event.value.keyId === keyId).length;
  for (const { keyId } of keys)
    if (times('apiKeyCreated', keyId) !== 1)
      yield `the key ${keyId} was handed out and is in the log ${times('apiKeyCreated', keyId)} times`;
  for (const { keyId } of revoked)
    if (times('apiKeyRevoked', keyId) !== 1)
      yield `the key ${keyId} was revoked and the log says so ${times('apiKeyRevoked', keyId)} times`;
  if (events.some((event) => event.$case === 'apiKeyCreated' && event.value.name === ''))
    yield 'a key without a name was refused and is in the log';
}

/** Who shows more wrong keys than an address may is told 429 instead of 401; for a good key no address ever is. */
const REFUSED = [401, 429];

/** So long may a gateway honour from memory a key that was revoked through another one, and a little more. */
const REMEMBERED_MS = 6_000;

async function revokedFaults(
  { revoked }: AccountChanges,
  gateways: readonly { readonly url: string }[],
): Promise<string[]> {
  const askedFromMs = Date.now();
  const accepted = async (keys: readonly { keyId: string; secret: string; url: string }[]) => {
    const answers = await Promise.all(
      keys.map(async (key) => ({
        ...key,
        status: (await send('GET', `${key.url}/v1/videos?limit=1`, key.secret))?.status,
      })),
    );
    return answers.filter(({ status }) => status === undefined || !REFUSED.includes(status));
  };
  const first = await accepted(
    revoked.flatMap(({ keyId, secret }) => gateways.map(({ url }) => ({ keyId, secret, url }))),
  );
  let remembered = first.filter(({ status }) => status === 200);
  while (remembered.length > 0 && Date.now() - askedFromMs < REMEMBERED_MS) {
    await delay(250);
    remembered = await accepted(remembered);
  }
  return [...first.filter(({ status }) => status !== 200), ...remembered].map(
    ({ keyId, status }) => `the revoked key ${keyId} is answered ${status}`,
  );
}

interface LimitsRow {
  account_id: string;
  environment: string;
  concurrent_jobs: number;
  queued_jobs: number;
  creates_per_minute: number;
  reads_per_minute: number;
  suspended: boolean;
}

const OWNED = `select account_id, environment, concurrent_jobs, queued_jobs, creates_per_minute, reads_per_minute, status = 'suspended' as suspended
from account_limits join account using (account_id)`;
const HELD =
  'select account_id, environment, concurrent_jobs, queued_jobs, creates_per_minute, reads_per_minute, suspended from account_slot';

/** What the scheduler lets every account do is what accounts says, and that is what was answered last. */
export async function limitsProof({ disturbed, changes }: Evidence): Promise<Proof> {
  const owned = await disturbed.sql<LimitsRow>('accounts', OWNED);
  const held = new Map((await disturbed.sql<LimitsRow>('scheduler', HELD)).map((row) => [placeOf(row), row]));
  const faults: string[] = [];
  for (const row of owned) {
    const place = placeOf(row);
    const [says, does] = [figuresOf(row), held.has(place) ? figuresOf(held.get(place)!) : 'nothing'];
    if (says !== does) faults.push(`accounts lets ${place} do ${says}, the scheduler ${does}`);
    const asked = changes.wanted.filter(({ accountId, environment }) => place === `${accountId}/${environment}`);
    const last = asked.findLast(({ wasAnswered }) => wasAnswered);
    const isLate = asked.some(({ isSure, readsPerMinute }) => !isSure && readsPerMinute === row.reads_per_minute);
    if (last !== undefined && row.reads_per_minute !== last.readsPerMinute && !isLate)
      faults.push(`the limit of ${place} was answered to be ${last.readsPerMinute} and is ${row.reads_per_minute}`);
    const told = changes.suspended.get(row.account_id);
    if (typeof told === 'boolean' && told !== row.suspended)
      faults.push(`${row.account_id} was answered to be ${told ? 'suspended' : 'resumed'} and is not`);
  }
  return {
    name: 'limits and suspensions are in force as they were answered',
    checked: owned.length,
    of: 'accounts and environments',
    faults,
  };
}

function placeOf({ account_id: accountId, environment }: LimitsRow): string {
  return `${accountId}/${environment}`;
}

function figuresOf({
  concurrent_jobs: jobs,
  queued_jobs: queued,
  creates_per_minute: creates,
  reads_per_minute: reads,
  suspended,
}: LimitsRow): string {
  return `${jobs}/${queued}/${creates}/${reads}${suspended ? ', suspended' : ''}`;
}
