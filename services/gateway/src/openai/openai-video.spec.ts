import { nativeCreate, openAiField } from './openai-request';
import { type NativeVideo, openAiErrorType, openAiVideo } from './openai-video';

const job: NativeVideo = {
  id: 'job_1',
  status: 'completed',
  model: 'm',
  prompt: 'a fox',
  resolution: '720p',
  aspect_ratio: '9:16',
  duration: 4,
  progress: 100,
  created_at: '2026-03-02T10:00:00.500Z',
  completed_at: '2026-03-02T10:01:00.000Z',
  video_url: 'u',
  video_url_expires_at: null,
  thumbnail_url: 't',
  error: null,
};

describe('a video of the protocol', () => {
  it('is the job in its words', () => {
    expect(openAiVideo(job)).toEqual({
      id: 'job_1',
      object: 'video',
      model: 'm',
      status: 'completed',
      progress: 100,
      prompt: 'a fox',
      seconds: '4',
      size: '720x1280',
      created_at: 1_772_445_600,
      completed_at: 1_772_445_660,
      expires_at: null,
      remixed_from_video_id: null,
      error: null,
    });
  });

  it.each([
    ['pending', 'queued'],
    ['processing', 'in_progress'],
    ['failed', 'failed'],
    ['something_new', 'in_progress'],
  ])('that is %s is %s', (status, said) => {
    expect(openAiVideo({ ...job, status }).status).toBe(said);
  });

  it('that was cancelled has failed, and says so', () => {
    expect(openAiVideo({ ...job, status: 'cancelled' })).toMatchObject({
      status: 'failed',
      error: { code: 'cancelled' },
    });
  });

  it.each([
    ['480p', '16:9', '854x480'],
    ['1080p', '1:1', '1080x1080'],
    ['1080p', '9:16', '1080x1920'],
  ])('of %s and %s is %s', (resolution, ratio, size) => {
    expect(openAiVideo({ ...job, resolution, aspect_ratio: ratio }).size).toBe(size);
  });
});

describe('a create of the protocol', () => {
  it('has its defaults', () => {
    expect(nativeCreate({ prompt: 'x', model: 'sora-2' })).toEqual({
      prompt: 'x',
      resolution: '720p',
      aspect_ratio: '9:16',
      duration: 4,
    });
  });

  it('names model, size, seconds and picture', () => {
    expect(
      nativeCreate({
        prompt: 'x',
        model: 'mine',
        seconds: '10',
        size: '1920x1080',
        input_reference: { image_url: 'https://a.example/1.png' },
      }),
    ).toEqual({
      prompt: 'x',
      model: 'mine',
      resolution: '1080p',
      aspect_ratio: '16:9',
      duration: 10,
      first_frame: 'https://a.example/1.png',
    });
  });

  it.each([
    [{ seconds: '11' }, 'seconds'],
    [{ seconds: '0' }, 'seconds'],
    [{ seconds: '4.5' }, 'seconds'],
    [{ size: '640x360' }, 'size'],
    [{ size: 'toString' }, 'size'],
    [{ quality: 'hd' }, 'quality'],
  ])('is refused with %j', (over, field) => {
    expect(() => nativeCreate({ prompt: 'x', ...over })).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(field) }),
    );
  });

  it('is told faults under its own names', () =>
    expect(['first_frame', 'duration', 'prompt'].map(openAiField)).toEqual(['input_reference', 'seconds', 'prompt']));
});

it.each([
  [401, 'authentication_error'],
  [402, 'insufficient_quota'],
  [429, 'rate_limit_error'],
  [503, 'server_error'],
  [404, 'invalid_request_error'],
])('%d is a %s', (status, type) => {
  expect(openAiErrorType(status)).toBe(type);
});
