import { createLogger } from './logger';
import { inSpan, traceIdOf } from './tracing';

function lines(write: (logger: ReturnType<typeof createLogger>) => void | Promise<void>): Promise<Record<string, unknown>[]> {
  const written: string[] = [];
  const logger = createLogger('ledger', 'info', { write: (line) => { written.push(line); } });
  return Promise.resolve(write(logger)).then(() => written.map((line) => JSON.parse(line) as Record<string, unknown>));
}

describe('a logger', () => {
  it('writes JSON with the service, the level by name and the time', async () => {
    const [line] = await lines((logger) => logger.info({ account_id: 'acc_1' }, 'hello'));
    expect(line).toMatchObject({ service: 'ledger', level: 'info', msg: 'hello', account_id: 'acc_1', time: expect.stringMatching(/Z$/) });
  });

  it('puts the current trace on every line inside a span, and nothing outside', async () => {
    let traceId = '';
    const [inside, outside] = await lines(async (logger) => {
      await inSpan('test', {}, async () => { traceId = traceIdOf(); logger.info('inside'); });
      logger.info('outside');
    });
    expect(inside).toMatchObject({ trace_id: traceId, span_id: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(outside).not.toHaveProperty('trace_id');
  });

  it('hides what must never be logged', async () => {
    const [line] = await lines((logger) => logger.info({ prompt: 'a cat', key: 'usv_1', webhook: { secret: 'whsec_1' }, headers: { authorization: 'Bearer 1' } }, 'x'));
    expect(line).toMatchObject({ prompt: '[hidden]', key: '[hidden]', webhook: { secret: '[hidden]' }, headers: { authorization: '[hidden]' } });
  });
});
