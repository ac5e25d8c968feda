import type { CreateJob } from '@usvideo/contracts/scheduler';
import { planOf } from './create-plan';
import { expectedGpuMs, TEST_PICTURE } from '../catalogue/models';

const call = (
  over: Partial<CreateJob['terms'] & object> = {},
  environment = 'live',
  prompt = 'a lighthouse',
): CreateJob => ({
  accountId: 'acc_1',
  environment,
  apiKeyId: 'key_1',
  idempotencyKey: '',
  requestSha256: Buffer.alloc(32),
  seedGiven: false,
  deadlineSeconds: 60,
  terms: {
    model: 'default',
    mode: 'text_to_video',
    resolution: '720p',
    aspectRatio: '16:9',
    durationSeconds: 5,
    seed: 0,
    ...over,
  },
  content: { prompt, metadata: new Map() },
});

it('names the model behind an alias, draws a seed where none was given, and knows who can render it', () => {
  expect(planOf(call(), [TEST_PICTURE], 99)).toMatchObject({
    refusal: undefined,
    jobClass: 'procedural',
    terms: { model: 'test-picture', seed: 99 },
  });
  expect(planOf({ ...call({ seed: 0 }), seedGiven: true }, [TEST_PICTURE], 99).terms.seed).toBe(0);
  expect(planOf(call({}, 'test'), [TEST_PICTURE], 99).jobClass).toBe('sandbox');
});

it.each([
  { model: 'dream' },
  { mode: 'video_to_video' },
  { resolution: '4k' },
  { aspectRatio: '21:9' },
  { durationSeconds: 11 },
])('has no model for %p', (terms) => {
  expect(planOf(call(terms), [TEST_PICTURE], 0).refusal).toBe('model_unknown');
});

it('obeys the sandbox in test only', () => {
  expect(planOf(call({}, 'test', 'sandbox:http=503'), [TEST_PICTURE], 0)).toMatchObject({
    refusal: 'sandbox_refusal',
    sandboxHttpStatus: 503,
  });
  expect(planOf(call({}, 'live', 'sandbox:http=503'), [TEST_PICTURE], 0).refusal).toBeUndefined();
});

it('expects longer renders of more pixels and more seconds', () => {
  const terms = { model: 'test-picture', resolution: '1080p', durationSeconds: 10 };
  expect(expectedGpuMs([], terms)).toBeGreaterThan(expectedGpuMs([], { ...terms, resolution: '720p' }));
  expect(expectedGpuMs([], terms)).toBeGreaterThan(expectedGpuMs([], { ...terms, durationSeconds: 9 }));
});

it('expects what the catalogue says of a model, and what is usual where it says nothing', () => {
  const slow = { ...TEST_PICTURE, expected_seconds: { '720p': 12.5 } };
  expect(planOf(call(), [slow], 0).expectedGpuMs).toBe(62_500);
  expect(planOf(call({ resolution: '480p' }), [slow], 0).expectedGpuMs).toBe(2_500);
});
