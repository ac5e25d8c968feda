import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boundLogs } from './bounded-logs';

describe('the logs of a cluster', () => {
  let folder: string;
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const bound = () => {
    const faults: unknown[] = [];
    boundLogs(folder, (error) => faults.push(error), 10)();
    return faults;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'usv-logs-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are put aside when they are full, while their writers write on', () => {
    const writer = openSync(join(folder, 'ledger.log'), 'a', 0o600);
    writeSync(writer, 'eleven long');
    expect(bound()).toEqual([]);
    writeSync(writer, 'goes on');
    closeSync(writer);
    expect([read('ledger.log'), read('ledger.log.1')]).toEqual(['goes on', 'eleven long']);
    expect(statSync(join(folder, 'ledger.log.1')).mode & 0o777).toBe(0o600);
  });

  it('take twice their bound at most, and stay as they are below it', () => {
    const writer = openSync(join(folder, 'ledger.log'), 'a');
    for (const line of ['the first one', 'the second one', 'short']) {
      writeSync(writer, line);
      bound();
    }
    closeSync(writer);
    expect(readdirSync(folder).map((name) => [name, read(name)])).toEqual([
      ['ledger.log', 'short'],
      ['ledger.log.1', 'the second one'],
    ]);
  });

  it('that cannot be read are told of', () => {
    rmSync(folder, { recursive: true });
    expect(bound()).toEqual([expect.objectContaining({ code: 'ENOENT' })]);
  });
});
