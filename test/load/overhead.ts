/**
 * overhead: from POST to webhook received, minus the time of the attempt's render; next to the same framework answering and
 * sending a signed webhook at once, with nothing durable in between.
 */
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { startEmbeddedPostgres } from '@usvideo/servers';
import { freePort, root, startChild, startPlatform } from './children.ts';
import { Receiver, type Webhook } from './webhook-arrivals.ts';

export interface OverheadRow {
  readonly case: string;
  readonly jobs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const at = (sorted: number[], quantile: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))]!;
const row = (name: string, values: number[]): OverheadRow => {
  const sorted = [...values].sort((a, b) => a - b);
  return { case: name, jobs: values.length, p50Ms: at(sorted, 0.5), p99Ms: at(sorted, 0.99) };
};

export async function measureOverhead(jobs: number): Promise<OverheadRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'usv-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), port: 0, durable: true });
  await postgres.createDatabase('baseline');
  const port = await freePort();
  const baseline = await startChild([join(root, 'test/load/baseline-app.ts'), String(port), postgres.url('baseline')]);
  const platform = await startPlatform({});
  const receiver = new Receiver();
  const webhookUrl = await receiver.start();
  const post = async (url: string, body: unknown): Promise<Webhook> =>
    (await (
      await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${platform.liveKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).json()) as Webhook;
  try {
    const echo: number[] = [];
    const ours: number[] = [];
    for (let job = 0; job < jobs; job++) {
      const echoSent = Date.now();
      await post(`http://127.0.0.1:${port}/echo`, { id: `echo-${job}`, webhook_url: webhookUrl });
      echo.push((await receiver.about(`echo-${job}`)).at - echoSent);
      const sent = Date.now();
      const { id } = await post(`${platform.apiUrl}/v1/videos`, {
        prompt: `overhead ${job}`,
        resolution: '480p',
        duration: 1,
        webhook_url: webhookUrl,
      });
      const arrival = await receiver.about(id);
      const rendered = Date.parse(arrival.body.completed_at!) - Date.parse(arrival.body.rendering_started_at!);
      ours.push(arrival.at - sent - rendered);
    }
    return [row('echo with a signed webhook', echo), row('POST to webhook, minus render', ours)];
  } finally {
    receiver.stop();
    await Promise.all([baseline.stop(), platform.stop()]);
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
