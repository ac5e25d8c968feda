// The installed command line against the started platform.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';

const { env } = process;
const SMALL = ['--resolution', '480p', '--duration', '1'];

async function usvideo(args, { environment = {}, interruptWhen, whenSaid: [said, then] = [] } = {}) {
  const child = spawn('node_modules/.bin/usvideo', args, {
    env: {
      PATH: env.PATH,
      XDG_CONFIG_HOME: `${process.cwd()}/config`,
      USVIDEO_BASE_URL: env.USVIDEO_BASE_URL,
      USVIDEO_API_KEY: env.USVIDEO_API_KEY,
      ...environment,
    },
  });
  let [out, err, isInterrupted, follows] = ['', '', false, undefined];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
    if (!isInterrupted && interruptWhen?.test(err)) isInterrupted = child.kill('SIGINT');
    if (said?.test(err)) follows ??= then();
  });
  const [code] = await once(child, 'close');
  await follows;
  return { code, out, err, json: () => JSON.parse(out) };
}

test('the README runs as it stands', async () => {
  const commands = [...readFileSync('README.md', 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)]
    .map(([, block]) => block)
    .slice(1)
    .join('');
  const bash = spawn('bash', ['-euc', commands], {
    env: {
      ...env,
      WEBHOOK_URL: `${env.USVIDEO_STAND_URL}/webhooks/readme`,
      PATH: `${process.cwd()}/node_modules/.bin:${env.PATH}`,
      XDG_CONFIG_HOME: `${process.cwd()}/config`,
    },
  });
  let out = '';
  for (const stream of [bash.stdout, bash.stderr])
    stream.on('data', (chunk) => {
      out += chunk;
    });
  const [code] = await once(bash, 'close');
  assert.equal(code, 0, out);
  assert.ok(statSync('sea.mp4').size > 1_000);
  assert.match(out, /^sea\.mp4$/m);
});

test('generate says what it made, as JSON alone on standard output', async () => {
  const { code, json } = await usvideo(['generate', 'a hill', ...SMALL, '--seed', '7', '--json', '-o', 'hill.mp4']);
  assert.equal(code, 0);
  assert.deepEqual([json().status, json().seed, json().file], ['completed', 7, 'hill.mp4']);
});

test('what is waited for can be left and come back to', async () => {
  const left = await usvideo(['generate', 'sandbox:slow=3', ...SMALL], { interruptWhen: /job_\w+ \(/ });
  assert.equal(left.code, 130, left.err);
  const id = /usvideo download (job_\w+)/.exec(left.err)[1];
  const back = await usvideo(['download', id]);
  assert.deepEqual([back.code, back.out], [0, `${id}.mp4\n`]);
});

test('jobs are made, shown, listed and cancelled', async () => {
  const { out } = await usvideo(['generate', 'sandbox:hold_pending=60', ...SMALL, '--no-wait']);
  const id = out.trim();
  assert.equal((await usvideo(['job', id, '--json'])).json().status, 'pending');
  assert.ok((await usvideo(['jobs', '--status', 'pending', '--json'])).json().some((job) => job.id === id));
  assert.match((await usvideo(['jobs'])).out, /^ID +STATUS/);
  assert.equal((await usvideo(['cancel', id])).out, `${id} is cancelled\n`);
  assert.equal((await usvideo(['download', id])).code, 7);
});

test('keys come and go', async () => {
  const live = { environment: { USVIDEO_API_KEY: env.USVIDEO_LIVE_API_KEY } };
  const made = (await usvideo(['keys', 'create', 'from the test', '--scope', 'videos', '--json'], live)).json();
  const rotated = (await usvideo(['keys', 'rotate', made.id, '--now', '--json'], live)).json();
  assert.match((await usvideo(['keys'], live)).out, new RegExp(rotated.id));
  assert.equal((await usvideo(['keys', 'revoke', rotated.id], live)).code, 0);
});

test('endpoints are made, changed, tried and deleted', async () => {
  const run = `cli${process.pid}`;
  const made = (
    await usvideo([
      'webhooks',
      'create',
      `${env.USVIDEO_STAND_URL}/webhooks/${run}`,
      '--event',
      'video.failed',
      '--json',
    ])
  ).json();
  assert.deepEqual([made.events, made.secret.slice(0, 6)], [['video.failed'], 'whsec_']);
  assert.match((await usvideo(['webhooks', 'endpoints'])).out, new RegExp(made.id));
  assert.equal((await usvideo(['webhooks', 'test', made.id])).code, 0);
  const delivery = await (await fetch(`${env.USVIDEO_STAND_URL}/webhooks/${run}`)).json();
  assert.equal(JSON.parse(delivery.body).event, 'webhook.test');
  assert.equal((await usvideo(['webhooks', 'secret', made.id])).out, `${made.secret}\n`);
  assert.notEqual((await usvideo(['webhooks', 'rotate', made.id, '--overlap-hours', '0'])).out, `${made.secret}\n`);
  assert.match((await usvideo(['webhooks', 'update', made.id, '--disable'])).out, /is disabled/);
  assert.equal((await usvideo(['webhooks', 'delete', made.id])).code, 0);
});

test('listen forwards what happens, signed as the platform signs', async () => {
  const run = `listen${process.pid}`;
  const listening = usvideo(
    [
      'listen',
      '--forward-to',
      `${env.USVIDEO_STAND_URL}/webhooks/${run}`,
      '--event',
      'video.cancelled',
      '--count',
      '1',
      '--json',
    ],
    {
      whenSaid: [
        /Listening behind event \d+/,
        async () => {
          const id = (await usvideo(['generate', 'sandbox:hold_pending=60', ...SMALL, '--no-wait'])).out.trim();
          await usvideo(['cancel', id]);
        },
      ],
    },
  );
  const { headers, body, received_at: at } = await (await fetch(`${env.USVIDEO_STAND_URL}/webhooks/${run}`)).json();
  const { code, out } = await listening;
  const told = JSON.parse(out);
  assert.deepEqual([code, told.event, told.status, told.id], [0, 'video.cancelled', 200, headers['webhook-id']]);
  const key = Buffer.from(env.USVIDEO_WEBHOOK_SECRET.slice(6), 'base64');
  assert.equal(
    headers['webhook-signature'],
    `v1,${createHmac('sha256', key).update(`${told.id}.${headers['webhook-timestamp']}.${body}`).digest('base64')}`,
  );
  assert.equal(headers['x-signature'], createHmac('sha256', env.USVIDEO_WEBHOOK_SECRET).update(body).digest('hex'));
  assert.ok(Math.abs(Number(headers['webhook-timestamp']) - at) < 60);
  assert.equal(JSON.parse(body).id, told.job_id);
});

test('login keeps a good key for its own platform, and no bad one', async () => {
  const nothing = {
    environment: { USVIDEO_BASE_URL: '', USVIDEO_API_KEY: '', XDG_CONFIG_HOME: `${process.cwd()}/other` },
  };
  const bare = {
    environment: { XDG_CONFIG_HOME: `${process.cwd()}/other`, USVIDEO_BASE_URL: undefined, USVIDEO_API_KEY: undefined },
  };
  assert.equal((await usvideo(['balance'], nothing)).code, 3);
  assert.equal(
    (await usvideo(['login', '--base-url', env.USVIDEO_BASE_URL, '--api-key', 'usv_test_wrong'], bare)).code,
    3,
  );
  assert.equal((await usvideo(['balance'], bare)).code, 3);
  assert.equal(
    (await usvideo(['login', '--base-url', env.USVIDEO_BASE_URL, '--api-key', env.USVIDEO_API_KEY], bare)).code,
    0,
  );
  assert.equal(statSync('other/usvideo/credentials.json').mode & 0o777, 0o600);
  assert.equal((await usvideo(['balance'], bare)).code, 0);
  const elsewhere = await usvideo(['balance'], {
    environment: { ...bare.environment, USVIDEO_BASE_URL: env.USVIDEO_STAND_URL },
  });
  assert.deepEqual([elsewhere.code, /No API key/.test(elsewhere.err)], [3, true]);
});

test('every way to fail has its exit code', async () => {
  const codes = async (args, environment) => (await usvideo(args, { environment })).code;
  assert.equal(await codes(['generate']), 2);
  assert.equal(await codes(['balance'], { USVIDEO_API_KEY: 'usv_test_wrong' }), 3);
  assert.equal(await codes(['job', 'job_00000000000000000000000000']), 4);
  assert.equal(await codes(['generate', 'sandbox:http=402']), 5);
  assert.equal(await codes(['generate', 'sandbox:fail=engine_error', ...SMALL]), 7);
  assert.equal(await codes(['balance'], { USVIDEO_BASE_URL: 'http://127.0.0.1:1' }), 8);
  const busy = await usvideo(['balance', '--json'], {
    environment: {
      USVIDEO_BASE_URL: `${env.USVIDEO_STAND_URL}/answer;status=503;code=service_unavailable;times=99;retry_after_ms=10/cli`,
    },
  });
  assert.deepEqual([busy.code, JSON.parse(busy.err.trim().split('\n').at(-1)).error], [6, 'service_unavailable']);
  assert.equal(await codes(['listen']), 2);
  assert.equal(await codes(['listen', '--forward-to', 'http://127.0.0.1:1'], { USVIDEO_API_KEY: 'usv_test_wrong' }), 3);
});
