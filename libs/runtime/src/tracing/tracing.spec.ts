import { currentTraceparent, inSpan, inTrace, traceIdOf } from './tracing';

const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/;
const REMOTE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const UNSAMPLED = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
const current = async () => currentTraceparent();

describe('tracing without a collector', () => {
  it('has no trace outside any span', () => {
    expect(currentTraceparent()).toBe('');
    expect(traceIdOf()).toBe('');
  });

  it('makes valid ids, new ones for each trace', async () => {
    const made = await Promise.all(Array.from({ length: 2_000 }, () => inSpan('test', {}, current)));
    expect(made.every((traceparent) => TRACEPARENT.test(traceparent))).toBe(true);
    expect(new Set(made.map(traceIdOf)).size).toBe(2_000);
  });

  it('keeps the trace through nested and concurrent work', async () => {
    await inSpan('outer', {}, async () => {
      const outer = currentTraceparent();
      const inner = await Promise.all([inSpan('a', {}, current), inSpan('b', {}, current)]);
      expect(inner.map(traceIdOf)).toEqual([traceIdOf(outer), traceIdOf(outer)]);
      expect(new Set([outer, ...inner]).size).toBe(3);
      expect(currentTraceparent()).toBe(outer);
    });
    expect(currentTraceparent()).toBe('');
  });

  it('joins a given trace, with its sampling, instead of the current one', async () => {
    await inSpan('outer', {}, async () => {
      const joined = await inSpan('joined', { parent: UNSAMPLED }, current);
      expect(traceIdOf(joined)).toBe(traceIdOf(UNSAMPLED));
      expect(joined).toMatch(/-00$/);
    });
  });

  it('starts anew where it is told to', async () => {
    await inSpan('outer', { parent: REMOTE }, async () => {
      expect(traceIdOf(await inSpan('fresh', { root: true }, current))).not.toBe(traceIdOf(REMOTE));
    });
  });

  it('marks what is not to be recorded, and what follows from it', async () => {
    const inner = await inSpan('read', { root: true, sampled: false }, () => inSpan('inner', {}, current));
    expect(inner).toMatch(/-00$/);
  });

  it('runs work as part of an operation without a span of its own', () => {
    expect(inTrace(REMOTE, currentTraceparent)).toBe(REMOTE);
  });

  it.each(['', 'nonsense', '00-00000000000000000000000000000000-b7ad6b7169203331-01', `${REMOTE}-x`])(
    'ignores the traceparent %p',
    async (bad) => {
      expect(inTrace(bad, currentTraceparent)).toBe('');
      expect(await inSpan('test', { parent: bad, links: [bad] }, current)).toMatch(TRACEPARENT);
    },
  );

  it('passes results and errors through', async () => {
    await expect(inSpan('test', {}, async () => 7)).resolves.toBe(7);
    await expect(inSpan('test', {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(
      inSpan('test', {}, () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
  });
});
