import type { LedgerEntry, Statement } from '../api/types';
import { statementPdf } from './statement-pdf';

const statement: Statement = {
  period: '2026-03',
  open: false,
  opening_balance: '$0.00',
  added: '$250.00',
  charged: '$12.50',
  refunded: '$0.00',
  reversed: '$0.00',
  adjusted: '$0.00',
  closing_balance: '$237.50',
  jobs: 1,
};
const entry = (index: number): LedgerEntry => ({
  id: `ent_${index}`,
  kind: 'hold_captured',
  job_id: `job_${index}`,
  available_change: '$0.00',
  available_change_micros: 0,
  held_change: '-$1.25',
  held_change_micros: -1_250_000,
  available_after: '$1.00',
  balance_after: '$1.00',
  reference: null,
  note: null,
  created_at: '2026-03-02T10:15:00.000Z',
});

describe('a statement as PDF', () => {
  it('shows every sum and every entry, on as many pages as they need', async () => {
    const pdf = await (
      await statementPdf(
        statement,
        Array.from({ length: 120 }, (_, index) => entry(index)),
        { name: 'Größe & Söhne 映像', account_id: 'acc_1' },
      )
    ).text();
    expect(pdf.slice(0, 5)).toBe('%PDF-');
    for (const shown of [
      'Closing balance',
      '$237.50',
      'Charged for 1 video',
      '2026-03-02 10:15',
      'hold captured',
      'job_119',
      '3 of 3',
    ])
      expect(pdf).toContain(shown);
  });
});
