import { metrics } from '@usvideo/runtime';
import { Counter, Gauge } from 'prom-client';

const registers = [metrics];

export const ledgerImbalance = new Gauge({
  registers,
  name: 'usvideo_ledger_imbalance_micros',
  help: 'Sum of all postings; anything but 0 is a fault.',
});
export const ledgerDifferences = new Gauge({
  registers,
  name: 'usvideo_ledger_differences',
  help: 'Rows, events and roots of the ledger that its events do not explain, at the last verification; anything but 0 is a fault.',
});
export const ledgerLastVerified = new Gauge({
  registers,
  name: 'usvideo_ledger_last_verified_timestamp_seconds',
  help: 'When the ledger was last re-derived from its events to the end; absent before the first time.',
});
// At 0 it would be half a century ago.
ledgerLastVerified.remove();
export const ledgerMoney = new Gauge({
  registers,
  name: 'usvideo_ledger_micros',
  help: 'Money of all customers, by where it is: available, held, or spent.',
  labelNames: ['book'],
});
export const pendingHolds = new Gauge({
  registers,
  name: 'usvideo_ledger_pending_holds',
  help: 'Holds whose job has not ended.',
});
export const paymentEvents = new Counter({
  registers,
  name: 'usvideo_payment_events_total',
  help: 'What payment providers reported, by outcome; refused needs a person, early comes again.',
  labelNames: ['provider', 'outcome'],
});
export const ledgerEntries = new Counter({
  registers,
  name: 'usvideo_ledger_entries_total',
  help: 'Ledger commands carried out, by kind and answer.',
  labelNames: ['kind', 'answer'],
});
