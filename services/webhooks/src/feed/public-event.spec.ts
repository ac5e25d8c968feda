import { mayRender, meaningOf, webhookBody } from './public-event';

test('the three ends of a job are public; nothing else is', () => {
  expect(meaningOf('job_completed')).toEqual({ type: 'public', name: 'video.completed' });
  expect(meaningOf('job_failed')).toEqual({ type: 'public', name: 'video.failed' });
  expect(meaningOf('job_cancelled')).toEqual({ type: 'public', name: 'video.cancelled' });
  expect(meaningOf('job_leased')).toEqual({ type: 'private' });
  expect(meaningOf('content_erased')).toEqual({ type: 'erased' });
});

test('a kind of a newer version is not mistaken for one that says nothing', () => {
  expect(meaningOf('job_paused')).toEqual({ type: 'unknown' });
});

test('the body is the job object with the event first and every other byte untouched', () => {
  expect(webhookBody('video.completed', '{"id":"job_1","duration_actual":5.0,"x":"ü"}')).toBe('{"event":"video.completed","id":"job_1","duration_actual":5.0,"x":"ü"}');
  expect(() => webhookBody('video.completed', '[]')).toThrow('job object');
});

test('a webhook waits for settlement, at most a second', () => {
  const recordedAt = new Date(0);
  expect(mayRender({ settled: true }, recordedAt, new Date(0))).toBe(true);
  expect(mayRender({ settled: false }, recordedAt, new Date(999))).toBe(false);
  expect(mayRender({ settled: false }, recordedAt, new Date(1_000))).toBe(true);
});
