/** The same work for a job queue with limits by group: as many slots, the limits of the accounts, woken by notifications. Started by `scheduler.ts`. */
import { setTimeout as delay } from 'node:timers/promises';
import { PgBoss } from 'pg-boss';
import { LIMIT, LARGE_LIMIT, PROBE, QUEUE, RENDER_MS, SLOTS, type Told, WORKERS } from './scheduler-load.ts';

const [connectionString] = process.argv.slice(2) as [string];
const told: Told = { starts: [], probes: [], idle: [] };
const boss = new PgBoss({ connectionString, max: 16, useListenNotify: true, migrate: false });
boss.on('error', (error) => console.error(error));
await boss.start();

process.on('message', (message: { work?: true; tell?: true }) => {
  if (message.tell) process.send!(told);
  if (!message.work) return;
  void boss.work<{ accountId: string; jobId: string }>(
    QUEUE,
    {
      localConcurrency: WORKERS,
      batchSize: SLOTS,
      burstWhenBatchFull: true,
      pollingIntervalSeconds: 0.5,
      notifyPollingIntervalSeconds: 0.5,
      groupConcurrency: { default: LIMIT, tiers: { large: LARGE_LIMIT } },
    },
    async (jobs) => {
      const now = performance.timeOrigin + performance.now();
      for (const { data } of jobs) {
        told.starts.push(now);
        if (data.accountId === PROBE) told.probes.push([data.jobId, now]);
      }
      await delay(RENDER_MS);
    },
  );
});
process.send!('ready');
