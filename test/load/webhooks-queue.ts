/** The usual dispatcher: a job queue library, a task that posts, and 256 of them at a time. Started by `webhooks.ts`. */
import { makeWorkerUtils, run, type Task } from 'graphile-worker';

const connectionString = process.argv[2]!;
const hook: Task = async (payload) => {
  const { body, url } = payload as { url: string; body: string };
  const answer = await fetch(url, { method: 'POST', body, redirect: 'manual', signal: AbortSignal.timeout(15_000) });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
};
const utils = await makeWorkerUtils({ connectionString });
await utils.migrate();
process.on('message', (message: { orders?: { url: string; body: string }[]; work?: true }) => {
  for (const order of message.orders ?? []) void utils.addJob('hook', order, { maxAttempts: 4 });
  if (message.work)
    void run({
      connectionString,
      concurrency: 256,
      pollInterval: 250,
      maxPoolSize: 12,
      noHandleSignals: true,
      taskList: { hook },
    }).then(() => process.send!('working'));
});
process.send!('ready');
