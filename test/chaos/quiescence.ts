import { setTimeout as delay } from 'node:timers/promises';
import type { DisturbableCluster } from './disturbable-cluster.ts';
import { CONSUMPTIONS, shardsBehind, TOPICS, UNPUBLISHED } from './faults.ts';
import type { Load } from './load.ts';
import type { Proof } from './proofs.ts';

const REST_WITHIN_MS = 240_000;
const ENDS = "('job_completed', 'job_failed', 'job_cancelled')";

/** What is still owed, by its name. */
async function owed({ disturbed, load }: { disturbed: DisturbableCluster; load: Load }): Promise<Map<string, number>> {
  const questions: [string, () => Promise<number>][] = [
    ['jobs under way', () => disturbed.count('scheduler', 'select count(*) as n from job where ended_at is null')],
    ['unsettled jobs', () => disturbed.count('scheduler', 'select count(*) as n from job where settled_at is null')],
    [
      'unfinished submissions',
      () =>
        disturbed.count('scheduler', "select count(*) as n from submission where state in ('authorizing', 'voiding')"),
    ],
    ['intents', () => disturbed.count('webhooks', 'select count(*) as n from feed_intent')],
    ['deliveries', () => disturbed.count('webhooks', "select count(*) as n from delivery where status = 'pending'")],
    [
      'ends that the feed lacks',
      async () =>
        (await disturbed.count('scheduler', `select count(*) as n from event where kind in ${ENDS}`)) -
        (await disturbed.count('webhooks', 'select count(*) as n from feed_event')),
    ],
    [
      'pending holds of jobs',
      async () => {
        const held = (
          await disturbed.sql<{ job_id: string }>(
            'ledger',
            "select job_id from hold where state = 'pending' and account_id = any($1)",
            [load.accountIds],
          )
        ).map(({ job_id: id }) => id);
        return disturbed.count('scheduler', 'select count(*) as n from job where job_id = any($1)', [held]);
      },
    ],
    ...CONSUMPTIONS.map((consumption): [string, () => Promise<number>] => [
      `shards of ${consumption.topic} that ${consumption.consumer} has not heard to their end`,
      () => shardsBehind(disturbed, consumption),
    ]),
    ...Object.entries(TOPICS).map(([topic, service]): [string, () => Promise<number>] => [
      `unpublished events of ${topic}`,
      () => disturbed.count(service, UNPUBLISHED),
    ]),
  ];
  const answers = await Promise.all(questions.map(async ([name, ask]) => [name, await ask()] as const));
  return new Map(answers.filter(([, count]) => count > 0));
}

/** Waits until nothing is under way any more. */
export async function comeToRest(
  disturbed: DisturbableCluster,
  load: Load,
  show: (line: string) => void,
): Promise<Proof> {
  const startedAtMs = Date.now();
  let left = await owed({ disturbed, load });
  for (
    let shownAtMs = 0;
    left.size > 0 && Date.now() - startedAtMs < REST_WITHIN_MS;
    left = await owed({ disturbed, load })
  ) {
    if (Date.now() - shownAtMs > 10_000) {
      show(`waiting for ${[...left].map(([name, count]) => `${count} ${name}`).join(', ')}`);
      shownAtMs = Date.now();
    }
    await delay(250);
  }
  return {
    name: `everything came to rest (${((Date.now() - startedAtMs) / 1_000).toFixed(1)} s)`,
    checked: 1,
    of: 'cluster',
    faults: [...left].map(([name, count]) => `${count} ${name} after ${REST_WITHIN_MS / 1_000} s`),
  };
}
