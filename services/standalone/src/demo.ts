import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { onStopSignal } from '@usvideo/runtime';
import { readStandaloneConfig } from './config';
import { Api, type Balance, type JobObject } from './demo/api';
import { type DiffusersEngine, startDiffusers } from './demo/diffusers-engine';
import { probeVideo } from './demo/probe';
import { Screen } from './demo/screen';
import { readChoice, settingsOf, type Show, showOf } from './demo/show';
import { WebhookReceiver, verifyWebhook } from './demo/webhook-receiver';
import { STOP_WITH_PARENT, stopWithLauncher } from './state/launcher.process';
import { logToFile } from './state/log-file.process';
import { type Standalone, startStandalone } from './standalone.module';

const WEBHOOK_MS = 30_000;
const DEFAULTS = { PORT: '0', OPS_PORT: '0', ADMIN_PORT: '0', OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8' };

/** `npm run demo`: the main job before your eyes. The exit status is 0 only if every line it ticks was true. */
async function main(): Promise<void> {
  const screen = new Screen();
  const args = process.argv.slice(2).filter((arg) => arg !== STOP_WITH_PARENT);
  const choice = readChoice(args);
  const show = showOf(choice);
  let config = readStandaloneConfig(DEFAULTS);
  const log = logToFile(resolve(config.DATA_DIR, 'logs'), 'platform', config.LOG_LEVEL);
  const receiver = new WebhookReceiver();
  const told = toldToStop();
  let standalone: Standalone | undefined;
  let engine: DiffusersEngine | undefined;
  try {
    if (choice.engine === 'diffusers') {
      engine = await startDiffusers({
        model: choice.model,
        dataDir: resolve(config.DATA_DIR),
        environment: config.environment,
        announce: (step) => screen.step(step),
      });
      config = readStandaloneConfig({ ...DEFAULTS, ...settingsOf(engine.url, engine.model) });
    }
    standalone = await startStandalone(config, { log: log.of, announce: (step) => screen.step(step) });
    const played = play(standalone, show, await receiver.start(), receiver, screen, resolve(config.DATA_DIR));
    await Promise.race([played, told]);
  } catch (error) {
    screen.fail(error as Error, log.file);
    process.exitCode = 1;
  } finally {
    await receiver.stop();
    await standalone?.stop();
    await engine?.stop();
  }
}

/** Resolves at Ctrl-C. A start that is under way is finished first, so that everything can be stopped in its order. */
function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    const stop = onStopSignal(
      () => {
        process.exitCode = 130;
        resolve();
      },
      () => process.exit(130),
    );
    stopWithLauncher(process.argv, () => stop('the end of its launcher'));
  });
}

async function play(
  standalone: Standalone,
  show: Show,
  webhookUrl: string,
  receiver: WebhookReceiver,
  screen: Screen,
  dataDir: string,
): Promise<void> {
  const { credentials } = standalone;
  const { request, width, height, frames, priceMicros } = show;
  const price = usd(priceMicros);
  const api = new Api(standalone.apiUrl, credentials.live_key);
  const admin = new Api(standalone.adminUrl, credentials.admin_token);

  await finishEarlierJobs(api, screen);
  screen.title('A prompt in');
  const before = await api.balance();
  screen.fact('balance before', before.available);
  const created = await withOneJobAtATime(api, admin, async () => {
    const first = await api.create({ ...request, webhook_url: webhookUrl });
    screen.fact('job', `${first.id}  "${request.prompt}"`);
    screen.check(first.billing.state === 'held', 'its price is held', price);
    screen.title('A second job, cancelled while it waits');
    await cancelASecondJob(api, screen, show);
    return first;
  });

  screen.title('A video out');
  const ended = await follow(api, created.id, screen);
  screen.check(
    ended.status === 'completed',
    'rendered',
    ended.error ? `${ended.error.code}: ${ended.error.message}` : (ended.cost ?? ''),
  );
  const file = await download(ended.video_url!, join(dataDir, 'demo'), `${ended.id}.mp4`);
  const facts = await probeVideo(file);
  screen.fact('file', file);
  screen.fact(
    'facts',
    `${facts.codec} ${facts.width}×${facts.height}, ${facts.frames} frames at ${facts.framesPerSecond} fps, ${facts.seconds.toFixed(2)} s, ${(facts.bytes / 1024).toFixed(0)} KiB`,
  );
  screen.check(
    facts.codec === 'h264' && facts.width === width && facts.height === height,
    `H.264, exactly ${width}×${height}`,
  );
  screen.check(Math.abs(facts.frames - frames) <= 1, `${request.duration} s at 24 frames a second`);
  screen.check(facts.fastStart, 'plays while it downloads (index first)');

  screen.title('A signed webhook');
  const webhook = await receiver.about(created.id, WEBHOOK_MS);
  const { event } = verifyWebhook(credentials.webhook_secret, webhook);
  screen.check(
    event === 'video.completed',
    'received, both signatures verified',
    `${event} ${webhook.headers['webhook-id']}`,
  );

  await showMoney(api, admin, screen, { jobId: created.id, priceMicros, before });
  screen.end(
    { apiUrl: standalone.apiUrl, credentialsFile: join(dataDir, 'credentials.json') },
    credentials,
    file,
    show.picture,
  );
}

/** Held, captured, and the same in the books. */
async function showMoney(
  api: Api,
  admin: Api,
  screen: Screen,
  { jobId, priceMicros, before }: { readonly jobId: string; readonly priceMicros: number; readonly before: Balance },
): Promise<void> {
  const price = usd(priceMicros);
  screen.title('The money');
  const entries = await api.entries(jobId);
  const held = entries.find((entry) => entry.kind === 'hold_placed');
  const captured = entries.find((entry) => entry.kind === 'hold_captured');
  screen.check(held?.held_change_micros === priceMicros, 'hold', `${price} from available to held`);
  screen.check(captured?.held_change_micros === -priceMicros, 'capture', `${price} from held to revenue`);
  const after = await api.balance();
  screen.check(
    before.available_micros - after.available_micros === priceMicros && after.held_micros === before.held_micros,
    'balance after',
    after.available,
  );
  const proof = await admin.json<{ differences: string[]; events_checked: number }>('GET', '/admin/v1/ledger/verify');
  screen.check(
    proof.differences.length === 0,
    'the ledger re-derived from its events',
    `${proof.events_checked} events, no difference`,
  );
}

function usd(micros: number): string {
  return `$${(micros / 1_000_000).toFixed(2)}`;
}

/** What a run that was killed left behind is rendered and charged first, so that it does not mix with the money of this one. */
async function finishEarlierJobs(api: Api, screen: Screen): Promise<void> {
  const earlier = await api.unfinished();
  if (earlier.length === 0) return;
  screen.step(`Finishing ${earlier.length} ${earlier.length === 1 ? 'job' : 'jobs'} of an earlier run`);
  for (const { id } of earlier) await api.settled(id);
}

/** So that a second job has to wait. The limit is what it was before as soon as that was seen. */
async function withOneJobAtATime<T>(api: Api, admin: Api, action: () => Promise<T>): Promise<T> {
  const { account_id: accountId } = await api.json<{ account_id: string }>('GET', '/v1/account');
  const account = `/admin/v1/accounts/${accountId}`;
  const { limits } = await admin.json<{ limits: { live: { concurrent_jobs: number } } }>('GET', account);
  const limit = (jobs: number) =>
    admin.json('PUT', `${account}/limits`, { environment: 'live', concurrent_jobs: jobs });
  await limit(1);
  try {
    return await action();
  } finally {
    await limit(limits.live.concurrent_jobs);
  }
}

async function cancelASecondJob(api: Api, screen: Screen, { request, priceMicros }: Show): Promise<void> {
  const second = await api.create({ ...request, prompt: 'Never to be rendered' });
  screen.check(second.status === 'pending', 'over the limit of one job at a time, it waits', second.status);
  const cancelled = await api.cancel(second.id);
  screen.check(cancelled.status === 'cancelled' && cancelled.cost_micros === 0, 'cancelled', second.id);
  const release = (await api.entries(second.id)).find((entry) => entry.kind === 'hold_released');
  screen.check(release?.available_change_micros === priceMicros, 'its hold is released', `+${usd(priceMicros)}`);
}

async function follow(api: Api, id: string, screen: Screen): Promise<JobObject> {
  let last: JobObject | undefined;
  for await (const job of api.follow(id)) {
    last = job;
    screen.progress(job.status, job.progress);
  }
  screen.progressDone();
  if (!last) throw new Error('the event stream ended without a word');
  return last.status === 'completed' || last.status === 'failed' ? last : api.job(id);
}

async function download(url: string, folder: string, name: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, Buffer.from(await response.arrayBuffer()));
  return file;
}

void main();
