import type { jsPDF } from 'jspdf';
import type { LedgerEntry, Statement } from '../api/types';

const MARGIN = 48;
const WIDTH = 595;
const BOTTOM = 842 - 56;
const LINE = 15;
/** Points from the left; a number of two ends there. */
const COLUMNS = [
  ['When', MARGIN],
  ['What', 160],
  ['Available', 400],
  ['Held', 470],
  ['Balance', WIDTH - MARGIN],
] as const;

/** A month on A4: what made the closing balance of the opening one, and then every entry. The library is loaded when it is first asked for. */
export async function statementPdf(
  statement: Statement,
  lines: readonly LedgerEntry[],
  account: { readonly name: string; readonly account_id: string },
): Promise<Blob> {
  const { jsPDF: Document } = await import('jspdf');
  const pdf = new Document({ unit: 'pt', format: 'a4' });
  pdf.setProperties({ title: `Statement ${statement.period}`, subject: account.account_id, creator: 'US Video API' });
  const sheet = new Sheet(pdf);
  sheet.heading(`Statement ${statement.period}`, 20);
  sheet.note(
    `${account.name} · ${account.account_id} · US dollars · UTC${statement.open ? ' · the month is running, and the figures may still change' : ''}`,
  );
  for (const [label, amount] of sums(statement)) sheet.sum(label, amount);
  sheet.heading('Entries', 13);
  sheet.row(
    COLUMNS.map(([title]) => title),
    true,
  );
  for (const line of lines)
    sheet.row([
      (line.created_at ?? '').slice(0, 16).replace('T', ' '),
      whatOf(line),
      line.available_change,
      line.held_change,
      line.balance_after,
    ]);
  sheet.numberPages();
  return pdf.output('blob');
}

export function sums(statement: Statement): (readonly [label: string, amount: string])[] {
  const {
    opening_balance: opening,
    added,
    charged,
    refunded,
    reversed,
    adjusted,
    closing_balance: closing,
    jobs,
  } = statement;
  return [
    ['Opening balance', opening],
    ['Added', added],
    [`Charged for ${jobs} ${jobs === 1 ? 'video' : 'videos'}`, charged],
    ['Refunded', refunded],
    ['Payments taken back', reversed],
    ['Adjusted', adjusted],
    ['Closing balance', closing],
  ];
}

function whatOf({ kind, job_id: job, reference, note }: LedgerEntry): string {
  return [kind.replaceAll('_', ' '), job ?? reference ?? note ?? ''].filter(Boolean).join(' · ');
}

/** Writes from the top, and goes on to a new page where one is full. */
class Sheet {
  private at = MARGIN + 8;

  constructor(private readonly pdf: jsPDF) {}

  heading(text: string, size: number): void {
    this.room(size * 2);
    this.at += size * 0.6;
    this.pdf.setFont('helvetica', 'bold').setFontSize(size).text(text, MARGIN, this.at);
    this.at += size;
  }

  note(text: string): void {
    this.pdf
      .setFont('helvetica', 'normal')
      .setFontSize(9)
      .setTextColor(90)
      .text(latin(text), MARGIN, this.at)
      .setTextColor(0);
    this.at += LINE * 1.6;
  }

  sum(label: string, amount: string): void {
    this.room(LINE);
    this.pdf
      .setFont('helvetica', label.endsWith('balance') ? 'bold' : 'normal')
      .setFontSize(10.5)
      .text(label, MARGIN, this.at)
      .text(amount, 300, this.at, { align: 'right' });
    this.at += LINE + 2;
  }

  row(cells: readonly string[], isHead = false): void {
    this.room(LINE);
    this.pdf.setFont('helvetica', isHead ? 'bold' : 'normal').setFontSize(8.5);
    cells.forEach((cell, index) => {
      const left = index < 2;
      this.pdf.text(
        left ? cut(latin(cell), index === 1 ? 46 : 20) : cell,
        COLUMNS[index]![1],
        this.at,
        left ? {} : { align: 'right' },
      );
    });
    this.at += LINE;
  }

  numberPages(): void {
    const pages = this.pdf.getNumberOfPages();
    for (let page = 1; page <= pages; page += 1)
      this.pdf
        .setPage(page)
        .setFont('helvetica', 'normal')
        .setFontSize(8)
        .text(`${page} of ${pages}`, WIDTH - MARGIN, 842 - 30, { align: 'right' });
  }

  private room(height: number): void {
    if (this.at + height <= BOTTOM) return;
    this.pdf.addPage();
    this.at = MARGIN + 8;
  }
}

const cut = (text: string, length: number) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
/** The built-in fonts know Latin letters only; others would come out as noise. */
const latin = (text: string) => text.replaceAll(/[^\u0020-\u00ff…]/g, '?');
