import { PassThrough } from 'node:stream';
import { eventually } from '@usvideo/testing';
import { Commands } from './commands';
import type { Part } from './part';

/** A part that writes down what was done to it. */
function part(name: string, done: string[]): Part {
  const act = (what: string) => async () => {
    done.push(`${what} ${name}`);
  };
  return {
    name,
    start: act('start'),
    stop: act('stop'),
    kill: act('kill'),
    row: () => ({ name, pid: 1, address: '', operations: '', state: 'serving', restarts: 0 }),
  };
}

describe('the commands of a running cluster', () => {
  const typed = async (line: string) => {
    const done: string[] = [];
    const shown: string[] = [];
    const input = new PassThrough();
    const commands = new Commands(
      [part('ledger-1', done), part('ledger-2', done), part('kafka', done)],
      (text) => shown.push(text),
      () => done.push('quit'),
    );
    commands.listen(input);
    input.write(`${line}\n`);
    await eventually(() => shown.length > 0 || done.includes('quit'), { what: `an answer to "${line}"` });
    return { done, shown: shown.join('\n') };
  };

  it.each([
    ['stop ledger-2', ['stop ledger-2']],
    ['kill ledger', ['kill ledger-1', 'kill ledger-2']],
    ['  start   kafka ', ['start kafka']],
    ['quit', ['quit']],
  ])('understand "%s"', async (line, expected) => {
    expect((await typed(line)).done).toEqual(expected);
  });

  it('show what runs', async () => {
    expect((await typed('status')).shown).toContain('ledger-2  1');
  });

  it.each([
    ['stop the world', 'There is no part "the"'],
    ['dance', 'stop <part>'],
    ['pause kafka', 'cannot be paused'],
  ])('answer "%s" with what they know', async (line, answer) => {
    const { done, shown } = await typed(line);
    expect(shown).toContain(answer);
    expect(done).toEqual([]);
  });
});
