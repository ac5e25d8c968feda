import { statusTable } from './status-table';

describe('the status table', () => {
  it('aligns what it shows, and shows nothing for what is not there', () => {
    expect(statusTable([
      { name: 'ledger-1', pid: 4711, address: '127.0.0.1:20001', operations: 'http://127.0.0.1:20000', state: 'serving' },
      { name: 'kafka', pid: undefined, address: '127.0.0.1:9092', operations: '', state: 'stopped' },
    ])).toBe([
      '  service   pid   address          operations              state',
      '  ledger-1  4711  127.0.0.1:20001  http://127.0.0.1:20000  serving',
      '  kafka           127.0.0.1:9092                           stopped',
    ].join('\n'));
  });
});
