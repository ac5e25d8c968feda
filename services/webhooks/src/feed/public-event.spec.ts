import { mayRender, meaningOf, ownBody, webhookBody } from './public-event';

test('the beginning and the three ends of a job are public; nothing else is', () => {
  expect(meaningOf('job_completed')).toEqual({ type: 'public', name: 'video.completed' });
  expect(meaningOf('job_failed')).toEqual({ type: 'public', name: 'video.failed' });
  expect(meaningOf('job_cancelled')).toEqual({ type: 'cancelled', name: 'video.cancelled' });
  expect(meaningOf('job_leased')).toEqual({ type: 'begun', name: 'video.processing' });
  expect(meaningOf('rendering_started')).toEqual({ type: 'private' });
  expect(meaningOf('content_erased')).toEqual({ type: 'erased' });
});

test('a kind of a newer version is not mistaken for one that says nothing', () => {
  expect(meaningOf('job_paused')).toEqual({ type: 'unknown' });
});

test('the body is the job object with the event first and every other byte untouched', () => {
  expect(webhookBody('video.completed', '{"id":"job_1","duration_actual":5.0,"x":"ü"}')).toBe(
    '{"event":"video.completed","id":"job_1","duration_actual":5.0,"x":"ü"}',
  );
  expect(() => webhookBody('video.completed', '[]')).toThrow('job object');
});

test('a webhook waits for settlement, at most a second', () => {
  const recordedAt = new Date(0);
  expect(mayRender({ status: 'completed', settled: true }, recordedAt, new Date(0))).toBe(true);
  expect(mayRender({ status: 'completed', settled: false }, recordedAt, new Date(999))).toBe(false);
  expect(mayRender({ status: 'completed', settled: false }, recordedAt, new Date(1_000))).toBe(true);
});

test('what is told of a job under way waits for nothing', () => {
  expect(mayRender({ status: 'processing', settled: false }, new Date(0), new Date(0))).toBe(true);
});

test('what is told of anything else says what, when, and of which environment', () => {
  const body = ownBody(
    { event: 'balance.low', eventId: 'evt_1', recordedAt: new Date(0), environment: 'test' },
    { available: '$1.00' },
  );
  expect(body.toString()).toBe(
    '{"event":"balance.low","event_id":"evt_1","created_at":"1970-01-01T00:00:00.000Z","livemode":false,"data":{"available":"$1.00"}}',
  );
});
