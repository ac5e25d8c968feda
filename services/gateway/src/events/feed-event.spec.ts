import { feedEventJson, feedFrame, readCursor } from './feed-event';

const event = {
  seq: 7n,
  eventId: 'evt_1',
  event: 'video.completed',
  jobId: 'job_1',
  recordedAt: new Date(0),
  body: Buffer.from('{"event":"video.completed","duration_actual":5.0}'),
};

test('an event carries its body byte for byte', () => {
  expect(feedEventJson(event, 'test')).toBe(
    '{"id":"evt_1","object":"event","sequence":7,"event":"video.completed","job_id":"job_1","livemode":false,' +
      '"created_at":"1970-01-01T00:00:00.000Z","data":{"event":"video.completed","duration_actual":5.0}}',
  );
});

test('an erased body is null, and what concerns no job has none', () => {
  expect(JSON.parse(feedEventJson({ ...event, jobId: '', body: Buffer.alloc(0) }, 'live'))).toMatchObject({
    job_id: null,
    livemode: true,
    data: null,
  });
});

test('a frame is one event of one line of data', () => {
  expect(feedFrame(event, 'live')).toMatch(/^id: 7\nevent: video\.completed\ndata: \{[^\n]*\}\n\n$/);
});

test.each([
  ['0', 0n],
  ['12', 12n],
  ['', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['evt_1', undefined],
  ['9'.repeat(19), undefined],
])('%j is the place %s', (text, place) => {
  expect(readCursor(text)).toBe(place);
});
