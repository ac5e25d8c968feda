import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { inTransaction, type Database, type Transaction } from '@usvideo/event-store';
import { Lifecycle, retentionRemoved, startSpaced, type Logger } from '@usvideo/runtime';
import { CONFIG, DATABASE, LOGGER } from '@usvideo/service';
import type { AccountsConfig } from '../config';
import { appendAudit } from '../audit/audit.store';

const EVERY_MS = 3_600_000;
const FIRST_AFTER_MS = 5 * 60_000;
/** A slice is one short transaction, under the lock of the log. */
const SLICE = 500;
const WHAT = 'audit_entries';

const LOCK_HEAD = 'select first_seq from audit_head for update';
const OLDEST = `
select seq, hash, at < clock_timestamp() - make_interval(days => $2) as expired from audit_entry where seq >= $1 order by seq limit ${SLICE}`;
const MOVE_BEGINNING = 'update audit_head set first_seq = $1, first_previous_hash = $2';
const REMOVE = 'delete from audit_entry where seq < $1';

/** The log loses its beginning and never gets a hole. What goes leaves its last hash, which the proof of the rest begins with. */
export async function removeExpiredAudit(database: Database, days: number): Promise<void> {
  for (let removed = SLICE; removed === SLICE;) {
    removed = await inTransaction(database, (tx, now) => removeSlice(tx, now, days));
    retentionRemoved.inc({ what: WHAT }, removed);
  }
}

async function removeSlice(tx: Transaction, now: Date, days: number): Promise<number> {
  const {
    rows: [head],
  } = await tx.query<{ first_seq: bigint }>({ name: 'audit_beginning_lock', text: LOCK_HEAD });
  const { rows } = await tx.query<{ seq: bigint; hash: Buffer; expired: boolean }>({
    name: 'audit_oldest',
    text: OLDEST,
    values: [head!.first_seq, days],
  });
  const kept = rows.findIndex(({ expired }) => !expired);
  const gone = kept === -1 ? rows : rows.slice(0, kept);
  const last = gone.at(-1);
  if (last === undefined) return 0;
  await tx.query({ name: 'audit_beginning_move', text: MOVE_BEGINNING, values: [last.seq + 1n, last.hash] });
  await tx.query({ name: 'audit_remove', text: REMOVE, values: [last.seq + 1n] });
  const after = { first: head!.first_seq, last: last.seq, last_hash: last.hash.toString('hex') };
  const actor = { author: 'retention', address: '', requestId: '' };
  await appendAudit(tx, now, {
    accountId: '',
    actor,
    actions: [{ action: 'audit_entries_removed', subject: 'audit', after }],
  });
  return gone.length;
}

@Injectable()
export class AuditRetention implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: AccountsConfig,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly lifecycle: Lifecycle,
  ) {}

  onModuleInit(): void {
    retentionRemoved.inc({ what: WHAT }, 0);
    const loop = startSpaced({
      name: 'audit_retention',
      everyMs: EVERY_MS,
      firstAfterMs: FIRST_AFTER_MS,
      logger: this.logger,
      work: () => removeExpiredAudit(this.database, this.config.AUDIT_RETENTION_DAYS),
    });
    this.lifecycle.keep('audit retention', loop);
  }
}
