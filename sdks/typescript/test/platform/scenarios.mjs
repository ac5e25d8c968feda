// Executes sdks/scenarios.json with the installed package; see sdks/README.md.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { USVideo, USVideoError } from '@usvideoapi/sdk';
import { calls } from './calls.mjs';
import { matches, resolve } from './matching.mjs';

const { env } = process;
const KEYS = {
  sandbox: env.USVIDEO_API_KEY,
  live: env.USVIDEO_LIVE_API_KEY,
  limited: env.USVIDEO_LIMITED_API_KEY,
  full: env.USVIDEO_FULL_API_KEY,
  suspended: env.USVIDEO_SUSPENDED_API_KEY,
  capped: env.USVIDEO_CAPPED_API_KEY,
  wrong: 'usv_test_wrong',
};
const MEMBERS = ['name', 'client', 'steps'];
const STEP_MEMBERS = ['call', 'args', 'options', 'save', 'expect', 'error', 'took_ms'];

function clientOf({ key = 'sandbox', max_retries: maxRetries, timeout_ms: timeoutMs, fault, ...unknown }, run) {
  if (Object.keys(unknown).length > 0 || !(key in KEYS))
    throw new Error(`unknown in client: ${key} ${Object.keys(unknown)}`);
  const baseUrl = fault === undefined ? env.USVIDEO_BASE_URL : `${env.USVIDEO_STAND_URL}/${fault}/${run}`;
  return new USVideo({ baseUrl, apiKey: KEYS[key], maxRetries, timeoutMs });
}

async function play(scenario) {
  refuseUnknown(scenario, MEMBERS);
  const run = randomUUID().replaceAll('-', '');
  const saved = { run, env: { stand_url: env.USVIDEO_STAND_URL, webhook_secret: env.USVIDEO_WEBHOOK_SECRET } };
  for (const [index, step] of scenario.steps.entries()) {
    try {
      refuseUnknown(step, STEP_MEMBERS);
      await take(step, scenario.client ?? {}, saved);
    } catch (error) {
      throw new Error(`step ${index + 1}, ${step.call}: ${error.message}`, { cause: error });
    }
  }
}

async function take(step, clientOptions, saved) {
  const {
    call,
    args = {},
    options = {},
    save,
    ...expected
  } = {
    ...step,
    ...resolve({ args: step.args, options: step.options, expect: step.expect, error: step.error }, saved),
  };
  if (!(call in calls)) throw new Error('unknown call');
  const { key = clientOptions.key, ...callOptions } = options;
  const client = clientOf({ ...clientOptions, key }, saved.run);
  const begun = performance.now();
  let result;
  try {
    result = await calls[call](client, args, callOptions);
  } catch (error) {
    if (expected.error === undefined) throw error;
    if (!(error instanceof USVideoError))
      throw new Error(`failed with what is no USVideoError: ${error.stack}`, { cause: error });
    result = wireOf(error);
    check('error', result, expected.error);
    check('took_ms', performance.now() - begun, step.took_ms);
    return;
  }
  if (expected.error !== undefined) throw new Error(`succeeded with ${JSON.stringify(result)?.slice(0, 300)}`);
  check('took_ms', performance.now() - begun, step.took_ms);
  check('expect', result, expected.expect);
  if (save !== undefined) saved[save] = result;
}

const wireOf = ({ code, status, message, requestId, docUrl, details, retryAfterMs, job }) => ({
  code,
  status,
  message,
  request_id: requestId,
  doc_url: docUrl,
  details,
  retry_after_ms: retryAfterMs,
  job,
});

function check(what, value, matcher) {
  if (matcher !== undefined && !matches(value, matcher))
    throw new Error(`${what} ${JSON.stringify(matcher)} is not met by ${JSON.stringify(value)?.slice(0, 1_000)}`);
}

function refuseUnknown(object, known) {
  const unknown = Object.keys(object).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`unknown members: ${unknown}`);
}

if (
  !isDeepStrictEqual(
    Object.keys(KEYS).filter((name) => !KEYS[name]),
    [],
  )
)
  throw new Error('keys are missing in the environment: see sdks/README.md');
const { scenarios } = JSON.parse(readFileSync(env.USVIDEO_SCENARIOS, 'utf8'));
const chosen = scenarios.filter(({ name }) => name.includes(process.argv[2] ?? ''));
let failed = 0;
for (const scenario of chosen) {
  try {
    await play(scenario);
    console.log(`ok ${scenario.name}`);
  } catch (error) {
    failed++;
    console.log(`not ok ${scenario.name}: ${error.message}`);
  }
}
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 && chosen.length > 0 ? 0 : 1;
