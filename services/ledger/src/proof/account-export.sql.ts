import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';
import { LedgerReader } from '../reading/ledger-reader.sql';
import type { Inclusion, SignedRoots } from '../signing/signed-roots.store';
import { SIGNED_ROOTS } from './tokens';

const READ_EVENTS = `
select event_id, version, kind, recorded_at, payload, hash from event where stream_id = $1 and version > $2 and version <= $3
order by version limit 500`;

interface EventRecord {
  event_id: string;
  version: bigint;
  kind: string;
  recorded_at: Date;
  payload: Buffer;
  hash: Buffer;
}

/**
 * An account's events as lines of JSON: a header with the balance they must come to, the events, and the proof that a head among
 * them is under a signed root. `verify-export.mjs` reads the format and needs nothing else.
 */
@Injectable()
export class AccountExport {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(SIGNED_ROOTS) private readonly roots: SignedRoots | undefined,
  ) {}

  async *lines(accountId: string): AsyncGenerator<string[]> {
    // The root first: what it signed is then a part of the balance that is read after it.
    const inclusion = await this.roots?.inclusionOf(accountId);
    const { version, availableMicros, heldMicros, receivableMicros, totalSpendMicros } = await new LedgerReader(
      this.database,
    ).balance(accountId);
    yield [
      JSON.stringify({
        type: 'account',
        format: 'usvideo-ledger-export-v1',
        account_id: accountId,
        version: String(version),
        available_micros: String(availableMicros),
        held_micros: String(heldMicros),
        receivable_micros: String(receivableMicros),
        total_spend_micros: String(totalSpendMicros),
      }),
    ];
    for (let after = 0n; after < version;) {
      const { rows } = await this.database.query<EventRecord>({
        name: 'account_export',
        text: READ_EVENTS,
        values: [accountId, after, version],
      });
      const last = rows.at(-1);
      if (last === undefined) throw new Error(`the events of ${accountId} end at version ${after} of ${version}`);
      yield rows.map(eventLine);
      after = last.version;
    }
    if (inclusion !== undefined) yield [rootLine(inclusion)];
  }
}

function eventLine(row: EventRecord): string {
  return JSON.stringify({
    type: 'event',
    event_id: row.event_id,
    version: String(row.version),
    kind: row.kind,
    recorded_at: row.recorded_at.toISOString(),
    payload: row.payload.toString('base64'),
    hash: row.hash.toString('hex'),
  });
}

function rootLine({ root, head, path }: Inclusion): string {
  return JSON.stringify({
    type: 'root',
    sequence: String(root.sequence),
    signed_at: root.signedAt?.toISOString(),
    accounts: String(root.accounts),
    root: hex(root.root),
    previous_root: hex(root.previousRoot),
    signature: base64(root.signature),
    public_key: base64(root.publicKey),
    head: { version: String(head.version), hash: hex(head.hash) },
    path: path.map(({ side, hash }) => ({ side, hash: hex(hash) })),
  });
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
