import { ReadTurns } from './read-turns.client';

function gate() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  return { promise, resolve, reject };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('an owner reads a few at a time, in order and with a breath between, and another at once', async () => {
  const turns = new ReadTurns(2, 25);
  const begun: string[] = [];
  const gates = new Map(['a1', 'a2', 'a3', 'a4', 'b1'].map((name) => [name, gate()] as const));
  const reads = [...gates].map(([name, { promise }]) =>
    turns.take(name[0]!, () => {
      begun.push(name);
      return promise;
    }),
  );
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  gates.get('a2')!.reject(new Error('away'));
  await expect(reads[1]).rejects.toThrow('away');
  await jest.advanceTimersByTimeAsync(24);
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  await jest.advanceTimersByTimeAsync(1);
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  for (const [name, { resolve }] of gates) resolve(name);
  await jest.advanceTimersByTimeAsync(25);
  expect(await Promise.allSettled(reads)).toMatchObject([
    { value: 'a1' },
    { status: 'rejected' },
    { value: 'a3' },
    { value: 'a4' },
    { value: 'b1' },
  ]);
  expect(await turns.take('a', async () => 'again')).toBe('again');
});
