import { parseEvent, readEvents } from './event-stream';

function bodyOf(...chunks: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
}

describe('an event stream', () => {
  it('is read however it is cut, comments and unfinished ends left out', async () => {
    const events = [];
    for await (const event of readEvents(
      bodyOf(
        'retry: 2000\n\nid: 7\nevent: video.proc',
        'essing\ndata: {"a":1}\n\n: still here\n\nid: 8\ndata: one\ndata: two\n',
        '\ndata: cut off',
      ),
    ))
      events.push(event);
    expect(events).toEqual([
      { id: '7', event: 'video.processing', data: '{"a":1}' },
      { id: '8', event: 'message', data: 'one\ntwo' },
    ]);
  });

  it('keeps colons and leading blanks beyond the first', () => {
    expect(parseEvent('data:  a: b')).toEqual({ id: '', event: 'message', data: ' a: b' });
  });

  it('ends at an event that is longer than any of the platform', async () => {
    const read: unknown[] = [];
    const reading = async () => {
      for await (const event of readEvents(bodyOf('data: short\n\n', `data: ${'x'.repeat(1_000_001)}`)))
        read.push(event.data);
    };
    await expect(reading()).rejects.toThrow('longer than any');
    expect(read).toEqual(['short']);
  });
});
