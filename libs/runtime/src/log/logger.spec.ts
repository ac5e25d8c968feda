import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createLogger } from './logger';
import { inSpan, traceIdOf } from '../tracing/tracing';

function lines(
  write: (logger: ReturnType<typeof createLogger>) => void | Promise<void>,
): Promise<Record<string, unknown>[]> {
  const written: string[] = [];
  const logger = createLogger('ledger', 'info', {
    write: (line) => {
      written.push(line);
    },
  });
  return Promise.resolve(write(logger)).then(() => written.map((line) => JSON.parse(line) as Record<string, unknown>));
}

describe('a logger', () => {
  it('writes JSON with the service, the level by name and the time', async () => {
    const [line] = await lines((logger) => logger.info({ account_id: 'acc_1' }, 'hello'));
    expect(line).toMatchObject({
      service: 'ledger',
      level: 'info',
      msg: 'hello',
      account_id: 'acc_1',
      time: expect.stringMatching(/Z$/),
    });
  });

  it('puts the current trace on every line inside a span, and nothing outside', async () => {
    let traceId = '';
    const [inside, outside] = await lines(async (logger) => {
      await inSpan('test', {}, async () => {
        traceId = traceIdOf();
        logger.info('inside');
      });
      logger.info('outside');
    });
    expect(inside).toMatchObject({ trace_id: traceId, span_id: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(outside).not.toHaveProperty('trace_id');
  });

  it('hides what must never be logged', async () => {
    const [line] = await lines((logger) =>
      logger.info(
        { prompt: 'a cat', key: 'usv_1', webhook: { secret: 'whsec_1' }, headers: { authorization: 'Bearer 1' } },
        'x',
      ),
    );
    expect(line).toMatchObject({
      prompt: '[hidden]',
      key: '[hidden]',
      webhook: { secret: '[hidden]' },
      headers: { authorization: '[hidden]' },
    });
  });
});

describe('standard output', () => {
  /** Two services of one process, each with a logger of its own. */
  const start = (script: string) =>
    spawn(
      process.execPath,
      [
        '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
        '--input-type=module',
        '-e',
        `
    import { createLogger } from ${JSON.stringify(join(__dirname, 'logger.ts'))};
    const [one, two] = ['one', 'two'].map((service) => createLogger(service, 'info'));
    for (let line = 0; line < 500; line++) (line % 2 === 0 ? one : two).info({ line }, 'said');
    ${script}`,
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
  const numbers = (said: string) =>
    said
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { line: number }).line);
  const all = Array.from({ length: 500 }, (_, line) => line);

  it.each(['', 'process.exit(1);', 'throw new Error("caught nowhere");'])(
    'has every line, in order, when a process ends: %j',
    async (script) => {
      expect(numbers(await text(start(script).stdout))).toEqual(all);
    },
  );

  it('has them soon when the process goes on', async () => {
    const child = start('setInterval(() => undefined, 60_000);');
    let said = '';
    for await (const chunk of child.stdout) {
      said += String(chunk);
      if (said.endsWith('\n') && numbers(said).length === all.length) break;
    }
    expect(numbers(said)).toEqual(all);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
});
