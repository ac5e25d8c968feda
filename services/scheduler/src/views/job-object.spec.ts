import { NO_JOB, type JobState } from '../job/job';
import { jobObject, publicStatus, type JobView } from './job-object';

const now = new Date('2026-03-01T12:30:00.000Z');
const at = (minute: number) => new Date(`2026-03-01T12:${String(minute).padStart(2, '0')}:00.000Z`);
const link = (jobId: string, key: string, expiresAt: Date) =>
  `https://videos.example/${jobId}/${key}?${expiresAt.getTime()}`;

const pending: JobState = {
  ...NO_JOB,
  name: 'queued',
  apiKeyId: 'key_1',
  jobClass: 'procedural',
  estimatedCostMicros: 1_250_000n,
  createdAt: at(0),
  deadlineAt: at(59),
  terms: {
    model: 'test-picture',
    mode: 'text_to_video',
    resolution: '720p',
    aspectRatio: '16:9',
    durationSeconds: 5,
    seed: 7,
  },
};
const attempt = {
  attempt: 1,
  leaseId: 'lease_1',
  workerId: 'wrk_1',
  engine: 'procedural',
  startedAt: at(1),
  counts: true,
};
const completed: JobState = {
  ...pending,
  name: 'completed',
  startedAt: at(1),
  renderingStartedAt: at(2),
  endedAt: at(3),
  attempts: [{ ...attempt, endedAt: at(3), outcome: 'completed' }],
  verdict: { chargedMicros: 1_250_000n, releasedMicros: 0n, rule: 'completed' },
  artifact: {
    videoKey: 'videos/job_1/lease_1.mp4',
    thumbnailKey: 'videos/job_1/lease_1.jpg',
    sizeBytes: 9n,
    sha256: '',
    width: 1280,
    height: 720,
    frames: 120,
    durationMs: 5_000,
  },
};

function view(state: JobState, over: Partial<JobView> = {}): JobView {
  const content = {
    prompt: 'a lighthouse',
    metadata: new Map([['shot', '7']]),
    endUser: 'u1',
    webhookUrl: 'https://customer.example/hook',
  };
  return {
    jobId: 'job_1',
    state,
    content,
    settled: true,
    refundedMicros: 0n,
    progress: 0,
    queue: { position: 3, etaSeconds: 12 },
    traceId: 'ab12',
    ...over,
  };
}

it('renders every field of a completed job', () => {
  expect(jobObject(view(completed, { queue: undefined, refundedMicros: 250_000n }), now, link)).toEqual({
    id: 'job_1',
    job_id: 'job_1',
    object: 'video',
    status: 'completed',
    livemode: true,
    mode: 'text_to_video',
    model: 'test-picture',
    prompt: 'a lighthouse',
    negative_prompt: null,
    first_frame: null,
    first_frame_fit: null,
    resolution: '720p',
    aspect_ratio: '16:9',
    duration: 5,
    duration_actual: 5,
    has_audio: false,
    seed: 7,
    estimated_cost: '$1.25',
    estimated_cost_micros: 1_250_000,
    cost: '$1.25',
    cost_micros: 1_250_000,
    billing: {
      state: 'charged',
      charged_micros: 1_250_000,
      released_micros: 0,
      refunded_micros: 250_000,
      rule: 'completed',
      settled: true,
    },
    video_url: 'https://videos.example/job_1/videos/job_1/lease_1.mp4?1772454600000',
    video_url_expires_at: '2026-03-02T12:30:00.000Z',
    thumbnail_url: 'https://videos.example/job_1/videos/job_1/lease_1.jpg?1772454600000',
    progress: 100,
    queue_position: null,
    eta_seconds: null,
    cancellable: false,
    attempts: [
      {
        attempt: 1,
        worker: 'wrk_1',
        engine: 'procedural',
        started_at: '2026-03-01T12:01:00.000Z',
        ended_at: '2026-03-01T12:03:00.000Z',
        outcome: 'completed',
      },
    ],
    error: null,
    webhook_url: 'https://customer.example/hook',
    metadata: { shot: '7' },
    end_user: 'u1',
    api_key_id: 'key_1',
    trace_id: 'ab12',
    created_at: '2026-03-01T12:00:00.000Z',
    started_at: '2026-03-01T12:01:00.000Z',
    rendering_started_at: '2026-03-01T12:02:00.000Z',
    completed_at: '2026-03-01T12:03:00.000Z',
    deadline_at: '2026-03-01T12:59:00.000Z',
    content_erased_at: null,
  });
});

it('shows place and estimate, and no cost, while the job is pending', () => {
  expect(jobObject(view(pending, { settled: false, progress: 40 }), now, link)).toMatchObject({
    status: 'pending',
    progress: 0,
    queue_position: 3,
    eta_seconds: 12,
    cancellable: true,
    cost: null,
    cost_micros: null,
    video_url: null,
    completed_at: null,
    billing: { state: 'held', charged_micros: 0, released_micros: 0, rule: null, settled: false },
  });
});

it('never goes back from processing, and is cancellable while the job waits again', () => {
  const requeued: JobState = {
    ...pending,
    startedAt: at(1),
    attempts: [{ ...attempt, endedAt: at(2), outcome: 'lease_expired' }],
  };
  expect(publicStatus(requeued)).toBe('processing');
  expect(jobObject(view(requeued), now, link)).toMatchObject({
    status: 'processing',
    cancellable: true,
    queue_position: null,
  });
  expect(jobObject(view({ ...requeued, name: 'rendering' }, { progress: 40 }), now, link)).toMatchObject({
    status: 'processing',
    cancellable: false,
    progress: 40,
  });
});

it('costs nothing when it failed, and says why', () => {
  const failed: JobState = {
    ...pending,
    name: 'failed',
    endedAt: at(3),
    error: { code: 'engine_error', message: 'It broke.' },
    verdict: { chargedMicros: 0n, releasedMicros: 1_250_000n, rule: 'engine_error' },
  };
  expect(jobObject(view(failed), now, link)).toMatchObject({
    status: 'failed',
    cost: '$0.00',
    cost_micros: 0,
    error: { code: 'engine_error', message: 'It broke.' },
    billing: { state: 'released', released_micros: 1_250_000, rule: 'engine_error' },
  });
});

it('costs as much in the sandbox', () => {
  const [live, test] = [
    jobObject(view(completed), now, link),
    jobObject(view({ ...completed, environment: 'test' }), now, link),
  ];
  expect(test).toEqual({ ...live, livemode: false });
});

it('names the second in which its links expire, the same one for a minute', () => {
  const asked = (second: number) => {
    const { video_url: url, video_url_expires_at: expiresAt } = jobObject(
      view(completed),
      new Date(at(30).getTime() + second * 1_000 + 1),
      link,
    ) as Record<string, string>;
    expect(url!.split('?')[1]).toBe(String(new Date(expiresAt!).getTime()));
    return expiresAt;
  };
  expect([asked(0), asked(59), asked(60)]).toEqual([
    '2026-03-02T12:31:00.000Z',
    '2026-03-02T12:31:00.000Z',
    '2026-03-02T12:32:00.000Z',
  ]);
});

it('shows no estimate when nobody can tell', () => {
  expect(jobObject(view(pending, { queue: { position: 3, etaSeconds: undefined } }), now, link)).toMatchObject({
    queue_position: 3,
    eta_seconds: null,
  });
});

it('shows nothing that was erased', () => {
  const erased = jobObject(view({ ...completed, contentErasedAt: at(9) }, { content: undefined }), now, link);
  expect(erased).toMatchObject({
    prompt: null,
    metadata: {},
    end_user: null,
    webhook_url: null,
    video_url: null,
    thumbnail_url: null,
    cost: '$1.25',
    content_erased_at: '2026-03-01T12:09:00.000Z',
  });
});
