import { type StatusRow, statusTable } from './status-table';

const row = (row: Partial<StatusRow> & { name: string }): StatusRow => ({
  pid: 4711,
  address: '127.0.0.1:20001',
  operations: 'http://127.0.0.1:20000',
  state: 'serving',
  restarts: 0,
  ...row,
});

describe('the status table', () => {
  it('aligns what it shows, and shows nothing for what is not there', () => {
    expect(
      statusTable([
        row({ name: 'ledger-1' }),
        row({ name: 'kafka', pid: undefined, address: '127.0.0.1:9092', operations: '', state: 'stopped' }),
      ]),
    ).toBe(
      [
        '  service   pid   address          operations       state',
        '  ledger-1  4711  127.0.0.1:20001  127.0.0.1:20000  serving',
        '  kafka           127.0.0.1:9092                    stopped',
      ].join('\n'),
    );
  });

  it('shows how often something was started again', () => {
    const shown = statusTable([
      row({ name: 'ledger', restarts: 1 }),
      row({ name: 'webhooks', restarts: 12, state: 'starting' }),
    ]);
    expect(shown).toMatch(/serving, 1 restart\n.*starting, 12 restarts$/);
  });

  it('fits in a terminal of 80 columns', () => {
    const widest = row({ name: 'render-fleet-3', pid: 4_194_304, address: 'http://127.0.0.1:20001', restarts: 2 });
    expect(
      Math.max(
        ...statusTable([widest])
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(80);
  });
});
