import { Inject, Injectable } from '@nestjs/common';
import type { Endpoint, EndpointHeader } from '@usvideo/contracts/webhooks';
import { inTransaction, newId, type Database, type Transaction } from '@usvideo/event-store';
import { SecretBox } from '@usvideo/runtime';
import { DATABASE } from '@usvideo/service';
import { isolationKey } from '../delivery/destination';
import { ENDPOINTS_MAX, masked, type EndpointFields } from './endpoint';

export interface Owner {
  readonly accountId: string;
  readonly environment: string;
}

export type DisabledReason = 'gone' | 'unreachable' | 'customer';

interface EndpointRow {
  endpoint_id: string;
  url: string;
  events: string[];
  description: string;
  enabled: boolean;
  disabled_reason: string;
  disabled_at: Date | null;
  headers_key_id: string;
  headers_sealed: Buffer;
  created_at: Date;
}

const COLUMNS =
  'endpoint_id, url, events, description, enabled, disabled_reason, disabled_at, headers_key_id, headers_sealed, created_at';

const COUNT = 'select count(*)::int as count from endpoint where account_id = $1 and environment = $2';

/** Creates of one account come one after the other, so that together they cannot exceed what it may have. */
const LOCK = 'select pg_advisory_xact_lock(hashtextextended($1, 7))';

const INSERT = `
insert into endpoint (endpoint_id, account_id, environment, url, isolation_key, events, description, headers_key_id, headers_sealed, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (account_id, environment, url) do nothing returning ${COLUMNS}`;

const LIST = `
select ${COLUMNS} from endpoint where account_id = $1 and environment = $2 and ($3 = '' or endpoint_id = $3) order by created_at, endpoint_id`;

const UPDATE = `
update endpoint set url = coalesce($4, url), isolation_key = coalesce($5, isolation_key), events = coalesce($6, events), description = coalesce($7, description),
  enabled = coalesce($8, enabled),
  disabled_reason = case when $8 is null or $8 = enabled then disabled_reason when $8 then '' else 'customer' end,
  disabled_at = case when $8 is null or $8 = enabled then disabled_at when $8 then null else clock_timestamp() end,
  headers_key_id = coalesce($9, headers_key_id), headers_sealed = coalesce($10, headers_sealed)
where endpoint_id = $1 and account_id = $2 and environment = $3 returning ${COLUMNS}`;

const DELETE = 'delete from endpoint where endpoint_id = $1 and account_id = $2 and environment = $3';

const DELETE_SECRETS = 'delete from signing_secret where owner = $1';

const END_DELIVERIES = `
update delivery set status = 'failed', next_attempt_at = null, lease_id = null, lease_until = null, ended_at = clock_timestamp()
where endpoint_id = $1 and status = 'pending'`;

const DISABLE = `
update endpoint set enabled = false, disabled_reason = $2, disabled_at = clock_timestamp() where endpoint_id = $1 and enabled
returning account_id, environment, url`;

const SEALED_HEADERS = 'select headers_key_id, headers_sealed from endpoint where endpoint_id = $1';

@Injectable()
export class EndpointStore {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly box: SecretBox,
  ) {}

  /** A word for why not: `full`, or `taken` by another endpoint with this URL. */
  async create(owner: Owner, fields: Required<EndpointFields> & { url: string }): Promise<Endpoint | 'full' | 'taken'> {
    const endpointId = newId('whe');
    const sealed = this.sealed(endpointId, fields.headers ?? []);
    return inTransaction(this.database, async (tx, now) => {
      await tx.query({ name: 'endpoint_lock', text: LOCK, values: [`${owner.accountId} ${owner.environment}`] });
      const {
        rows: [count],
      } = await tx.query<{ count: number }>({
        name: 'endpoint_count',
        text: COUNT,
        values: [owner.accountId, owner.environment],
      });
      if (count!.count >= ENDPOINTS_MAX) return 'full';
      const { rows } = await tx.query<EndpointRow>({
        name: 'endpoint_insert',
        text: INSERT,
        values: [
          endpointId,
          owner.accountId,
          owner.environment,
          fields.url,
          isolationKey(owner.accountId, fields.url),
          fields.events,
          fields.description,
          sealed.keyId,
          sealed.bytes,
          now,
        ],
      });
      return rows[0] === undefined ? 'taken' : this.read(rows[0]);
    });
  }

  async list({ accountId, environment }: Owner, endpointId = ''): Promise<Endpoint[]> {
    const { rows } = await this.database.query<EndpointRow>({
      name: 'endpoint_list',
      text: LIST,
      values: [accountId, environment, endpointId],
    });
    return rows.map((row) => this.read(row));
  }

  /** Undefined when there is no such endpoint; what is left undefined stays. */
  async update(
    { accountId, environment }: Owner,
    endpointId: string,
    { url, events, description, headers, enabled }: EndpointFields & { enabled?: boolean | undefined },
  ): Promise<Endpoint | 'taken' | undefined> {
    const sealed = headers && this.sealed(endpointId, headers);
    const values = [
      endpointId,
      accountId,
      environment,
      url,
      url && isolationKey(accountId, url),
      events,
      description,
      enabled,
      sealed?.keyId,
      sealed?.bytes,
    ];
    try {
      return await inTransaction(this.database, async (tx) => {
        const { rows } = await tx.query<EndpointRow>({
          name: 'endpoint_update',
          text: UPDATE,
          values: values.map((value) => value ?? null),
        });
        if (enabled === false) await endDeliveries(tx, endpointId);
        return rows[0] && this.read(rows[0]);
      });
    } catch (error) {
      if ((error as { code?: unknown }).code === '23505') return 'taken';
      throw error;
    }
  }

  /** False when there is none. What was still to be sent is not sent any more. */
  remove({ accountId, environment }: Owner, endpointId: string): Promise<boolean> {
    return inTransaction(this.database, async (tx) => {
      const { rowCount } = await tx.query({
        name: 'endpoint_delete',
        text: DELETE,
        values: [endpointId, accountId, environment],
      });
      if (rowCount !== 1) return false;
      await endDeliveries(tx, endpointId);
      await tx.query({ name: 'endpoint_secrets_delete', text: DELETE_SECRETS, values: [endpointId] });
      return true;
    });
  }

  /** What the customer wants sent with each request. */
  async headersOf(endpointId: string): Promise<Record<string, string>> {
    const {
      rows: [row],
    } = await this.database.query<EndpointRow>({
      name: 'endpoint_headers',
      text: SEALED_HEADERS,
      values: [endpointId],
    });
    return row === undefined
      ? {}
      : Object.fromEntries(this.opened(endpointId, row).map(({ name, value }) => [name, value]));
  }

  private sealed(endpointId: string, headers: readonly EndpointHeader[]) {
    return this.box.seal(endpointId, JSON.stringify(headers.map(({ name, value }) => ({ name, value }))));
  }

  private opened(endpointId: string, row: EndpointRow): EndpointHeader[] {
    return JSON.parse(
      this.box.open(endpointId, { keyId: row.headers_key_id, bytes: row.headers_sealed }),
    ) as EndpointHeader[];
  }

  private read(row: EndpointRow): Endpoint {
    return {
      endpointId: row.endpoint_id,
      url: row.url,
      events: row.events,
      description: row.description,
      enabled: row.enabled,
      disabledReason: row.disabled_reason,
      disabledAt: row.disabled_at ?? undefined,
      createdAt: row.created_at,
      headers: this.opened(row.endpoint_id, row).map(({ name, value }) => ({ name, value: masked(value) })),
    };
  }
}

async function endDeliveries(tx: Transaction, endpointId: string): Promise<void> {
  await tx.query({ name: 'endpoint_end_deliveries', text: END_DELIVERIES, values: [endpointId] });
}

/** Undefined when it was disabled or deleted before. */
export async function disableEndpoint(
  tx: Transaction,
  endpointId: string,
  reason: DisabledReason,
): Promise<(Owner & { url: string }) | undefined> {
  const {
    rows: [row],
  } = await tx.query<{ account_id: string; environment: string; url: string }>({
    name: 'endpoint_disable',
    text: DISABLE,
    values: [endpointId, reason],
  });
  if (row === undefined) return undefined;
  await endDeliveries(tx, endpointId);
  return { accountId: row.account_id, environment: row.environment, url: row.url };
}
