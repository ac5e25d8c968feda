import { faultsOfEndpoint, masked } from './endpoint';

const header = (name: string, value = 'value') => faultsOfEndpoint({ headers: [{ name, value }] });

test.each(['Authorization', 'X-Api-Key', 'x_custom', 'CF-Access-Client-Id'])(
  "a header %s is the customer's to set",
  (name) => {
    expect(header(name)).toEqual([]);
  },
);

test.each([
  'Host',
  'content-length',
  'Transfer-Encoding',
  'X-Signature',
  'X-Signature-Next',
  'webhook-id',
  'Connection',
  'a b',
  'a:b',
  '',
  'a\r\nb',
  'ü',
])('a header %j is not', (name) => {
  expect(header(name)).toHaveLength(1);
});

test.each(['a\r\nX-Injected: 1', 'a\nb', 'a\u0000', ' a', 'a ', '', 'ü', 'x'.repeat(1_025)])(
  'a header value %j is refused',
  (value) => {
    expect(header('X-Own', value)).toEqual([
      { field: 'headers.X-Own', message: expect.stringContaining('visible ASCII') },
    ]);
  },
);

test('five headers at most, each once', () => {
  const headers = (names: string[]) => faultsOfEndpoint({ headers: names.map((name) => ({ name, value: 'v' })) });
  expect(headers(['a', 'b', 'c', 'd', 'e'])).toEqual([]);
  expect(headers(['a', 'b', 'c', 'd', 'e', 'f'])).toEqual([{ field: 'headers', message: 'must be at most 5' }]);
  expect(headers(['a', 'A'])).toEqual([{ field: 'headers.A', message: 'is given twice' }]);
});

test('events are named and known, and what is not given has no faults', () => {
  expect(faultsOfEndpoint({ events: ['video.completed', 'balance.low'] })).toEqual([]);
  expect(faultsOfEndpoint({ events: [] })).toEqual([{ field: 'events', message: 'must name at least one event' }]);
  expect(faultsOfEndpoint({ events: ['video.started'] })[0]!.message).toContain('video.completed');
  expect(faultsOfEndpoint({})).toEqual([]);
});

test('a masked value shows four characters of a long one and none of a short one', () => {
  expect(masked('Bearer abcdefgh1234')).toBe('••••1234');
  expect(masked('hunter2')).toBe('••••');
});
